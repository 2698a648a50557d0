"""The report as workflow commands of GitHub Actions, which the runner turns into annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import phrases
from archcheck.report.formats import forge_terms
from archcheck.report.layout import clean
from archcheck.report.sections import verdict
from archcheck.report.sections.diff import counts, new_in
from archcheck.report.sections.way_out import way_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit, Finding, Report
    from archcheck.report.formats.forge_terms import Level

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
    alike: dict[tuple[object, ...], list[tuple[tuple[Finding, ...], Audit]]] = {}
    new = {finding.fingerprint for finding in new_in(report)}
    for audit in report.audits:
        for group in phrases.groups([each for each in audit.findings if each.fingerprint in new]):
            first = group[0]
            key = (
                forge_terms.level(first),
                forge_terms.location(first, audit),
                first.rule,
                phrases.names(group),
            )
            alike.setdefault(key, []).append((group, audit))
    for same in sorted(alike.values(), key=lambda same: same[0][0][0].severity.rank):
        group, audit = same[0]
        where = forge_terms.location(group[0], audit)
        targets = ", ".join(dict.fromkeys(f"{other.target.title}" for _, other in same))
        title, sentences = _told(group)
        text = "\n".join([*sentences, f"on {clean(targets)}"])
        place = f"file={_property(where.path)},line={where.line}"
        yield forge_terms.level(group[0]), len(group), f"{place},title={_property(title)}::{_data(text)}"


def _told(group: tuple[Finding, ...]) -> tuple[str, list[str]]:
    """Return the title and the sentences under it."""
    first = group[0]
    if len(group) == 1:
        return forge_terms.title(first), forge_terms.sentences(first)
    ways = phrases.ways_in(group)
    parts = [phrases.names(group), first.message, f"from {ways}" if ways else ""]
    return clean(f"{first.rule} {phrases.several(group)}"), [clean(part) for part in parts if part]


def _closing(report: Report, left_out: int) -> str:
    answer = verdict.verdict(report.audits[0]) if len(report.audits) == 1 else verdict.overall(report)
    way = way_out(report.audits[0]) if len(report.audits) == 1 else None
    told = report.baseline and counts(
        len(report.baseline.new), len(report.baseline.fixed), len(report.baseline.unchanged)
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
