"""Several audits at a glance: how many stand how, a line for each, and once what moving is worth."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.model import Standing, standing_for
from archcheck.report.fleet import SIGNS, TOTALS, WORDS, WORST_FIRST
from archcheck.report.phrases import input_name, plural
from archcheck.report.sections import answer
from archcheck.report.sections.answer import Sign, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Audit, Report
    from archcheck.savings.workload import Savings

_TOTALS = TOTALS | {"after-changes": "can move after changes", "stays": "to stay on x86_64"}
_NOW: tuple[Standing, ...] = ("now", "no-worse", "after-changes")


class Line(Struct, frozen=True, kw_only=True):
    """One audit as a line of the table; texts are empty where nothing is known or there is nothing."""

    number: int
    audit: Audit
    standing: Standing
    sign: Sign
    words: str
    details: str
    effort: str
    saving: str


class Worth(Struct, frozen=True, kw_only=True):
    """What moving is worth to all `inputs` alike; `audit` is the one that says so for all of them."""

    audit: Audit
    inputs: tuple[str, ...]


def lines(report: Report) -> tuple[Line, ...]:
    """Return the table of the audits of *report*, in its order."""
    return tuple(_line(number, audit) for number, audit in enumerate(report.audits, 1))


def counts(report: Report) -> tuple[tuple[Standing, str, int], ...]:
    """Return how many audits stand how, and what that is called; of standings that none has, nothing."""
    found = Counter(map(standing_of, report.audits))
    return tuple((each, words, found[each]) for each, words in WORDS.items() if found[each])


def standing_of(audit: Audit) -> Standing:
    """Return how *audit* stands with arm64."""
    return standing_for(audit.recommendation)


def headline(report: Report) -> Verdict:
    """Return how many can move now and how many cannot, in one sentence; its sign is that of the worst."""
    if not report.audits:
        return answer.overall(report)
    found = Counter(map(standing_of, report.audits))
    sign = next(each for each in WORST_FIRST if each in {SIGNS[standing] for standing in found})
    total = plural(len(report.audits), _noun(report.audits))
    said = [f"{found[each]} {words}" for each, words in _TOTALS.items() if found[each]]
    if len(said) == 1:
        return Verdict(sign=sign, sentence=f"all {total} {said[0].partition(' ')[2]}")
    return Verdict(sign=sign, sentence=f"{total}: {', '.join(said)}")


def worths(report: Report) -> tuple[Worth, ...]:
    """Return what moving is worth, once for all inputs of which the same holds."""
    alike: dict[Savings, list[Audit]] = {}
    for audit in report.audits:
        if audit.savings is not None:
            alike.setdefault(audit.savings, []).append(audit)
    return tuple(
        Worth(audit=min(audits, key=_rank), inputs=tuple(dict.fromkeys(map(answer.place, audits))))
        for audits in alike.values()
    )


def _line(number: int, audit: Audit) -> Line:
    standing = standing_of(audit)
    changes = standing == "after-changes"
    return Line(
        number=number,
        audit=audit,
        standing=standing,
        sign=SIGNS[standing],
        words=WORDS[standing],
        details=answer.verdict(audit).sentence.partition(": ")[2],
        effort=(audit.recommendation.effort or "") if changes else "",
        saving=answer.share(audit.savings) if audit.savings and standing in _NOW else "",
    )


def _rank(audit: Audit) -> int:
    """Return which audit speaks for those that save alike: one that can move, rather than one that may."""
    standing = standing_of(audit)
    return _NOW.index(standing) if standing in _NOW else len(_NOW) + (not answer.worth(audit))


def _noun(audits: Sequence[Audit]) -> str:
    """Return what there are several of: inputs, targets of one input, or both."""
    inputs = {input_name(audit.input) for audit in audits}
    if len(inputs) == len(audits):
        return "input"
    return "target" if len(inputs) == 1 else "audit"
