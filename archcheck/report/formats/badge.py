"""The verdict as the JSON of a shields.io endpoint badge (schemaVersion 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet, phrases
from archcheck.report.json import encoded

if TYPE_CHECKING:
    from archcheck.model import Report


_MESSAGES = {
    "ready": ("ready", "brightgreen"),
    "no-worse": ("no worse than x86_64", "yellowgreen"),
    "ready-in-part": ("ready in part", "yellowgreen"),
    "nothing-to-audit": ("nothing to audit", "lightgrey"),
}


def to_badge(report: Report) -> str:
    """Return the badge: label, message and colour; its words are our own alone."""
    whole = fleet.is_shown(report) and report.deployables
    message, color = _of_fleet(report) if whole else _message(report)
    return encoded({"schemaVersion": 1, "label": "arm64", "message": message, "color": color})


def _message(report: Report) -> tuple[str, str]:
    if report.recommendation.costs_more:
        return "costs more", "yellow"
    match report.recommendation.code:
        case "remedies-known":
            return f"after changes ({_obstacles(report)})", "yellow"
        case "no-remedy":
            return f"not yet ({_obstacles(report)})", "red"
        case code:
            return _MESSAGES.get(code, ("undetermined", "lightgrey"))


def _of_fleet(report: Report) -> tuple[str, str]:
    counts = {standing: count for standing, _, count in fleet.counts(report)}
    whole = len(report.deployables)
    ready = counts.get("already", 0) + counts.get("now", 0)
    if report.fleet is not None and report.fleet.unread:
        return f"{ready} ready, {phrases.plural(len(report.fleet.unread), 'template')} unread", "lightgrey"
    if ready == whole:
        return f"all {whole} ready", "brightgreen"
    said = f"{ready} of {whole} ready"
    if counts.get("failing") or counts.get("stays"):
        return said, "red" if counts.get("failing") else "yellow"
    return said, "yellow" if counts.get("after-changes") else "lightgrey"


def _obstacles(report: Report) -> str:
    found = {finding.fingerprint for audit in report.audits for finding in phrases.obstacles(audit)}
    return phrases.plural(len(found), "obstacle")
