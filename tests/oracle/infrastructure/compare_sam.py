"""`python -m tests.oracle.infrastructure.compare_sam FOLDER --translator PYTHON`: are functions read as SAM reads them.

FOLDER is a checkout of any repository with templates, such as aws-samples/serverless-patterns; nothing of it is kept.
PYTHON is the interpreter of an environment of its own that has aws-sam-translator 1.115, which is heavy and no
dependency of archcheck. Every template that the translator accepts is compared: the set of its Lambda functions and of
each the architectures, the runtime, the memory and the number of layers. Prints what differs and a table; exit code 1
where anything differs.

Where a property hangs on a condition, the translator leaves `Fn::If` as it is: all that stands in it is compared. A
parameter it replaces by its default, which is what archcheck names first. `Fn::FindInMap` it leaves for the deployment;
what hangs on one is not compared.

Known to differ, in the projects' own tests: of a list that is a parameter's default (`Layers: !Ref Names`, a
CommaDelimitedList) the translator makes one text, CloudFormation the list; and a function that bears the name of the
API that the translator adds (`ServerlessRestApi`) is lost to it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archcheck.deployables.cloudformation.template import read_template
from archcheck.deployables.tree import Tree
from archcheck.files import Disk

if TYPE_CHECKING:
    from archcheck.deployables.model import Deployable

SUFFIXES = {".yaml", ".yml", ".json", ".template"}
NAMES = {"x86_64": "x86_64", "arm64": "aarch64"}
OPEN = "left to the deployment"
NO_VALUE = {"Ref": "AWS::NoValue"}


def templates(folder: Path) -> list[Path]:
    """Return what looks like a template at first sight."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]
    return [path for path in files if {b"Resources", b"AWS::"} <= {*marks(path.read_bytes())}]


def marks(data: bytes) -> list[bytes]:
    """Return which words of a template are in *data*."""
    return [each for each in (b"Resources", b"AWS::") if each in data]


def answers(paths: list[Path], python: str) -> dict[str, dict[str, Any]]:
    """Return what the translator in the environment of *python* makes of each template."""
    run = subprocess.run(
        [python, str(Path(__file__).with_name("translated.py"))],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        check=True,
        text=True,
        env={"AWS_DEFAULT_REGION": "eu-west-1", "PATH": ""},
    )
    return {each["path"]: each for each in map(json.loads, run.stdout.splitlines())}


def outcomes(value: Any) -> list[Any]:
    """Return what stands in *value*, conditions left away; None for nothing."""
    if isinstance(value, list):
        return [inner for each in value for inner in outcomes(each)]
    if isinstance(value, dict) and "Fn::If" in value:
        return [inner for each in value["Fn::If"][1:] for inner in outcomes(each)]
    return [None if value == NO_VALUE else value]


def theirs(properties: dict[str, Any]) -> dict[str, Any]:
    """Return what the translator says of a function; `OPEN` where it leaves it to the deployment."""
    stated = outcomes(properties.get("Architectures")) or [None]
    memory, layers = properties.get("MemorySize"), outcomes(properties.get("Layers") or [])
    worked_out = isinstance(properties.get("Layers", []), (list, dict)) and "FindInMap" not in json.dumps(
        layers
    )
    return {
        "architectures": OPEN
        if any(isinstance(each, dict) for each in stated)
        else sorted({NAMES.get(each or "x86_64", each) for each in stated}),
        "runtime": OPEN if isinstance(properties.get("Runtime"), dict) else properties.get("Runtime"),
        "memory": OPEN if isinstance(memory, dict) else int(memory) if str(memory).isdigit() else None,
        "layers": len([each for each in layers if each is not None]) if worked_out else OPEN,
    }


def ours(deployable: Deployable) -> dict[str, Any]:
    stated = deployable.architectures
    if len(stated) > 1 and (stated[0].when or "").startswith("parameter "):
        stated = stated[:1]
    return {
        "architectures": sorted({each.value for each in stated}),
        "runtime": deployable.runtimes[0].value if deployable.runtimes else None,
        "memory": deployable.memory_mb,
        "layers": len(deployable.layers),
    }


def by_logical_id(path: Path, functions: list[Deployable]) -> dict[str, dict[str, Any]]:
    """Return what archcheck says of *functions*; those of CDK, which it calls by their paths, by the line's key."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return {
        lines[each.location.line - 1].strip().rstrip("{: ").strip("\"'")
        if each.tool == "cdk"
        else each.name: ours(each)
        for each in functions
    }


def differ(mine: dict[str, Any] | None, their: dict[str, Any] | None) -> bool:
    """Return whether archcheck's answer is another one, where the translator has worked its own out."""
    if mine is None or their is None:
        return mine != their
    return any(mine[key] != value for key, value in their.items() if value != OPEN)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--translator", required=True, metavar="PYTHON")
    arguments = parser.parse_args()
    root = arguments.folder.resolve()
    paths = templates(root)
    counts: Counter[str] = Counter({"looked at": len(paths)})
    for path, answer in answers(paths, arguments.translator).items():
        name = Path(path).relative_to(root).as_posix()
        found = read_template(name, Tree(str(root), Disk()))
        mine = by_logical_id(root / name, [each for each in found.deployables if each.kind == "function"])
        if "refused" in answer:
            counts["refused by the translator"] += 1
            counts["functions in those"] += len(mine)
            print(f"refused: {name}: {len(mine)} functions here: {answer['refused'][:200]}")
            continue
        counts["templates compared"] += 1
        their = {each: theirs(properties) for each, properties in answer["functions"].items()}
        counts["functions compared"] += len(their)
        for each in sorted(mine.keys() | their.keys()):
            if differ(mine.get(each), their.get(each)):
                counts["differ"] += 1
                print(f"{name}: {each}:\n  archcheck  {mine.get(each)}\n  translator {their.get(each)}")
    print("\n".join(f"{number:7,} {what}" for what, number in counts.items()))
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
