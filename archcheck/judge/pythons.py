"""Spans of Pythons in words: "cp39–cp311" out of the misses of many wheels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.platforms.wheel_tags import Miss

_CPYTHON = re.compile(r"cp3([0-9]+)")
_PYPY = re.compile(r"pp[0-9]")


def span(misses: Iterable[Miss]) -> str:
    """Return which Pythons the wheels are for, runs of CPython lines joined: `cp38–cp310, PyPy`."""
    minors: set[int] = set()
    others: set[str] = set()
    for miss in misses:
        if _PYPY.match(miss.python):  # pp37-pypy37_pp73: five of them hide what CPython is offered
            others.add("PyPy")
            continue
        found = _CPYTHON.fullmatch(miss.python)
        if found and miss.abi in {miss.python, f"{miss.python}m"}:  # cp37m: the pymalloc of before 3.8
            minors.add(int(found[1]))
        else:
            others.add(miss.needs)
    return ", ".join([*_runs(sorted(minors)), *sorted(others)])


def _runs(minors: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for minor in minors:
        if runs and runs[-1][-1] == minor - 1:
            runs[-1].append(minor)
        else:
            runs.append([minor])
    return [f"cp3{run[0]}" if len(run) == 1 else f"cp3{run[0]}–cp3{run[-1]}" for run in runs]
