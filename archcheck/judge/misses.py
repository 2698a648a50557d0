"""How the wheels of a release miss a machine, as findings tell it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.platforms.nearness import fit_of, is_for
from archcheck.platforms.wheel_tags import Miss, MissKind, fit, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.index.model import IndexFile
    from archcheck.platforms.targets import Machine

_CPYTHON = r"cp3([0-9]+)"
_PYPY = r"pp[0-9]"
_NEAR = frozenset({MissKind.LIBC_TOO_NEW, MissKind.OTHER_LIBC, MissKind.PYTHON_OR_ABI})


class NearMiss(Struct, frozen=True, kw_only=True):
    """What the nearest of a release's wheels need and the target has; `files` are those of that kind.

    `version` is set where they are another version's than the one that is reported.
    """

    kind: MissKind
    needs: str
    has: str
    files: tuple[IndexFile, ...]
    version: str | None = None


def misses(wheels: Iterable[IndexFile], machine: Machine) -> tuple[tuple[Miss, IndexFile], ...]:
    """Return why each of *wheels* that does not fit *machine* does not."""
    verdicts = ((fit_of(file, machine), file) for file in wheels)
    return tuple((found, file) for found, file in verdicts if isinstance(found, Miss))


def near_miss(wheels: Sequence[IndexFile], machine: Machine) -> NearMiss | None:
    """Return by how much those for the machine's processor miss; None where there are none, or one fits."""
    missed = misses(wheels, machine)
    mine = [(miss, file) for miss, file in missed if miss.kind in _NEAR and is_for(file, machine)]
    near = nearest(miss for miss, _ in mine)
    if near is None or len(missed) < len(wheels):
        return None
    alike = [(miss, file) for miss, file in mine if miss.kind is near.kind]
    has = str(machine.target.libc)
    match near.kind:
        case MissKind.LIBC_TOO_NEW:
            needs = near.needs
        case MissKind.OTHER_LIBC:
            needs = near.libc.family if near.libc else near.needs
        case _:
            needs, has = span(miss for miss, _ in alike), machine.target.python.abi
            if any(not miss.python for miss, _ in alike):  # shut out by its own Requires-Python
                has = f"Python {machine.target.python.full}"
    return NearMiss(kind=near.kind, needs=needs, has=has, files=tuple(file for _, file in alike))


def other_pythons(wheels: Sequence[IndexFile], machine: Machine) -> str:
    """Return which Pythons all of *wheels* are for, on whatever processor; "" where one is for this one."""
    found = [fit(_without_platform(file.filename, machine), machine) for file in wheels]
    missed = [miss for miss in found if isinstance(miss, Miss) and miss.kind is MissKind.PYTHON_OR_ABI]
    return span(missed) if missed and len(missed) == len(found) else ""


def _without_platform(filename: str, machine: Machine) -> str:
    return f"{filename.rpartition('-')[0]}-linux_{machine.architecture}.whl"


def span(misses: Iterable[Miss]) -> str:
    """Return which Pythons the wheels are for, runs of CPython lines joined: `cp38–cp310, PyPy`."""
    minors: set[int] = set()
    others: set[str] = set()
    for miss in misses:
        if re.match(_PYPY, miss.python):  # pp37-pypy37_pp73: five of them hide what CPython is offered
            others.add("PyPy")
            continue
        found = re.fullmatch(_CPYTHON, miss.python)
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
