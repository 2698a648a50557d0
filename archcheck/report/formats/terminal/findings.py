"""Findings for a terminal: what several packages share is said once, what is each one's own below it."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from archcheck.model import Ignored, Severity
from archcheck.report import phrases
from archcheck.report.layout import RULE, paragraph
from archcheck.report.sections import diff
from archcheck.report.sections.way_out import was_not_sought

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.model import Audit, Finding
    from archcheck.report.layout import Style, View

SEVERITY_STYLES: dict[Severity, Style] = {
    Severity.BLOCKER: "red",
    Severity.BUILD: "yellow",
    Severity.UNKNOWN: "yellow",
    Severity.WARNING: "cyan",
}
# Below this width details move to the left.
_ROOMY = 60


def brief_lines(findings: Iterable[Finding], label: str, view: View) -> Iterator[str]:
    """Yield one entry a finding, under *label*."""
    for finding in findings:
        text = f"{finding.rule} {diff.brief(finding)}"
        yield from paragraph(text, view, indent=2, label=label, hang=RULE)


def finding_lines(findings: Sequence[Finding], audit: Audit, view: View) -> Iterator[str]:
    """Yield *findings* of *audit* in their order, indented, an empty line before each.

    Those that say the same stand together; of warnings without a remedy the packages are named alone.
    """
    plain = [(one,) for one in findings] if view.verbose else phrases.groups(findings)
    alike: dict[object, list[Finding]] = {}
    for place, group in enumerate(plain):
        key = place if len(group) > 1 else (group[0].rule, group[0].message, phrases.outcome(group[0]))
        alike.setdefault(key, []).extend(group)
    named = {group[0].fingerprint for group in plain if len(group) > 1}
    for same in alike.values():
        yield ""
        if same[0].fingerprint in named:
            yield from _named(same, view)
        else:
            yield from _one(same[0], audit, view) if len(same) == 1 else _each(same, audit, view)


def _indent(view: View) -> int:
    return 2 + RULE if view.width >= _ROOMY else 4


def _heading(finding: Finding, text: str, view: View) -> list[str]:
    style = SEVERITY_STYLES[finding.severity]
    return paragraph(text, view, indent=2, label=finding.rule, hang=RULE, style="bold", label_style=style)


def _named(group: Sequence[Finding], view: View) -> list[str]:
    """Return findings that differ in their package alone."""
    indent = _indent(view)
    return [
        *_heading(group[0], phrases.several(group), view),
        *paragraph(phrases.names(group), view, indent=indent),
        *paragraph(group[0].message, view, indent=indent),
        *paragraph(phrases.ways_in(group), view, indent=indent, label="from", hang=8),
    ]


def _each(group: Sequence[Finding], audit: Audit, view: View) -> Iterator[str]:
    """Yield what a group of findings shares, then what is each package's own."""
    indent = _indent(view)
    yield from _heading(group[0], phrases.several(group), view)
    yield from paragraph(group[0].message, view, indent=indent)
    for finding in group:
        yield ""
        subject = f"{phrases.subject(finding, audit.packages)}{_mark(finding)}"
        yield from paragraph(subject, view, indent=indent, style="bold")
        yield from _details(finding, audit, view)


def _one(finding: Finding, audit: Audit, view: View) -> list[str]:
    heading = f"{phrases.subject(finding, audit.packages)}: {phrases.outcome(finding)}{_mark(finding)}"
    return [
        *_heading(finding, heading, view),
        *paragraph(finding.message, view, indent=_indent(view)),
        *_details(finding, audit, view),
    ]


def _mark(finding: Finding) -> str:
    """Return that somebody accepted it, where it stands among what counts; the details say why."""
    return " (accepted)" if isinstance(finding, Ignored) else ""


def _details(finding: Finding, audit: Audit, view: View) -> Iterator[str]:
    """Yield who brings the package in, what was found, and what helps."""
    indent = _indent(view)
    found = (*phrases.details(finding), *phrases.files(finding.evidence))
    details = [
        ("from", phrases.way_in(finding)),
        ("needs", phrases.needs(finding)),
        *zip_longest(("found",), found, fillvalue=""),
        ("remedy", phrases.remedy(finding.remedy) if finding.remedy else _no_remedy(finding, audit)),
    ]
    for label, text in details:
        yield from paragraph(text, view, indent=indent, label=label, hang=8)
    yield from paragraph(phrases.accepted(finding), view, indent=indent)


def _no_remedy(finding: Finding, audit: Audit) -> str:
    if finding.fingerprint not in audit.obstacles:
        return ""
    return "not looked for" if was_not_sought(audit) else "none known"
