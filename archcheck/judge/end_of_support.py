"""AC021: AWS has ended the support of the target's runtime, or does so within 180 days.

python3.9 has had no fixes since 2025-12-15, and its functions cannot be updated after 2027-03-03: whoever
moves it to arm64 moves it a second time soon. A warning about the target, never an obstacle: a function on
such a runtime runs on arm64 as it does on x86_64. It is a matter of the day and not of the set, and so not
among the rules that look at one: no summary, recommendation or plan has to do with it.

It must not fire on a runtime of which AWS states no date (python3.15), nor on any other base: a container
image is kept up by whoever builds it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.data.runtimes import runtimes
from archcheck.judge.findings import set_finding
from archcheck.judge.obstacles import order
from archcheck.judge.problem import SetProblem
from archcheck.judge.whole_set import identity_of
from archcheck.model import Evidence, Place, Severity

if TYPE_CHECKING:
    from datetime import date

    from archcheck.data.runtimes import LambdaRuntime
    from archcheck.model import Audit
    from archcheck.platforms.targets import Target

_NOTICE: Final = timedelta(days=180)
"""How long before its end a runtime is spoken of: what AWS's own mails give as notice."""


def with_end_of_support(audit: Audit, target: Target, today: date) -> Audit:
    """Return *audit*, made on *target*, with what is to be said *today* of how long its runtime has left."""
    said, path = audit.target.source, audit.input.path
    place = Place(path=said.path, line=said.line) if said and said.path else Place(path=path, line=None)
    problem = end_of_support(target, today, about=PurePath(path).name, place=place)
    if problem is None:
        return audit
    found = set_finding(problem, identity_of(path, audit.input.extras, audit.input.package), target.id)
    return replace(audit, findings=tuple(sorted((*audit.findings, found), key=order)))


def end_of_support(target: Target, today: date, *, about: str, place: Place) -> SetProblem | None:
    """Return AC021 where the support of *target* is over or soon will be, as of *today*.

    It is told under the name *about*, at the *place* that says the target.
    """
    if not target.is_lambda:
        return None
    known = runtimes().lambda_
    ends, line = known[target.python.short], target.python.short
    if ends.deprecated is None or today + _NOTICE < ends.deprecated:
        return None
    return SetProblem(
        rule="AC021",
        severity=Severity.WARNING,
        message=f"{_told(line, ends, today)}{_way_on(line, known, today)}",
        evidence=Evidence(),
        about=about,
        place=place,
    )


def _told(line: str, ends: LambdaRuntime, today: date) -> str:
    over = ends.deprecated is not None and ends.deprecated <= today
    told = f"AWS Lambda {'ended' if over else 'ends'} the support of python{line} on {ends.deprecated}"
    if ends.blocked is None:
        return told
    if ends.blocked <= today:
        return f"{told}, and its functions cannot be updated since {ends.blocked}"
    return f"{told}, and its functions cannot be updated after {ends.blocked}"


def _way_on(line: str, known: dict[str, LambdaRuntime], today: date) -> str:
    """Return the next runtime that has more time, and the one that has the most where that is another."""
    lines = list(known)
    later = {
        each: known[each].deprecated
        for each in lines[lines.index(line) + 1 :]
        if known[each].deprecated is not None
    }
    lasting = {each: until for each, until in later.items() if until is not None and until > today + _NOTICE}
    if not lasting:
        return ""
    first, last = next(iter(lasting)), next(reversed(lasting))
    told = f"; python{first} has it until {lasting[first]}"
    return told if lasting[first] == lasting[last] else f"{told}, python{last} until {lasting[last]}"
