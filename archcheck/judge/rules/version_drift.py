"""AC006: aarch64 gets another version than x86_64, without anyone having said so.

pip goes back to an older version where the newest has no file that installs (polars#13799). A warning: it
installs, and what was tested on one is not what runs on the other. It stands beside any other finding, since
the older version may have to be built as well.

It must not fire where a side installs nothing or is not known: there is no version to compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Severity

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison


def version_drift(comparison: Comparison) -> Problem | None:
    """Return AC006, a warning, where both install and the versions differ."""
    x86, arm = comparison.x86, comparison.arm
    if not (x86.status.installs and arm.status.installs) or None in {x86.version, arm.version}:
        return None
    if x86.version == arm.version:
        return None
    why = f": {comparison.drift}" if comparison.drift else ""
    return Problem(
        rule="AC006",
        severity=Severity.WARNING,
        message=f"aarch64 gets {arm.version} where x86_64 gets {x86.version}{why}",
        evidence=Evidence(files=_evidence.pair(comparison), needs=x86.version, has=arm.version),
    )
