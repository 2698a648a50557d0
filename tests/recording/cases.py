"""What is recorded: sets of requirements, each on some targets, and the installer that can speak for each."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pip

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "fixtures"

# Python lines by set; legacy pins have wheels for nothing newer. legacy-nearest-* raise each to the next version
# that has an aarch64 wheel for that Python, which is what a remedy proposes and has to resolve
LINES = {
    "seed": ("3.11", "3.13", "3.14"),
    "legacy": ("3.8", "3.9"),
    "legacy-nearest-3.8": ("3.8",),
    "legacy-nearest-3.9": ("3.9",),
    "legacy-unpinned": ("3.8", "3.9"),
    "psycopg": ("3.9", "3.11", "3.13"),
    "trio": ("3.9", "3.11", "3.12", "3.13", "3.14"),
    "web": ("3.11", "3.12", "3.13", "3.14"),
    "data": ("3.11", "3.12", "3.13", "3.14"),
}
# sets where uv, which backtracks in another order, chooses other versions: pip is asked as well, where a Python of
# the line is at hand to run it
PIP_TOO = {"data": ("3.12", "3.13")}
# the newest patch release of each line when this was recorded, and the glibc of its Lambda runtime
RUNTIMES = {
    "3.8": ("3.8.20", 26),
    "3.9": ("3.9.25", 26),
    "3.11": ("3.11.18", 26),
    "3.12": ("3.12.16", 34),
    "3.13": ("3.13.18", 34),
    "3.14": ("3.14.10", 34),
}
UV_LACKS = 26
OLDEST_GLIBC = {"x86_64": 5, "aarch64": 17}
LEGACY_ALIASES = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
MODES = ("wheels", "sdists-as-wheels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set resolved for one machine.

    `mode` "wheels" is the index as it is, under `--only-binary :all:`. "sdists-as-wheels" shows each sdist as a
    wheel that fits everywhere, of the lowest rank: neither installer can resolve with sdists for another
    machine, since it would build them on this one, and this is what they would choose if they could.
    `tool` is the installer that is asked: uv, but pip for glibc 2.26, which uv has no platform for.
    `folder` has the requirements.
    """

    requirements: str
    line: str
    architecture: str
    mode: str
    tool: str = "uv"
    folder: str = "fixtures/sets"

    @property
    def python(self) -> str:
        """The full Python version: `3.9` alone means 3.9.0, which cryptography excludes."""
        return RUNTIMES[self.line][0]

    @property
    def glibc(self) -> int:
        """The minor version of the target's glibc 2."""
        return RUNTIMES[self.line][1]

    def arguments(self, index_url: str) -> list[str]:
        """Return the installer's arguments, from its subcommand on."""
        path = f"{self.folder}/{self.requirements}.txt"
        if self.tool == "uv":
            platform = f"{self.architecture}-manylinux_2_{self.glibc}"
            run = ["pip", "compile", "--no-config", "--no-cache", "--no-header", "--no-python-downloads"]
            run += ["--only-binary", ":all:", "--python-version", self.python, "--python-platform", platform]
            return [*run, "--index-url", index_url, path]
        abi = "cp" + self.line.replace(".", "")
        run = [
            "install",
            "--dry-run",
            "--ignore-installed",
            "--quiet",
            "--report",
            "-",
            "--only-binary",
            ":all:",
        ]
        run += [part for platform in self.platforms() for part in ("--platform", platform)]
        run += ["--python-version", self.python, "--implementation", "cp"]
        run += ["--abi", abi, "--abi", "abi3", "--abi", "none", "--target", "unused", "--no-cache-dir"]
        return [*run, "--disable-pip-version-check", "--index-url", index_url, "-r", path]

    def platforms(self) -> Iterator[str]:
        """Give the platform tags of the machine, newest first; pip derives no older ones from one of them."""
        for minor in range(self.glibc, OLDEST_GLIBC[self.architecture] - 1, -1):
            yield f"manylinux_2_{minor}_{self.architecture}"
            if minor in LEGACY_ALIASES:
                yield f"{LEGACY_ALIASES[minor]}_{self.architecture}"
        yield f"linux_{self.architecture}"

    def command(self) -> list[str]:
        """Return the program that the arguments are for.

        pip evaluates markers for the Python that runs it, so it is run by one of the target's line if there is
        one; this environment's pip, whichever that is.
        """
        if self.tool == "uv":
            return [shutil.which("uv") or "uv"]
        return [interpreter(self.line), str(Path(pip.__file__).parent)]


@cache
def interpreter(line: str) -> str:
    """Return a Python of *line* that works (a shim on PATH may not), else the one that runs this."""
    found = shutil.which(f"python{line}") or sys.executable
    works = subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
    return found if works else sys.executable


def cases() -> Iterator[Case]:
    """Give all cases, in the order in which they are recorded."""
    for requirements, lines in LINES.items():
        for line in lines:
            for tool in tools(requirements, line):
                for architecture in OLDEST_GLIBC:
                    for mode in MODES:
                        yield Case(
                            requirements=requirements,
                            line=line,
                            architecture=architecture,
                            mode=mode,
                            tool=tool,
                        )


def tools(requirements: str, line: str) -> tuple[str, ...]:
    """Return the installers that are asked for a set on a line."""
    if RUNTIMES[line][1] == UV_LACKS:
        return ("pip",)
    return ("uv", "pip") if line in PIP_TOO.get(requirements, ()) else ("uv",)


def direct_names() -> set[str]:
    """Return the names that the sets themselves require."""
    texts = [(FIXTURES / "sets" / f"{name}.txt").read_text() for name in LINES]
    return {re.split(r"[\[=<>! ]", line)[0].lower() for text in texts for line in text.splitlines() if line}
