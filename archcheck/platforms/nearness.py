"""By how much a file, or the best file of a version, misses a machine: the nearest of many can be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.platforms.wheel_tags import Fit, Miss, MissKind, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.manifest.distribution import IndexFile
    from archcheck.platforms.targets import Machine

Nearness = tuple[int, bool, tuple[int, int]]
"""Sorts the nearest first: the kind of miss, whether the wheel names no processor, and the libc it needs."""

NOTHING: Nearness = (MissKind.UNREADABLE + 1, True, (0, 0))
OTHER_PYTHON: Nearness = (MissKind.PYTHON_OR_ABI, True, (0, 0))
LEFT_OUT: Nearness = (0, False, (0, 0))
"""It fits, and the input keeps it out: by a hash, or by the formats that it allows."""


def fit_of(file: IndexFile, machine: Machine) -> Fit | Miss:
    """Return how a wheel fits, its own Requires-Python counted: one that refuses this Python is for another.

    Where the tags are for another Python as well, they tell more: cp311 of a wheel that wants Python 3.11.
    """
    found = fit(file.filename, machine)
    closer = isinstance(found, Fit) or found.kind < MissKind.PYTHON_OR_ABI
    if closer and not machine.admits(file.requires_python):
        return Miss(kind=MissKind.PYTHON_OR_ABI, needs=f"Python {file.requires_python}")
    return found


def is_for(file: IndexFile, machine: Machine) -> bool:
    """Return whether the name of a wheel names the processor of *machine*."""
    return f"_{machine.architecture}" in file.filename.rpartition("-")[2]


def nearness(files: Iterable[IndexFile], machine: Machine, *, sdists: bool) -> Nearness:
    """Return how near the best of *files*, a version's, comes, where pip takes none of them.

    All versions for other Pythons are alike, so that the newest is named, and not one for Pythons of long
    ago; so are those for another libc. *sdists* says whether sdists may be built.
    """
    return min((_of(file, machine, sdists=sdists) for file in files), default=NOTHING)


def _of(file: IndexFile, machine: Machine, *, sdists: bool) -> Nearness:
    if not file.is_wheel:
        if not sdists:
            return NOTHING
        return LEFT_OUT if machine.admits(file.requires_python) else OTHER_PYTHON
    found = fit_of(file, machine)
    if isinstance(found, Fit):
        return LEFT_OUT
    libc = found.libc if found.kind is MissKind.LIBC_TOO_NEW else None
    if found.kind > MissKind.PYTHON_OR_ABI:
        return NOTHING
    return found.kind, not is_for(file, machine), (libc.major, libc.minor) if libc else (0, 0)
