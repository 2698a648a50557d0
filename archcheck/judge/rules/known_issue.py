"""AC012: it installs on aarch64 and is known not to work there as it does on x86_64.

No file name tells that torch 2.0.0 aborts on Lambda, or that the libpq inside psycopg2-binary 2.9.5 cannot
log in. What is known is told with its source and the day on which that was checked (`data/advisories/`, one
file a package).

It must not fire on what is missing or has to be compiled: what is known is known of the published file, and
that is not what runs there. An sdist without compiled code is the same everywhere: undetected-chromedriver
has no wheel.

What is known of what lies in a file, AC011 sees for itself where the file was read (z3-solver 4.13.0.0
needs a newer glibc than it says): `one_cause` tells that once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.judge.advisories import fails, issues
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.data.advisories import Advisory
    from archcheck.judge.comparison import Comparison


def known_issue(comparison: Comparison) -> Problem | None:
    """Return AC012: a blocker where it fails, a warning where it is limited."""
    return _problem_of(_known_of(comparison), comparison)


def _known_of(comparison: Comparison) -> tuple[Advisory, ...]:
    """Return what is known of the file that aarch64 gets."""
    arm = comparison.arm
    if arm.chosen is None or arm.status not in {Status.WHEEL, Status.PURE_WHEEL, Status.PURE_SDIST}:
        return ()
    version = arm.chosen.pick.version
    return () if version is None else issues(comparison.name, version, comparison.target, arm.file)


def _problem_of(known: tuple[Advisory, ...], comparison: Comparison) -> Problem | None:
    """Return AC012 for what is *known*, where anything is."""
    if not known:
        return None
    file = comparison.arm.file
    return Problem(
        rule="AC012",
        severity=Severity.BLOCKER if fails(known) else Severity.WARNING,
        message="; ".join(issue.says for issue in known),
        evidence=Evidence(
            files=(file,) if file else (),
            detail=tuple(map(_cited, known)),
        ),
    )


def _cited(issue: Advisory) -> str:
    return f"{issue.source} (checked on {issue.checked})"


def one_cause(comparison: Comparison, found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return what was *found* on one package without telling a cause twice, as AC011 and as AC012.

    A blocker of AC011 stands, with what is known as its evidence. Where AC011 is but a warning, as for
    selenium's program for x86_64, AC012 stands with what was seen, since it says what to do.
    """
    problems = tuple(found)
    by_rule = {problem.rule: problem for problem in problems}
    if not {"AC011", "AC012"} <= by_rule.keys():
        return problems
    known = _known_of(comparison)
    inside = tuple(issue for issue in known if issue.inside)
    if not inside:
        return problems
    seen, told = by_rule["AC011"], by_rule["AC012"]
    if seen.severity is Severity.BLOCKER:
        said = tuple(f"{issue.says}: {_cited(issue)}" for issue in inside)
        evidence = replace(seen.evidence, detail=(*seen.evidence.detail, *said))
        others = _problem_of(tuple(issue for issue in known if not issue.inside), comparison)
        stands = (replace(seen, evidence=evidence), *filter(None, [others]))
    else:
        files = (*told.evidence.files, *seen.evidence.files)
        stands = (replace(told, evidence=replace(seen.evidence, files=files, detail=told.evidence.detail)),)
    return (*(each for each in problems if each.rule not in {"AC011", "AC012"}), *stands)
