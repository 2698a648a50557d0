"""The report as workflow commands of GitHub Actions, which the runner turns into annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import forge, verdict, words
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit, Finding, Report
    from archcheck.report.forge import Level

# A step shows this many of each; what comes later is dropped without a word.
MOST = 10
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(report: Report) -> str:
    """Return *report* as annotations, the worst first, then one with the verdict and what was left out."""
    lines: list[str] = []
    left_out = 0
    annotations = list(_annotations(report))
    for level, name in _COMMANDS.items():
        # One notice is taken by the verdict.
        room = MOST - (level == "note")
        mine = [text for worth, text in annotations if worth == level]
        lines += [f"::{name} {text}" for text in mine[:room]]
        left_out += len(mine[room:])
    return "\n".join([*lines, _closing(report, left_out), ""])


def _annotations(report: Report) -> Iterator[tuple[Level, str]]:
    """Yield the findings, those that differ in their target alone as one, worst first."""
    alike: dict[tuple[object, ...], list[tuple[Finding, Audit]]] = {}
    for audit in report.audits:
        for finding in audit.findings:
            key = (forge.level(finding), forge.location(finding, audit), forge.title(finding))
            alike.setdefault(key, []).append((finding, audit))
    for same in sorted(alike.values(), key=lambda same: same[0][0].severity.rank):
        finding, audit = same[0]
        where = forge.location(finding, audit)
        targets = ", ".join(dict.fromkeys(f"{other.target.title}" for _, other in same))
        text = "\n".join([*forge.sentences(finding), f"on {clean(targets)}"])
        place = f"file={_property(where.path)},line={where.line}"
        yield forge.level(finding), f"{place},title={_property(forge.title(finding))}::{_data(text)}"


def _closing(report: Report, left_out: int) -> str:
    answer = verdict.verdict(report.audits[0]) if len(report.audits) == 1 else verdict.overall(report)
    text = clean(str(answer))
    if left_out:
        text += f"; {words.plural(left_out, 'more finding')} left out here: a step shows {MOST} of each kind"
    return f"::notice title=archcheck::{_data(text)}"


def _data(text: str) -> str:
    """Return *text* for the end of a command, where a line break or a `%` would be read as something else."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return *text* for a property, which `,` and `:` end as well."""
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
