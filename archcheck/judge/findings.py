"""Runs the rules over the comparisons; what they find gets a place, a path and a remedy."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from archcheck.judge.rules import RULES
from archcheck.model import Evidence, Finding, Place, Remedy, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem
    from archcheck.manifest.manifest import Location
    from archcheck.platforms.targets import Target
    from archcheck.resolve.model import Cause, Conflict

NAMES = {
    "AC001": "no-aarch64-wheel",
    "AC002": "build-required",
    "AC003": "libc-too-new",
    "AC004": "no-wheel-for-python",
    "AC005": "other-libc-only",
    "AC006": "version-drift",
    "AC007": "slow-fallback",
    "AC008": "x86-only-file",
    "AC009": "not-verifiable",
    "AC010": "conflict",
    "AC011": "binary-mismatch",
    "AC012": "known-issue",
    "AC013": "target-problem",
    "AC014": "sdist-only",
    "AC015": "lock-omits-wheel",
    "AC016": "x86-only-by-marker",
}

Where = Literal["aarch64", "x86_64", "both"]

OBSTACLES = frozenset({Severity.BLOCKER, Severity.BUILD})


def problems(comparisons: Iterable[Comparison]) -> tuple[tuple[Comparison, Problem], ...]:
    """Return everything the rules find, package by package."""
    return tuple(
        (comparison, problem)
        for comparison in comparisons
        for rule in RULES
        if (problem := rule(comparison)) is not None
    )


def is_obstacle(problem: Problem) -> bool:
    """Return whether the problem stands between the set and aarch64: a remedy is looked for."""
    return problem.severity in OBSTACLES and problem.rule != "AC013"


def wants_remedy(problem: Problem) -> bool:
    """Return whether another version is looked for: an obstacle, or what another version may be free of."""
    return is_obstacle(problem) or problem.rule in {"AC012", "AC013"}


def findings(
    found: Iterable[tuple[Comparison, Problem]],
    remedies: Mapping[NormalizedName, Remedy],
    places: Mapping[NormalizedName, tuple[Location, ...]],
    input_path: str,
) -> tuple[Finding, ...]:
    """Return the findings, worst first, then by package and rule."""
    made = []
    for comparison, problem in found:
        path = comparison.paths[0] if comparison.paths else (comparison.name,)
        made.append(
            Finding(
                rule=problem.rule,
                name=NAMES[problem.rule],
                severity=problem.severity,
                package=comparison.name,
                version=comparison.arm.version or comparison.x86.version,
                target=comparison.target.id,
                message=problem.message,
                evidence=problem.evidence,
                location=place_of(path, places),
                path=path,
                fingerprint=fingerprint(input_path, comparison.target.id, comparison.name, problem.rule),
                remedy=remedies.get(comparison.name) if wants_remedy(problem) else None,
            )
        )
    return tuple(sorted(made, key=order))


def order(finding: Finding) -> tuple[int, str, str]:
    """Return the sort key of findings in every report."""
    return finding.severity.rank, finding.package, finding.rule


def conflict_finding(conflict: Conflict, target: Target, where: Where, input_path: str) -> Finding:
    """Return AC010 (aarch64 alone) or AC013 (x86_64 too) for a set that cannot be resolved."""
    rule = "AC010" if where == "aarch64" else "AC013"
    place = "on either architecture" if where == "both" else f"on {where} alone"
    lines = tuple(_side(cause) for cause in conflict.causes)
    location = next((cause.location for cause in conflict.causes if cause.location), None)
    return Finding(
        rule=rule,
        name=NAMES[rule],
        severity=Severity.WARNING if where == "x86_64" else Severity.BLOCKER,
        package=conflict.package,
        version=None,
        target=target.id,
        message=f"the requirements cannot be met together {place}: {'; '.join(lines)}",
        evidence=Evidence(detail=lines),
        location=Place(path=location.path, line=location.line or None) if location else None,
        path=(conflict.package,),
        fingerprint=fingerprint(input_path, target.id, conflict.package, rule),
    )


def uncovered_finding(target: Target, input_path: str, *, alone: bool) -> Finding:
    """Return AC015 for a lock whose own environments leave out aarch64 alone, AC013 where x86_64 too."""
    name = PurePath(input_path).name
    rule = "AC015" if alone else "AC013"
    where = "aarch64" if alone else target.id
    return Finding(
        rule=rule,
        name=NAMES[rule],
        severity=Severity.BLOCKER,
        package=name,
        version=None,
        target=target.id,
        message=f"the lock is for other environments than {where}: its installer refuses to use it there",
        evidence=Evidence(needs="another environment", has=where),
        location=Place(path=input_path, line=None),
        path=(name,),
        fingerprint=fingerprint(input_path, target.id, name, rule),
        remedy=Remedy(kind="relock", message=f"admit {where} to the lock's environments, and lock again"),
    )


def python_finding(target: Target, input_path: str, admitted: SpecifierSet) -> Finding:
    """Return AC013 for a project that is not for the target's Python: its installer refuses to go on."""
    name = PurePath(input_path).name
    python = target.python.full
    return Finding(
        rule="AC013",
        name=NAMES["AC013"],
        severity=Severity.BLOCKER,
        package=name,
        version=None,
        target=target.id,
        message=f"it is for Python {admitted}, and {target.id} has {python}: installers refuse it there",
        evidence=Evidence(needs=f"Python {admitted}", has=python),
        location=Place(path=input_path, line=None),
        path=(name,),
        fingerprint=fingerprint(input_path, target.id, name, "requires-python"),
    )


def _side(cause: Cause) -> str:
    if cause.chain:
        return f"{' → '.join(cause.chain)} wants {cause.wants}"
    return f"{cause.location or 'the input'} wants {cause.wants}"


def place_of(
    path: tuple[NormalizedName, ...], places: Mapping[NormalizedName, tuple[Location, ...]]
) -> Place | None:
    """Return the line of the direct requirement that *path* starts from."""
    location = next(iter(places.get(path[0], ())), None)
    return Place(path=location.path, line=location.line or None) if location else None


def fingerprint(input_path: str, target: str, package: str, kind: str) -> str:
    """Return what identifies a finding over time: neither lines nor versions go into it."""
    text = f"{input_path}\0{target}\0{package}\0{kind}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
