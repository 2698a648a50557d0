"""AC014: aarch64 installs it from an sdist that needs no compiler, x86_64 from a wheel.

The sdist is pure Python, or its compiled part may be left out, as PyYAML's. A warning: it installs, but a
build step runs, and `--only-binary :all:` refuses it.

It must not fire where x86_64 builds the sdist too: that is the same on both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison


def sdist_only(comparison: Comparison) -> Problem | None:
    """Return AC014, a warning."""
    if comparison.arm.status not in {Status.PURE_SDIST, Status.FALLBACK_SDIST}:
        return None
    if comparison.x86.status not in {Status.WHEEL, Status.PURE_WHEEL}:
        return None
    slower = "without its compiled part " if comparison.arm.status is Status.FALLBACK_SDIST else ""
    return Problem(
        rule="AC014",
        severity=Severity.WARNING,
        message=f"aarch64 installs it {slower}from the sdist, x86_64 from a wheel",
        evidence=Evidence(
            files=_evidence.pair(comparison), detail=tuple(filter(None, [comparison.arm.reason]))
        ),
    )
