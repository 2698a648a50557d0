"""Which modules are the core, which tests have to notice what is broken in them, and what has changed there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

CORE = {
    "archcheck/platforms/wheel_tags.py": ("tests/**/test_wheel_tags.py",),
    "archcheck/platforms/marker_environment.py": ("tests/**/test_targets.py",),
    "archcheck/platforms/machines.py": ("tests/**/test_targets.py",),
    "archcheck/judge/rules": ("tests/judge",),
    "archcheck/resolve/finder.py": ("tests/resolve/test_cases.py", "tests/resolve/test_finder.py"),
}
"""Patterns of modules and folders of them, and patterns of their tests: those that need no other process."""

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class NothingFoundError(LookupError):
    """A pattern that finds no file: what it was written for stands somewhere else now."""


def modules() -> dict[str, tuple[str, ...]]:
    """Return the core's modules by their paths, each with the tests that it is left to."""
    found = {}
    for pattern, tests in CORE.items():
        theirs = tuple(path for each in tests for path in _matching(each))
        for path in _matching(pattern):
            there = ROOT / path
            for module in sorted(there.rglob("*.py")) if there.is_dir() else [there]:
                found[str(module.relative_to(ROOT))] = theirs
    return found


def changed(base: str) -> dict[str, set[int]]:
    """Return the lines of each Python file that are new, or other, since HEAD left the git revision *base*.

    Files that git does not know yet are not among them. Raises `CalledProcessError` for no such revision.
    """
    command = [
        "git",
        "diff",
        "--merge-base",
        "--unified=0",
        "--no-ext-diff",
        "--no-color",
        base,
        "--",
        "*.py",
    ]
    text = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return lines_of(text)


def lines_of(diff: str) -> dict[str, set[int]]:
    """Return the lines that *diff*, which has no context, adds to each file."""
    found: dict[str, set[int]] = {}
    lines: set[int] = set()
    for line in diff.splitlines():
        if line.startswith("+++ "):
            lines = found.setdefault(line.removeprefix("+++ ").removeprefix("b/"), set())
        elif hunk := _HUNK.match(line):
            start = int(hunk[1])
            lines.update(range(start, start + int(hunk[2] or 1)))
    return {path: lines for path, lines in found.items() if lines}


def _matching(pattern: str) -> list[str]:
    found = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))
    if not found:
        raise NothingFoundError(pattern)
    return found
