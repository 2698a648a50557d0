"""What several rules say alike: the files that a problem rests on, and how the wheels miss the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.misses import misses, near_miss, other_pythons
from archcheck.platforms.wheel_tags import MissKind

if TYPE_CHECKING:
    from archcheck.index.model import IndexFile
    from archcheck.judge.comparison import Comparison, Side
    from archcheck.judge.misses import NearMiss

MAX_FILES = 5


def names(files: tuple[IndexFile, ...]) -> tuple[str, ...]:
    """Return the names of *files*, sorted; of many the first `MAX_FILES`."""
    return tuple(sorted({file.filename for file in files})[:MAX_FILES])


def pair(comparison: Comparison) -> tuple[str, ...]:
    """Return the file that each architecture installs; one name where it is the same."""
    return tuple(dict.fromkeys(filter(None, [comparison.x86.file, comparison.arm.file])))


def missed(side: Side, near: NearMiss) -> str:
    """Return by how much the wheels for this processor miss the target."""
    wheels, target = f"its {side.machine.architecture} wheels", side.machine.target.id
    if near.version is not None:
        wheels = f"the {side.machine.architecture} wheels of {near.version}, the nearest version asked for,"
    match near.kind:
        case MissKind.LIBC_TOO_NEW:
            return f"{wheels} need {near.needs}; {target} has {near.has}"
        case MissKind.OTHER_LIBC:
            return f"{wheels} for this Python are for {near.needs} alone; {target} has {near.has}"
        case _:
            return f"{wheels} are for {near.needs}, not {near.has}"


def others(side: Side) -> tuple[str, ...]:
    """Return what is to be said of the other versions that are asked for, of which none installs either."""
    admitted = side.chosen.admitted if side.chosen is not None else None
    if admitted is None or admitted.count == 1:
        return ()
    said = f"none of the {admitted.count} versions asked for installs on {side.machine.architecture}"
    nearest, newest = admitted.nearest, admitted.newest
    if nearest.version != newest.version:
        said += f"; the newest, {newest.version}: {newest.problem}"
    return (said,)


def none_at_all(side: Side) -> str:
    """Return that neither the version nor any other that is asked for has a wheel for this processor."""
    admitted = side.chosen.admitted if side.chosen is not None else None
    said = f"no {side.machine.architecture} wheel of any kind"
    if admitted is None or admitted.count == 1:
        return said
    wheels = tuple(file for file in admitted.nearest.release if file.is_wheel)
    alike = len(misses(wheels, side.machine)) == len(wheels)
    return f"{said} in any of the {admitted.count} versions asked for" if alike else said


def refused(side: Side) -> str:
    """Return why nothing installs where no wheel misses: a hash or Requires-Python forbids them all."""
    reason, target = side.reason or "nothing installs", side.machine.target
    if not reason.startswith("requires Python"):
        return reason
    return f"{reason}; {target.id} has {target.python.full}"


def locked(side: Side) -> str | None:
    """Return how the wheels that a lock lists miss this machine; None where there is no lock, or one fits."""
    listed = side.chosen.listed if side.chosen is not None else None
    if listed is None:
        return None
    wheels, machine = [file for file in listed if file.is_wheel], side.machine
    if not wheels:
        return "the lock lists no wheel of it"
    if pythons := other_pythons(wheels, machine):
        return f"the wheels that the lock lists are for {pythons}, not {machine.target.python.abi}"
    if near := near_miss(wheels, machine):
        return missed(side, near).replace("its", "the lock's", 1)
    if len(misses(wheels, machine)) == len(wheels):
        return f"the lock lists no {machine.architecture} wheel"
    return None
