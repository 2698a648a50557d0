"""AC008: the requirement is a URL or a path of one wheel, and that wheel is for another processor or system.

pip has no choice of another file there, so another version is no remedy: the package has to be asked for by
name, or a file given for each architecture.

It must not fire where the file is for aarch64 and misses the target by its libc or its Python (AC003–AC005),
where it is an sdist, nor where x86_64 cannot install it either (AC013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status
from archcheck.platforms.wheel_tags import nearest

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison, Side


def x86_only_file(comparison: Comparison) -> Problem | None:
    """Return AC008, a blocker."""
    if not comparison.worse or not names_another_file(comparison):
        return None
    chosen = comparison.arm.chosen
    file = chosen.pick.file if chosen else None
    name = file.filename if file else comparison.name
    return Problem(
        rule="AC008",
        severity=Severity.BLOCKER,
        message=f"the requirement points at one file, {name}, which is not for aarch64",
        evidence=Evidence(files=(name,), needs=_processor(comparison.arm), has="aarch64"),
    )


def names_another_file(comparison: Comparison) -> bool:
    """Return whether the requirement points at one wheel, and that is for another processor or system."""
    arm = comparison.arm
    return (
        comparison.direct_file
        and arm.status is Status.MISSING
        and not arm.refused
        and arm.near_miss() is None
    )


def _processor(side: Side) -> str | None:
    near = nearest(miss for miss, _ in side.misses())
    return near.needs if near else None
