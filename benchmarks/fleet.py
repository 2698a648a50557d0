"""`python -m benchmarks.fleet`: one repository of a thousand small inputs, its time and its memory.

The repository comes from a seed: teams with a SAM template each, of 20 functions and one of 200, which run on
three Pythons; a tenth that no template names; 2 to 8 requirements each, many of them the same ones. One in
twenty is pinned to a release of years ago, which has few wheels. `--write FOLDER` only writes it.
"""

from __future__ import annotations

import argparse
import json
import random
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.index.generated import PINS, SEED, release, requires_of
from benchmarks.measure import Bench
from benchmarks.output import told
from benchmarks.replay import Index
from benchmarks.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = Path(__file__).parent / "data"
_TEAM, _LARGEST = 20, 200
_PYTHONS = ("3.11", "3.12", "3.13")
_WIDEST = 12
"""Packages that one requirement may bring in: a small service has a few dozen at most."""
_HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n"
_FUNCTION = """\
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {folder}/
      Handler: app.handler
      Runtime: python{python}
      MemorySize: 512
"""


def write(root: Path, count: int, *, seed: int = SEED) -> None:
    """Write a repository of *count* inputs into the folder *root*."""
    seeded = random.Random(f"{seed} fleet")
    names = [
        name for name in (f"pin-{number:03}" for number in range(PINS)) if len(_brought(name)) <= _WIDEST
    ]
    (root / ".git").mkdir(parents=True)
    (root / "archcheck.toml").write_text("strict = false\n", encoding="utf-8")
    written: list[str] = []
    firsts = [0, *range(_LARGEST, count, _TEAM)]  # of the functions of each team
    for first, end in zip(firsts, [*firsts[1:], count], strict=True):
        team = root / f"team-{first:04}"
        functions = []
        for number in range(first, end):
            folder = team / f"service-{number:04}"
            folder.mkdir(parents=True)
            copied = written and seeded.random() < 0.3
            text = seeded.choice(written) if copied else _requirements(names, seeded)
            written.append(text)
            (folder / "requirements.txt").write_text(text, encoding="utf-8")
            (folder / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
            python = seeded.choice(_PYTHONS)
            if seeded.random() < 0.1:
                (folder / ".python-version").write_text(f"{python}\n", encoding="utf-8")
                continue
            function = {"name": f"Service{number:04}", "folder": folder.name, "python": python}
            functions.append(_FUNCTION.format(**function))
        (team / "template.yaml").write_text(_HEAD + "".join(functions), encoding="utf-8")


def _brought(name: str) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            needed = requires_of(one, release(one, 1))
            waiting += [each.partition(">=")[0] for each in needed if ">=" in each and ";" not in each]
    return found


def _requirements(names: list[str], seeded: random.Random) -> str:
    """Return the lines of one service: mostly the newest release, some pinned, a few to an older one."""
    weights = [1 / (place + 3) for place in range(len(names))]
    wanted = dict.fromkeys(seeded.choices(names, weights, k=seeded.randint(2, 8)))
    return "".join(f"{name}{_specifier(name, seeded)}\n" for name in wanted)


def _specifier(name: str, seeded: random.Random) -> str:
    draw = seeded.random()
    if draw > 0.95:
        return f"=={release(name, 0.3)}"
    return f"=={release(name, 1)}" if draw < 0.6 else ""


def main() -> int:
    """Write the repository, audit it cold and warm, and print what each run took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=2, help="warm runs (default: 2)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the repository there, and stop")
    parser.add_argument(
        "--archcheck", default=f"{sys.executable} -m archcheck", help="how archcheck is started"
    )
    options = parser.parse_args()
    if options.write:
        write(options.write, options.inputs)
        return 0
    tool = Tool("archcheck", tuple(shlex.split(options.archcheck)))
    with Index(_DATA) as index, tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        bench = Bench(index=index, folder=Path(folder))
        for run in audited(bench, tool, options.inputs, options.runs):
            print(f"{run['cache']:5} {told(run)}", flush=True)
    return 0


def audited(bench: Bench, tool: Tool, count: int, runs: int) -> Iterator[dict[str, Any]]:
    """Write the repository of *count* inputs; yield what each audit took: one cold, then *runs* warm."""
    repository = bench.folder / "fleet"
    write(repository, count)
    bench.index.tell(latency=0.0, full=True, max_age=86_400, change=None)
    bench.index.tell(prepare=[f"pin-{number:03}" for number in range(PINS)])
    line = [*tool.command, "check", ".", "--json", "--exit-zero"]
    line += ["--index-url", f"{bench.index.bases[0]}/simple/", "--cache-dir", str(bench.fresh_folder())]
    for state in ("cold", *["warm"] * runs):
        run = bench.execute(tool, [line], repository, reads=False)
        said = json.loads((bench.folder / "out-0").read_bytes())
        yield {
            "cache": state,
            "inputs": len({audit["input"]["path"] for audit in said["audits"]}),
            "audits": len(said["audits"]),
            "requests": run.counters.get("requests", 0),
            "seconds": run.seconds,
            "cpu": run.cpu,
            "memory": run.memory,
        }


if __name__ == "__main__":
    sys.exit(main())
