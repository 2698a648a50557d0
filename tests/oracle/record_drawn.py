"""Record pip's answers to sets drawn at random: `python -m tests.oracle.record_drawn`.

A set is a few of the recorded projects, some with a bound or an extra. The index has those releases alone whose metadata
is recorded, so that every way pip goes is one that can be gone again. Few requests, no network; a minute or two.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pip

from tests.loopback import Features, IndexServer
from tests.oracle.hosts import ARCHITECTURES, HOSTS
from tests.oracle.reading import DRAWN, Known
from tests.recording.cases import FIXTURES, interpreter
from tests.recording.oracle import clean_environment, pip_answer, steady, version_of_tool

LINE = "3.13"
HOST = next(host for host in HOSTS if host.target == f"lambda:python{LINE}")
PIP = [interpreter(LINE), str(Path(pip.__file__).parent)]
OPTIONS = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", "--only-binary", ":all:"]
OPTIONS += ["--target", "unused", "--no-cache-dir", "--disable-pip-version-check"]
OPERATORS = ("", "", "==", "<=", "<", "!=", ">=", "~=")
COUNT, SEED = 40, 2


def main() -> None:
    """Draw and ask."""
    dice = random.Random(SEED)
    with IndexServer(Known(), Features(gzip=False)) as index:
        cases = [answered(drawn(dice), ARCHITECTURES[place % 2], index) for place in range(COUNT)]
    document = {"target": HOST.target, "python": HOST.python, "tool": version_of_tool(*PIP), "cases": cases}
    DRAWN.parent.mkdir(exist_ok=True)
    DRAWN.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def drawn(dice: random.Random) -> list[str]:
    """Return one set: up to three projects of all, up to three of those with several releases to choose from."""
    releases, extras = known()
    several = [name for name, versions in releases.items() if len(versions) > 1]
    names = dice.sample(sorted(releases), dice.randint(1, 3)) + dice.sample(several, dice.randint(1, 3))
    lines = []
    for name in dict.fromkeys(names):
        operator, version = dice.choice(OPERATORS), dice.choice(releases[name])
        extra = f"[{dice.choice(extras[name])}]" if extras[name] and dice.random() < 0.1 else ""
        bound = operator + version if operator and (operator != "~=" or "." in version) else ""
        lines.append(f"{name}{extra}{bound}")
    return lines


def known() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the versions whose metadata is recorded, and the extras in it, by project."""
    releases, extras = {}, {}
    for path in sorted((FIXTURES / "index").glob("*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))["releases"]
        found = {version: release["metadata"] for version, release in page.items() if "metadata" in release}
        releases[path.stem] = list(found)
        extras[path.stem] = sorted(
            {extra for each in found.values() for extra in each.get("provides-extra", ())}
        )
    return releases, extras


def answered(requirements: list[str], architecture: str, index: IndexServer) -> dict[str, Any]:
    """Return what pip makes of *requirements*."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(requirements))
        file.flush()
        command = [
            *PIP,
            *OPTIONS,
            *HOST.pip_arguments(architecture),
            "--index-url",
            index.url,
            "-r",
            file.name,
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    return {
        "requirements": requirements,
        "architecture": architecture,
        "exit": run.returncode,
        "pins": pip_answer(run.stdout)[1],
        "errors": steady(run.stderr, index).splitlines()[-1:],
    }


if __name__ == "__main__":
    main()
