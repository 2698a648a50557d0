"""AC013: x86_64 is no better off; the target or the pin is at fault, not the architecture.

psycopg2 is published as source alone and is built on both; the wheels of numpy 1.18.5 are for older Pythons
than 3.9 on both. A warning where it can be built, for moving to arm64 makes that no worse; a blocker of the
target where neither architecture installs it, or where the project is for another Python than the target's.

It must not fire where x86_64 is better off by anything, nor on an sdist that is pure Python.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem, SetProblem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Place, Severity, Status

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison, Side
    from archcheck.judge.whole_set import WholeSet


def target_problem(comparison: Comparison) -> Problem | None:
    """Return AC013 for a package: a blocker where aarch64 installs nothing either, else a warning."""
    x86, arm = comparison.x86, comparison.arm
    if not x86.rank >= arm.rank > 0:
        return None
    near = x86.near_miss() or arm.near_miss()
    if arm.in_vain:
        severity, outcome = Severity.BLOCKER, f"building it gives nothing that runs on {comparison.target.id}"
    elif arm.status is Status.MISSING:
        severity, outcome = Severity.BLOCKER, f"neither architecture can install it on {comparison.target.id}"
    elif x86.status.builds:
        severity, outcome = Severity.WARNING, "must be built on both architectures"
    else:
        severity, outcome = Severity.WARNING, "must be built on aarch64 and does not install on x86_64"
    return Problem(
        rule="AC013",
        severity=severity,
        message=f"{outcome}: {_why_nothing_fits(comparison)}",
        evidence=Evidence(
            files=_evidence.names(near.files) if near else _evidence.pair(comparison),
            needs=near.needs if near else None,
            has=near.has if near else None,
            detail=(*_detail(arm), *(_evidence.others(arm) if arm.status is Status.MISSING else ())),
        ),
    )


def _detail(arm: Side) -> tuple[str, ...]:
    """Return why nothing installs; of what can be built, what building it takes."""
    if arm.status is Status.MISSING or arm.takes or arm.in_vain:
        return tuple(filter(None, [arm.reason, arm.building]))
    return ()


def _why_nothing_fits(comparison: Comparison) -> str:
    """Return why no wheel of it installs: what is true of x86_64 first, which this is about."""
    arm, sides = comparison.arm, (comparison.x86, comparison.arm)
    missing = arm.status is Status.MISSING
    if missing and arm.chosen is not None and arm.chosen.pick.fit is None:
        return _evidence.refused(arm)
    if shut_out := [side for side in sides if side.left_out()]:
        whose = "its wheels" if len(shut_out) > 1 else f"its {shut_out[0].machine.architecture} wheel"
        own = _evidence.locked(shut_out[0])
        return f"the input leaves {whose} out{f'; {own}' if own else ''}"
    for side in sides:
        if near := side.near_miss():
            return _evidence.missed(side, near)
    if missing:
        return arm.reason or "nothing installs"
    return "it has no wheel for Linux" if arm.wheels else "it is published as source alone"


def other_python(whole: WholeSet) -> SetProblem | None:
    """Return AC013 for a project that is not for the target's Python: its installer refuses to go on."""
    if whole.other_pythons is None:
        return None
    path, target = whole.manifest.path, whole.target
    wanted, python = f"Python {whole.other_pythons}", target.python.full
    return SetProblem(
        rule="AC013",
        severity=Severity.BLOCKER,
        message=f"it is for {wanted}, and {target.id} has {python}: installers refuse it there",
        evidence=Evidence(needs=wanted, has=python),
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind="requires-python",
    )
