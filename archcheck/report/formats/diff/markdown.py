"""What changed between two reports, as Markdown for a pull request or an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet_diff
from archcheck.report.formats.diff.text import package_rows
from archcheck.report.formats.markdown import brief_items, findings_table
from archcheck.report.formats.markdown_terms import code, details, prose, table
from archcheck.report.phrases import input_name
from archcheck.report.sections import answer, diff, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit
    from archcheck.report.sections.diff import AuditDifference, Difference


def to_markdown(difference: Difference) -> str:
    """Return *difference* as Markdown; audits in which nothing changed are left out."""
    before, after = difference.before, difference.after
    lines = [f"## {prose(str(diff.headline(difference)))}", ""]
    doubts = [f"- {prose(doubt)}" for doubt in diff.doubts(before=before.complete, after=after.complete)]
    lines += [*doubts, ""] if doubts else []
    lines += _deployables(difference)
    for audit in difference.audits:
        if audit.any:
            lines += _audit(audit)
    tool = code(f"{after.tool.name} {after.tool.version}, {before.generated_at} → {after.generated_at}")
    return "\n".join([*lines, f"<sub>{tool}</sub>", ""])


def _deployables(difference: Difference) -> Iterator[str]:
    steps = fleet_diff.steps(difference)
    if steps:
        yield from ("### Deployables", "", prose(fleet_diff.sentence(difference)), "")
        rows = [(code(step.name), code(step.where), *map(prose, step.words)) for step in steps]
        yield from table(("name", "where", "before", "after"), rows)
    for label, found in (
        ("new: ", [finding for each in difference.deployables for finding in each.new]),
        ("fixed: ", [finding for each in difference.deployables for finding in each.fixed]),
    ):
        if found:
            yield from (*brief_items(found, label), "")


def _audit(audit: AuditDifference) -> Iterator[str]:
    present = diff.present(audit)
    yield from (f"### {code(input_name(present.input))} on {prose(present.target.title)}", "")
    yield from table(("before", "after"), [(_answer(audit.before), _answer(audit.after))])
    if told := sizes.told(audit):
        yield from (prose(told), "")
    if audit.new:
        yield from (f"New ({len(audit.new)})", "")
        yield from findings_table(audit.new, audit.after.packages if audit.after else ())
    if audit.fixed:
        yield from (f"Fixed ({len(audit.fixed)})", "", *brief_items(audit.fixed), "")
    rows = [(code(name), kind, code(x86), code(arm)) for name, kind, x86, arm in package_rows(audit)]
    if rows:
        title = f"{len(audit.added)} added, {len(audit.removed)} removed, {len(audit.moved)} moved"
        yield from details(f"Packages: {title}", table(("package", "", "x86_64", "aarch64"), rows))


def _answer(audit: Audit | None) -> str:
    return prose(str(answer.verdict(audit))) if audit else "not audited"
