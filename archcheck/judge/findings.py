"""Runs the rules over the packages and the set; what they find gets a name, a place, a path and a remedy."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from archcheck.judge import rule_texts
from archcheck.judge.obstacles import DRIFT, TARGET_PROBLEM, is_obstacle, order
from archcheck.judge.rules import RULES, SET_RULES
from archcheck.judge.rules.known_issue import one_cause
from archcheck.model import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem, SetProblem
    from archcheck.judge.whole_set import WholeSet
    from archcheck.manifest.manifest import Location
    from archcheck.model import Remedy


def problems(comparisons: Iterable[Comparison]) -> tuple[tuple[Comparison, Problem], ...]:
    """Return everything the rules find on single packages, package by package, each cause once."""
    return tuple(
        (comparison, problem)
        for comparison in comparisons
        for problem in one_cause(comparison, filter(None, (rule(comparison) for rule in RULES)))
    )


def wants_remedy(problem: Problem) -> bool:
    """Return whether another version is looked for: an obstacle, or what another version may be free of."""
    return is_obstacle(problem) or problem.rule in {DRIFT, "AC012", TARGET_PROBLEM}


def findings(
    found: Iterable[tuple[Comparison, Problem]],
    remedies: Mapping[NormalizedName, Remedy],
    places: Mapping[NormalizedName, tuple[Location, ...]],
    identity: str,
    wants: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Return the findings on packages, worst first, then by package and rule.

    *wants* are further rules whose findings bear a remedy.
    """
    made = []
    for comparison, problem in found:
        path = comparison.paths[0] if comparison.paths else (comparison.name,)
        made.append(
            Finding(
                rule=problem.rule,
                name=rule_texts.names()[problem.rule],
                severity=problem.severity,
                package=comparison.name,
                version=comparison.arm.version or comparison.x86.version,
                target=comparison.target.id,
                message=problem.message,
                evidence=problem.evidence,
                location=place_of(path, places),
                path=path,
                fingerprint=fingerprint(identity, comparison.target.id, comparison.name, problem.rule),
                remedy=remedies.get(comparison.name)
                if wants_remedy(problem) or problem.rule in wants
                else None,
            )
        )
    return tuple(sorted(made, key=order))


def set_findings(whole: WholeSet) -> tuple[Finding, ...]:
    """Return what the rules find about the set as a whole: it is for another Python, it conflicts."""
    found = filter(None, (rule(whole) for rule in SET_RULES))
    return tuple(set_finding(problem, whole.identity, whole.target.id) for problem in found)


def set_finding(problem: SetProblem, identity: str, target: str) -> Finding:
    """Return *problem* as a finding on the input of that *identity*, on the target of that name."""
    return Finding(
        rule=problem.rule,
        name=rule_texts.names()[problem.rule],
        severity=problem.severity,
        package=problem.about,
        version=None,
        target=target,
        message=problem.message,
        evidence=problem.evidence,
        location=problem.place,
        path=(problem.about,),
        fingerprint=fingerprint(identity, target, problem.about, problem.kind or problem.rule),
        remedy=problem.remedy,
    )


def place_of(
    path: tuple[NormalizedName, ...], places: Mapping[NormalizedName, tuple[Location, ...]]
) -> Place | None:
    """Return the line of the direct requirement that *path* starts from."""
    location = next(iter(places.get(path[0], ())), None)
    return Place(path=location.path, line=location.line or None) if location else None


def fingerprint(identity: str, target: str, package: str, kind: str) -> str:
    """Return what identifies a finding over time: neither lines nor versions go into it."""
    text = f"{identity}\0{target}\0{package}\0{kind}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]  # a path may be any bytes
