"""AC007: the same version is compiled on x86_64 and pure Python on aarch64.

It works, and may be several times slower, as coverage was where its compiled wheels left out aarch64
(coveragepy#1927). A warning.

It must not fire where the versions differ (that is AC006 alone), nor where a compiled wheel for aarch64 is
there and the input leaves it out (AC015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison


def slow_fallback(comparison: Comparison) -> Problem | None:
    """Return AC007, a warning."""
    if not is_slower(comparison) or comparison.arm.left_out():
        return None
    return Problem(
        rule="AC007",
        severity=Severity.WARNING,
        message="x86_64 gets compiled code, aarch64 the slower pure-Python wheel of the same version",
        evidence=Evidence(files=_evidence.pair(comparison)),
    )


def is_slower(comparison: Comparison) -> bool:
    """Return whether aarch64 does without the compiled code that x86_64 gets of the same version."""
    x86, arm = comparison.x86, comparison.arm
    return x86.version == arm.version and (x86.status, arm.status) == (Status.WHEEL, Status.PURE_WHEEL)
