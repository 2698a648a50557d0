"""Record pip's answers on aarch64 to the sets of requirements: `fixtures/oracle/arm64/answers.json`.

pip runs on the Python of a Debian and is not told of another machine by `--platform`: markers and tags are those that
it finds. Most answers are those of the native pip that is told by `told/` alone; EMULATED are asked of the true one
too, a hundred times slower. The index is the recorded one, in both modes of `tests/recording/cases.py`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tests.loopback import FixtureStore, IndexServer
from tests.oracle.arm64.record_imports import HERE, write
from tests.oracle.arm64.roots import PYTHONS, Root
from tests.oracle.reading import ORACLE
from tests.recording.cases import FIXTURES, LINES, MODES
from tests.recording.oracle import pip_answer, steady
from tests.recording.stores import SdistsAsWheels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWERS = ORACLE / "arm64" / "answers.json"
EMULATED = ("seed", "web", "data", "psycopg")
"""The sets that the true pip is asked about as well."""
NOT_RECORDED = (("bookworm", "web"),)
"""Debian's 3.11.2 makes redis want async-timeout, which the recorded pages, made for a newer 3.11, do not have."""
_OPTIONS = ("--dry-run", "--ignore-installed", "--quiet", "--report", "-", "--only-binary", ":all:")
_ABOUT = "import platform, sys; sys.path.insert(0, '/pip'); import pip; print(platform.python_version(), pip.__version__)"
_ALSO = ("--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off")


def main(home: Path) -> None:
    """Ask everything."""
    as_wheels = SdistsAsWheels(inner=FixtureStore())
    with IndexServer(FixtureStore()) as plain, IndexServer(as_wheels) as everywhere:
        indexes = dict(zip(MODES, (plain, everywhere), strict=True))
        answers = []
        for suite, requirements, mode in questions():
            for emulated in (False, True)[: 1 + (requirements in EMULATED)]:
                root = Root(suite=suite, architecture="aarch64" if emulated else "x86_64", home=home)
                root.make()
                said = asked(root, requirements, indexes[mode])
                answers.append(
                    {"set": requirements, "target": root.target, "mode": mode, "emulated": emulated} | said
                )
                print(suite, requirements, mode, emulated, said["exit"], len(said["files"]), file=sys.stderr)
    write(ANSWERS, {"answers": answers})


def questions() -> Iterator[tuple[str, str, str]]:
    """Give suite, set and mode, where a Debian has a Python that the set is for; none has 3.8, 3.12 or 3.14."""
    for suite, line in PYTHONS.items():
        for requirements, lines in LINES.items():
            if line in lines and (suite, requirements) not in NOT_RECORDED:
                yield from ((suite, requirements, mode) for mode in MODES)


def asked(root: Root, requirements: str, index: IndexServer) -> dict[str, Any]:
    """Return what the pip in *root* answers: the file of each project, or why it stops."""
    told = ["PYTHONPATH=/here/told"] if root.architecture == "x86_64" else []
    command = ["env", *told, root.python, "/pip/pip", "install", *_OPTIONS, *_ALSO]
    command += ["--index-url", index.url, "--requirement", f"/sets/{requirements}.txt"]
    folders = {root.pip(): "/pip", HERE: "/here", FIXTURES / "sets": "/sets"}
    run = root.run(*command, folders=folders)
    about = root.run(root.python, "-c", _ABOUT, folders={root.pip(): "/pip"}).stdout.split()
    files = dict(line.split(" ") for line in pip_answer(run.stdout)[0].splitlines())
    errors = [line for line in steady(run.stderr, index).splitlines() if line.startswith("ERROR")]
    return {"python": about[0], "pip": about[1], "exit": run.returncode, "files": files, "errors": errors}
