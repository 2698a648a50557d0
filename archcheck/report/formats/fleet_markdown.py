"""A whole repository in Markdown: one table, what is left out, and what to change where it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet, phrases
from archcheck.report.fleet_changes import shared_changes
from archcheck.report.formats.markdown_terms import code, details, prose, table
from archcheck.report.layout import clean
from archcheck.report.replacements import diff_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Replacement, Report
    from archcheck.report.fleet_changes import SharedChange

_HEAD = ("name", "where", "target", "today", "arm64", "effort", "saving")
_NOTES = 6  # of more each is of little weight, and all are folded away


def fleet_lines(report: Report) -> Iterator[str]:
    """Yield the headline, the table, what is beside it, and what to change where each is deployed."""
    yield from (f"## {prose(str(fleet.headline(report)))}", "")
    if report.deployables:
        yield from table(_HEAD, map(_cells, fleet.rows(report)))
    said = [f"- {prose(text)}" for text in fleet.beside(report)]
    if len(said) > _NOTES:
        yield from details(f"{phrases.plural(len(said), 'note')} on what was read", [*said, ""])
    elif said:
        yield from (*said, "")
    yield from deployed_lines(report)


def _cells(row: fleet.Row) -> tuple[str, ...]:
    target = " ".join(filter(None, (code(row.target), f"({prose(row.says)})" if row.says else "")))
    verdict = prose(f"{row.sign} {row.verdict}")
    return code(row.name), code(row.where), target, prose(row.runs_on), verdict, row.effort, row.saving


def deployed_lines(report: Report) -> Iterator[str]:
    """Yield what there is to say of each deployable beyond the table, folded away where nothing was found."""
    for worrying in (True, False):
        rows = [row for row in fleet.rows(report) if bool(row.deployable.findings) is worrying]
        body = [] if worrying else [line for each in shared_changes(report) for line in _shared(each)]
        body += [line for row in rows if row.says_more for line in _about(row)]
        if body:
            title = (
                "What was found where it is deployed" if worrying else "What to change where it is deployed"
            )
            yield from details(title, body, unfolded=worrying)


def _about(row: fleet.Row) -> Iterator[str]:
    yield from (f"**{code(row.name)}** ({code(row.where)})", "")
    items = list(_items(row))
    yield from (*items, "") if items else ()
    yield from _changes(row.edits)


def _shared(change: SharedChange) -> Iterator[str]:
    yield from (f"**{code(change.serves)}**", "")
    yield from _changes(change.edits)


def _changes(edits: tuple[Replacement, ...]) -> Iterator[str]:
    for edit in edits:
        yield from (code(f"{edit.path}:{max(edit.first, edit.last)}"), "")
        # Indented, not fenced: nothing in a line can end it.
        yield from (*(f"    {clean(line)}" for line in diff_lines(edit)[1:]), "")


def _items(row: fleet.Row) -> Iterator[str]:
    one = row.deployable
    for finding in one.findings:
        yield f"- {prose(finding.rule)}: {prose('; '.join((finding.message, *phrases.details(finding))))}"
    for told in row.told:
        yield f"- {prose(told)}"
    if one.change:
        yield f"- to do: {prose(one.change)}"
