"""The report as GitLab's code-quality JSON, a subset of Code Climate's, for the widget on a merge request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck.model import Severity
from archcheck.report.formats import forge_terms
from archcheck.report.json import encoded
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from archcheck.model import Report

_SEVERITIES = {
    Severity.BLOCKER: "blocker",
    Severity.BUILD: "critical",
    Severity.UNKNOWN: "major",
    Severity.WARNING: "minor",
}


def to_gitlab(report: Report) -> str:
    """Return the findings of *report*, each with the fingerprint by which GitLab tells new from known."""
    return encoded([_issue(told) for told in forge_terms.found(report)])


def _issue(told: forge_terms.Told) -> dict[str, Any]:
    finding, where = told.finding, told.where
    text = "; ".join([forge_terms.title(finding), *forge_terms.sentences(finding), f"on {clean(told.on)}"])
    note = forge_terms.level(finding) == "note"
    return {
        "description": text,
        "check_name": f"archcheck/{clean(finding.name)}",
        "fingerprint": finding.fingerprint,
        "severity": "info" if note else _SEVERITIES[finding.severity],
        "location": {"path": clean(where.path), "lines": {"begin": where.line}},
    }
