"""What several rules say alike: the files that a problem rests on, and how the wheels miss the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.platforms.wheel_tags import MissKind

if TYPE_CHECKING:
    from archcheck.index.model import IndexFile
    from archcheck.judge.comparison import Comparison, NearMiss, Side

MAX_FILES = 5


def names(files: tuple[IndexFile, ...]) -> tuple[str, ...]:
    """Return the names of *files*, sorted; of many the first `MAX_FILES`."""
    return tuple(sorted({file.filename for file in files})[:MAX_FILES])


def pair(comparison: Comparison) -> tuple[str, ...]:
    """Return the file that each architecture installs; one name where it is the same."""
    return tuple(dict.fromkeys(filter(None, [comparison.x86.file, comparison.arm.file])))


def missed(side: Side, near: NearMiss) -> str:
    """Return by how much the wheels for this processor miss the target."""
    wheels = f"its {side.machine.architecture} wheels"
    target = side.machine.target.id
    match near.kind:
        case MissKind.LIBC_TOO_NEW:
            return f"{wheels} need {near.needs}; {target} has {near.has}"
        case MissKind.OTHER_LIBC:
            return f"{wheels} for this Python are for {near.needs} alone; {target} has {near.has}"
        case _:
            return f"{wheels} are for {near.needs}, not {near.has}"
