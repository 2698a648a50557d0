"""What stands between a set and arm64: the one definition that recommendation, reports and comments share."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from packaging.version import InvalidVersion, Version

from archcheck.model import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.judge.problem import Problem
    from archcheck.model import Audit, Finding

TARGET_PROBLEM: Final = "AC013"
DRIFT: Final = "AC006"
NOT_VERIFIABLE: Final = "AC009"
_STOPS = frozenset({Severity.BLOCKER, Severity.BUILD})
_WITHOUT_WHEEL: Final = frozenset({Status.FALLBACK_SDIST, Status.NATIVE_SDIST, Status.SDIST})


def is_obstacle(found: Problem | Finding) -> bool:
    """Return whether it keeps the set from arm64: nothing installs there, or something must be built first.

    What x86_64 shares does not, for moving makes that no worse.
    """
    return found.severity in _STOPS and found.rule != TARGET_PROBLEM


def is_unusable(found: Problem | Finding) -> bool:
    """Return whether the set installs on neither architecture: the target is at fault, or the pin."""
    return found.severity is Severity.BLOCKER and found.rule == TARGET_PROBLEM


def is_one_release(drift: Finding) -> bool:
    """Return whether the versions of a *drift* differ by their local part alone (PEP 440).

    An index may have a build of the version for x86_64 alone, such as torch 2.5.1+cu124: that is no other.
    """
    if drift.evidence.needs is None or drift.evidence.has is None:
        return False
    try:
        return Version(drift.evidence.needs).public == Version(drift.evidence.has).public
    except InvalidVersion:
        return False


def is_apart(finding: Finding, input_path: str) -> bool:
    """Return whether it is about the part of the input at *input_path* that another installer installs."""
    return finding.rule == NOT_VERIFIABLE and finding.path == (PurePath(input_path).name,)


def obstacles(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the fingerprints of the obstacles among *findings*, in their order.

    The findings that somebody accepted belong to *findings*: what is accepted is no less true.
    """
    return tuple(finding.fingerprint for finding in findings if is_obstacle(finding))


def is_new(finding: Finding, known: Mapping[str, Severity]) -> bool:
    """Return whether *finding* is none of those *known* by their fingerprints, or worse than it was."""
    before = known.get(finding.fingerprint)
    return before is None or finding.severity.rank < before.rank


def order(finding: Finding) -> tuple[int, str, str]:
    """Return the sort key of findings in every report: worst first, then by package and rule."""
    return finding.severity.rank, finding.package, finding.rule


def in_the_way(audit: Audit) -> bool:
    """Return whether there is anything that a plan is for."""
    return bool(goals(audit)) or bool(_shared(audit))


def goals(audit: Audit) -> frozenset[str]:
    """Return the packages that stand in the way; where none does, those that come as another version."""
    findings = (*audit.findings, *audit.ignored)
    stuck = frozenset(finding.package for finding in findings if is_obstacle(finding))
    return stuck or frozenset(finding.package for finding in findings if finding.rule == DRIFT)


def wishes(audit: Audit) -> frozenset[str]:
    """Return the packages without a wheel on aarch64 that are no obstacle: a wheel would help.

    They are built on both architectures, or go without their compiled part.
    """
    without = {each.name for each in audit.packages if each.on("aarch64").status in _WITHOUT_WHEEL}
    return frozenset(_shared(audit) | without) - goals(audit)


def _shared(audit: Audit) -> set[str]:
    """Return the packages that are in the way on both architectures; findings on the whole set name none."""
    findings = (*audit.findings, *audit.ignored)
    names = {package.name for package in audit.packages}
    return names & {finding.package for finding in findings if finding.rule == TARGET_PROBLEM}
