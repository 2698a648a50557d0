"""The report as workflow commands of GitHub Actions, which the runner turns into annotations."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from archcheck.report import fleet, phrases
from archcheck.report.formats import forge_terms
from archcheck.report.layout import clean
from archcheck.report.sections.diff import counts, new_in
from archcheck.report.sections.way_out import way_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Finding, Report
    from archcheck.report.formats.forge_terms import Level, Told

# A step shows this many of each; what comes later is dropped without a word.
MOST = 10
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(report: Report) -> str:
    """Return *report* as annotations, the worst first, then one with the verdict and what was left out.

    Where there is a baseline, only what is new since is annotated.
    """
    lines: list[str] = []
    left_out = 0
    annotations = list(_annotations(report))
    for level, name in _COMMANDS.items():
        # One notice is taken by the verdict.
        room = MOST - (level == "note")
        mine = [(count, text) for worth, count, text in annotations if worth == level]
        lines += [f"::{name} {text}" for _, text in mine[:room]]
        left_out += sum(count for count, _ in mine[room:])
    return "\n".join([*lines, _closing(report, left_out), ""])


def _annotations(report: Report) -> Iterator[tuple[Level, int, str]]:
    """Yield the findings, worst first, and how many they are: those that differ in their target alone as one.

    So do warnings that say the same of several packages: a step shows few.
    """
    alike: dict[tuple[object, ...], list[tuple[Told, ...]]] = {}
    for group in _groups(report):
        first = group[0].finding
        names = phrases.names(told.finding for told in group)
        alike.setdefault((forge_terms.level(first), group[0].where, first.rule, names), []).append(group)
    for same in sorted(alike.values(), key=lambda same: same[0][0].finding.severity.rank):
        group = same[0]
        where = group[0].where
        title, sentences = _told(tuple(told.finding for told in group))
        targets = ", ".join(dict.fromkeys(other[0].on for other in same))
        text = "\n".join([*sentences, f"on {clean(targets)}"])
        place = f"file={_property(where.path)},line={where.line}"
        level = forge_terms.level(group[0].finding)
        yield level, len(group), f"{place},title={_property(title)}::{_data(text)}"


def _groups(report: Report) -> Iterator[tuple[Told, ...]]:
    """Yield what is new, warnings of one audit that say the same of several packages together."""
    new = {finding.fingerprint for finding in new_in(report)}
    for _, found in groupby(forge_terms.found(report), key=lambda told: (id(told.audit), told.on)):
        mine = {id(told.finding): told for told in found if told.finding.fingerprint in new}
        for group in phrases.groups([told.finding for told in mine.values()]):
            yield tuple(mine[id(finding)] for finding in group)


def _told(group: tuple[Finding, ...]) -> tuple[str, list[str]]:
    """Return the title and the sentences under it."""
    first = group[0]
    if len(group) == 1:
        return forge_terms.title(first), forge_terms.sentences(first)
    ways = phrases.ways_in(group)
    parts = [phrases.names(group), first.message, f"from {ways}" if ways else ""]
    return clean(f"{first.rule} {phrases.several(group)}"), [clean(part) for part in parts if part]


def _closing(report: Report, left_out: int) -> str:
    alone = len(report.audits) == 1 and not fleet.is_shown(report)
    answer = fleet.answer(report)
    way = way_out(report.audits[0]) if alone else None
    told = report.baseline and counts(
        new_in(report), len(report.baseline.fixed), len(report.baseline.unchanged)
    )
    text = clean("; ".join([str(answer), *([told] if told else []), *([way.title] if way else [])]))
    if left_out:
        text += (
            f"; {phrases.plural(left_out, 'more finding')} left out here: a step shows {MOST} of each kind"
        )
    return f"::notice title=archcheck::{_data(text)}"


def _data(text: str) -> str:
    """Return *text* for the end of a command, where a line break or a `%` would be read as something else."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return *text* for a property, which `,` and `:` end as well."""
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
