"""What changed between two reports, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet_diff
from archcheck.report.formats.terminal.answers import answer_lines
from archcheck.report.formats.terminal.findings import brief_lines, finding_lines
from archcheck.report.layout import marked, paragraph, table
from archcheck.report.sections import answer, diff, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.model import Audit
    from archcheck.report.layout import View
    from archcheck.report.sections.diff import AuditDifference, Difference


def to_text(difference: Difference, view: View) -> str:
    """Return *difference* for a terminal that shows *view*; no line is wider than `view.width`."""
    before, after = difference.before, difference.after
    lines = answer_lines(diff.headline(difference), view)
    lines += paragraph(f"from {before.generated_at} to {after.generated_at}", view, indent=2)
    for doubt in diff.doubts(before=before.complete, after=after.complete):
        lines += paragraph(doubt, view, indent=4, label="-", hang=2)
    if view.quiet:
        return "\n".join([*lines, *brief_lines(difference.new, "new", view), ""])
    lines += _deployables(difference, view)
    for audit in difference.audits:
        if audit.any or view.verbose:
            lines += ["", *_audit(audit, view)]
    return "\n".join([*lines, ""])


def _deployables(difference: Difference, view: View) -> list[str]:
    """Return how deployables stand otherwise, and what is new or gone of how they are deployed."""
    lines: list[str] = []
    steps = fleet_diff.steps(difference)
    if steps:
        lines += paragraph(f"Deployables: {fleet_diff.sentence(difference)}", view, style="bold")
    for step in steps:
        lines += paragraph(f"{step.name} ({step.where})", view, indent=2)
        lines += paragraph(" → ".join(step.words), view, indent=4)
    for each in difference.deployables:
        lines += brief_lines(each.new, "new", view)
        lines += brief_lines(each.fixed, "fixed", view)
    return ["", *lines] if lines else []


def _audit(audit: AuditDifference, view: View) -> Iterator[str]:
    yield from paragraph(answer.place(diff.present(audit)), view, style="bold")
    for label, side in (("before", audit.before), ("after", audit.after)):
        for line in paragraph(_answer(side), view, indent=2, label=label, hang=8):
            yield marked(line, view)
    if told := sizes.told(audit):
        yield from paragraph(told, view, indent=2)
    yield from finding_lines(audit.new, diff.present(audit), view)
    if audit.fixed:
        yield from ("", *brief_lines(audit.fixed, "fixed", view))
    yield from _packages(audit, view)


def _answer(audit: Audit | None) -> str:
    return str(answer.verdict(audit)) if audit else "not audited"


def _packages(audit: AuditDifference, view: View) -> list[str]:
    rows = [(f"{name} ({kind})", x86, arm) for name, kind, x86, arm in package_rows(audit)]
    if not rows:
        return []
    title = f"Packages: {len(audit.added)} added, {len(audit.removed)} removed, {len(audit.moved)} moved"
    headers = ("package", "x86_64", "aarch64")
    return ["", *paragraph(title, view, style="bold"), "", *table(headers, rows, view)]


def package_rows(audit: AuditDifference) -> Iterator[Sequence[str]]:
    """Yield name, what happened, and the change on each architecture, of every package that changed."""
    kinds = (("added", audit.added), ("removed", audit.removed), ("moved", audit.moved))
    for kind, changes in kinds:
        for change in changes:
            yield change.name, kind, _change(change.on("x86_64")), _change(change.on("aarch64"))


def _change(sides: tuple[str, str]) -> str:
    was, now = sides
    return f"{was} → {now}" if was and now and was != now else was or now
