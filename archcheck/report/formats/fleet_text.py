"""A whole repository for a terminal: one table, what is left out, and what to change where it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet
from archcheck.report.fleet_changes import shared_changes
from archcheck.report.formats.terminal.answers import answer_lines
from archcheck.report.layout import columns, logged, marked, paragraph, table, verbatim, wrap
from archcheck.report.replacements import diff_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Replacement, Report
    from archcheck.report.layout import View

_INDENT, _GAP, _LEAST = 2, 2, 16
_NOTES = 6
_WORRYING = {"✗", "?"}
_TABLE = 64  # columns: in fewer each takes lines of its own
_HEAD = ("name", "line", "target", "today", "arm64")


def fleet_lines(report: Report, view: View) -> list[str]:
    """Return the headline, the table, and what each needs beside its packages.

    Quietly, of what can move no more than the headline says.
    """
    lines = answer_lines(fleet.headline(report), view)
    if view.quiet:
        return [*lines, *_worrying(report, view)]
    lines += _table(fleet.rows(report), view) if report.deployables else []
    said = [line for text in _beside(report, view) for line in paragraph(text, view, label="-", hang=2)]
    lines += ["", *said] if said else []
    return [*lines, *_rest(report, view)]


def _worrying(report: Report, view: View) -> list[str]:
    """Return what cannot move, what could not be read, and what decides that."""
    rows = [row for row in fleet.rows(report) if row.sign in _WORRYING]
    lines = _table(rows, view) if rows else []
    said = report.fleet.notes if report.fleet is not None else ()
    lines += ["", *(line for text in said for line in _note(text, view))] if said else []
    for row in rows:
        about = _found(row, view)
        about += [line for text in row.told for line in _note(text, view)] if _is_open(row) else []
        lines += ["", *paragraph(f"{row.name} ({row.where})", view, style="bold"), *about] if about else []
    return lines


def _is_open(row: fleet.Row) -> bool:
    """Return whether what is to be known of it is why it cannot move."""
    return row.standing == "undetermined" or bool(row.deployable.waits)


def _note(text: str, view: View) -> list[str]:
    return paragraph(text, view, indent=2, label="-", hang=2)


def _found(row: fleet.Row, view: View) -> list[str]:
    found = row.deployable.findings
    return [
        line for each in found for line in paragraph(each.message, view, indent=2, label=each.rule, hang=7)
    ]


def _beside(report: Report, view: View) -> list[str]:
    """Return the notes; of very many, as nested templates elsewhere make them, the first few."""
    notes = list(fleet.beside(report))
    more = len(notes) - _NOTES
    if view.verbose or more < 2:  # noqa: PLR2004 - one more takes the line that would count it
        return notes
    return [*notes[:_NOTES], f"{more} more notes on what was read: the same command with -v"]


def _table(rows: Sequence[fleet.Row], view: View) -> list[str]:
    """Return *rows* below the file that each stands in: paths are long, and name several."""
    cells = [
        (row.name, f":{row.line}" if row.line else "", row.target, row.runs_on, _told(row)) for row in rows
    ]
    shown = [[logged(cell, ascii_only=view.ascii_only) for cell in each] for each in (_HEAD, *cells)]
    widths = [max(map(columns, column)) for column in zip(*shown, strict=True)]
    room = view.width - _INDENT - sum(widths[1:]) - _GAP * (len(widths) - 1)
    if room < _LEAST:  # a narrow terminal
        if view.width < _TABLE:
            return [line for row in rows for line in _stacked(row, view)]
        narrow = [(row.name, row.where, row.target, row.runs_on, _told(row)) for row in rows]
        return ["", *table((_HEAD[0], "where", *_HEAD[2:]), narrow, view)]
    widths[0] = min(widths[0], room)
    lines: list[str] = []
    path = None
    for row, each in zip((None, *rows), shown, strict=True):
        if row is not None and row.deployable.source.path != path:
            path = row.deployable.source.path
            lines += ["", *paragraph(path, view, style="dim")]
        first, *more = wrap(each[0], widths[0]) or [""]  # a name may be nothing but blanks
        padded = [_padded(cell, width) for cell, width in zip((first, *each[1:]), widths, strict=True)]
        lines.append(marked(" " * _INDENT + (" " * _GAP).join(padded).rstrip(), view))
        lines += (" " * _INDENT + part for part in more)
    return ["", *lines]


def _stacked(row: fleet.Row, view: View) -> list[str]:
    about = ", ".join(filter(None, (row.where, row.target, row.runs_on)))
    return [
        "",
        *paragraph(row.name, view, style="bold"),
        *paragraph(about, view, indent=_INDENT, style="dim"),
        *(marked(line, view) for line in paragraph(_told(row), view, indent=_INDENT)),
    ]


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))


def _told(row: fleet.Row) -> str:
    besides = [row.effort and f"effort: {row.effort}", row.saving and f"saves {row.saving}"]
    return ", ".join([f"{row.sign} {row.verdict}", *filter(None, besides)])


def deployment_lines(report: Report, view: View) -> list[str]:
    """Return how the one deployable of *report* is deployed and what to change; quietly, what is wrong."""
    (row,) = fleet.rows(report)
    one = row.deployable
    if view.quiet:
        return _found(row, view)
    if one.kind == "project":
        return [*paragraph("Nothing says how it is deployed", view), *_about(row, view)]
    today = {"conditional": "on either architecture", "unknown": "on an architecture that is not said"}
    on = today.get(one.architecture, f"on {one.architecture}")
    lines = paragraph(f"Deployed as {one.name} ({row.where}), {on} today", view, style="bold")
    return [*lines, *_about(row, view)]


def _rest(report: Report, view: View) -> list[str]:
    """Return what there is to say of each, and before that once what changes for several."""
    lines: list[str] = []
    for shared in shared_changes(report):
        lines += ["", *paragraph(shared.serves, view, style="bold"), *_changes(shared.edits, view)]
    for row in fleet.rows(report):
        about = _about(row, view)
        if about:
            lines += ["", *paragraph(f"{row.name} ({row.where})", view, style="bold"), *about]
    return lines


def _about(row: fleet.Row, view: View) -> list[str]:
    """Return what there is to say of one deployable, indented."""
    one, lines = row.deployable, _found(row, view)
    for text in row.told:
        lines += _note(text, view)
    lines += _changes(row.edits, view)
    if one.change:
        lines += paragraph(one.change, view, indent=2, label="→", hang=2)
    return lines


def _changes(edits: Sequence[Replacement], view: View) -> list[str]:
    lines: list[str] = []
    for each in edits:
        last = max(each.first, each.last)
        lines += paragraph(f"{each.path}:{last}", view, indent=2, label="→", hang=2)
        lines += [verbatim(line, view, indent=6) for line in diff_lines(each)[1:]]
    return lines
