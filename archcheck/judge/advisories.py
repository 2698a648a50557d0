"""AC012: what installs on aarch64 and is known not to work there as it does on x86_64."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.data.advisories import advisories
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from packaging.version import Version

    from archcheck.data.advisories import Advisory
    from archcheck.judge.comparison import Comparison


def known_issue(comparison: Comparison) -> Problem | None:
    """AC012: a blocker where it fails, a warning where it is limited; what is built is not spoken of."""
    arm = comparison.arm
    if arm.chosen is None or arm.status not in {Status.WHEEL, Status.PURE_WHEEL}:
        return None
    version = arm.chosen.pick.version
    known = issues(comparison.name, version, comparison.target.id) if version is not None else ()
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


def issues(package: str, version: Version, target: str) -> tuple[Advisory, ...]:
    """Return what is known of this version on this target (its id)."""
    return tuple(
        issue
        for issue in advisories(package)
        if SpecifierSet(issue.versions).contains(version, prereleases=True)
        and any(fnmatchcase(target, glob) for glob in issue.targets)
    )


def fails(known: tuple[Advisory, ...]) -> bool:
    """Return whether by any of *known* it cannot be used at all."""
    return any(issue.effect == "fails" for issue in known)
