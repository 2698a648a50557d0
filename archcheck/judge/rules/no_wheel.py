"""AC001–AC005: nothing installs on aarch64, or only an sdist that must be built, where x86_64 is better off.

The five are one decision, so that a package has one of them at most. The wheels of the version are looked at
for the nearest miss, and where none installs those of all versions that the set admits: they need a newer
libc than the target has (AC003: numpy#29150), they are for another libc (AC005: musllinux alone), or for
other Pythons (AC004: grpc#32454). Where there is no aarch64 wheel of any kind it is AC002 with an sdist
(cryptography 3.0) and AC001 without (ibm-db, intel-openmp).

They must not fire where another rule says it better: one file that the requirement points at (AC008), a wheel
that fits and is left out by hashes or formats (AC015), a lock that nobody could compare with the index
(AC009); nor where x86_64 is no better off (AC013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.judge.rules.x86_only_file import names_another_file
from archcheck.model import Evidence, Severity, Status
from archcheck.platforms.wheel_tags import MissKind

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison

_NEAR_MISSES = {
    MissKind.LIBC_TOO_NEW: "AC003",
    MissKind.PYTHON_OR_ABI: "AC004",
    MissKind.OTHER_LIBC: "AC005",
}


def no_wheel(comparison: Comparison) -> Problem | None:
    """Return AC001–AC005, named by the nearest miss; a blocker, or a build where the sdist left helps."""
    arm = comparison.arm
    if not comparison.worse or names_another_file(comparison) or arm.left_out() or comparison.unasked:
        return None
    builds = arm.status.builds
    near = arm.near_miss()
    if arm.chosen is not None and arm.chosen.assumed is not None:
        rule, message = "AC002", "it is assumed to be compiled code without an aarch64 wheel"
    elif arm.refused:
        rule = "AC004" if (arm.reason or "").startswith("requires Python") else "AC001"
        message = f"its aarch64 wheel is refused: {_evidence.refused(arm)}"
    elif near is None:
        rule, message = ("AC002" if builds else "AC001"), _evidence.none_at_all(arm)
    else:
        rule, message = _NEAR_MISSES[near.kind], _evidence.missed(arm, near)
    if arm.in_vain:
        message += f"; only the sdist is left, and building it is no way out: {arm.reason}"
    elif builds:
        message += "; only the sdist is left, which must be built"
    elif arm.has_sdist:
        message += "; the sdist is not allowed"
    return Problem(
        rule=rule,
        severity=Severity.BUILD if builds and not arm.in_vain else Severity.BLOCKER,
        message=message,
        evidence=Evidence(
            files=_evidence.names(near.files) if near else (),
            needs=near.needs if near else None,
            has=near.has if near else None,
            detail=(*_on_x86(comparison), *_of_sdist(comparison), *_evidence.others(arm)),
        ),
    )


def _on_x86(comparison: Comparison) -> tuple[str, ...]:
    side = comparison.x86
    if side.machine.target.arm_only:
        return ()
    if side.status is Status.NOT_REQUIRED:
        return ("x86_64 does not need it",)
    return (f"x86_64 installs {side.file}",) if side.file else ()


def _of_sdist(comparison: Comparison) -> tuple[str, ...]:
    """Return what the sdist was told by, and what building it takes."""
    arm = comparison.arm
    if not arm.status.builds or arm.chosen is None or arm.chosen.assumed is not None:
        return ()
    return tuple(filter(None, [arm.reason, None if arm.in_vain else arm.building]))
