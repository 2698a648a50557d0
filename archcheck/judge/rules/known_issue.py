"""AC012: it installs on aarch64 and is known not to work there as it does on x86_64.

No file name tells that torch 2.0.0 aborts on Lambda, or that the libpq inside psycopg2-binary 2.9.5 cannot
log in. What is known is told with its source and the day on which that was checked (`data/advisories/`, one
file a package).

It must not fire on what is missing or has to be compiled: what is known is known of the published file, and
that is not what runs there. An sdist without compiled code is the same everywhere: undetected-chromedriver
has no wheel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.advisories import fails, issues
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison


def known_issue(comparison: Comparison) -> Problem | None:
    """Return AC012: a blocker where it fails, a warning where it is limited."""
    arm = comparison.arm
    if arm.chosen is None or arm.status not in {Status.WHEEL, Status.PURE_WHEEL, Status.PURE_SDIST}:
        return None
    version = arm.chosen.pick.version
    known = issues(comparison.name, version, comparison.target, arm.file) if version is not None else ()
    if not known:
        return None
    return Problem(
        rule="AC012",
        severity=Severity.BLOCKER if fails(known) else Severity.WARNING,
        message="; ".join(issue.says for issue in known),
        evidence=Evidence(
            files=(arm.file,) if arm.file else (),
            detail=tuple(f"{issue.source} (checked on {issue.checked})" for issue in known),
        ),
    )
