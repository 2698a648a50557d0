"""A whole repository for a terminal: one table, what is left out, and what to change where it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report.layout import clean, paragraph, table
from archcheck.report.replacements import diff_lines
from archcheck.report.sections import fleet

if TYPE_CHECKING:
    from archcheck.model import Deployable, Report
    from archcheck.report.layout import View

_HEAD = ("name", "where", "target", "today", "arm64", "effort", "saves")


def fleet_lines(report: Report, view: View) -> list[str]:
    """Return the headline, the table, and what each needs beside its packages."""
    answer = fleet.headline(report)
    lines = paragraph(answer.sentence, view, label=answer.sign, hang=2, style="bold")
    rows = [
        (row.name, row.where, row.target, row.today, f"{row.sign} {row.verdict}", row.effort, row.saving)
        for row in fleet.rows(report)
    ]
    if rows:
        lines += ["", *table(_HEAD, rows, view)]
    said = [line for text in fleet.beside(report) for line in paragraph(text, view, label="-", hang=2)]
    lines += ["", *said] if said else []
    return [*lines, *_rest(report, view)]


def deployment_lines(report: Report, view: View) -> list[str]:
    """Return how the one deployable of *report* is deployed, and what to change there."""
    (row,) = fleet.rows(report)
    one = row.deployable
    if one.kind == "project":
        return [*paragraph("Nothing says how it is deployed", view), *_about(one, view)]
    today = {"conditional": "on either architecture", "unknown": "on an architecture that is not said"}
    on = today.get(one.architecture, f"on {one.architecture}")
    lines = paragraph(f"Deployed as {one.name} ({row.where}), {on} today", view, style="bold")
    return [*lines, *_about(one, view)]


def _rest(report: Report, view: View) -> list[str]:
    lines: list[str] = []
    for row in fleet.rows(report):
        about = _about(row.deployable, view)
        if about:
            lines += ["", *paragraph(f"{row.name} ({row.where})", view, style="bold"), *about]
    return lines


def _about(one: Deployable, view: View) -> list[str]:
    """Return what there is to say of one deployable, indented."""
    lines: list[str] = []
    for finding in one.findings:
        lines += paragraph(finding.message, view, indent=2, label=finding.rule, hang=7)
    for text in (*one.conditions, *one.notes):
        lines += paragraph(text, view, indent=2, label="-", hang=2)
    for each in one.edits:
        last = max(each.first, each.last)
        lines += paragraph(f"{each.path}:{last}", view, indent=2, label="→", hang=2)
        lines += [f"      {clean(line, ascii_only=view.ascii_only)}" for line in diff_lines(each)[1:]]
    if one.change:
        lines += paragraph(one.change, view, indent=2, label="→", hang=2)
    return lines
