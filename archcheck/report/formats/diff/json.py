"""What changed between two reports, as JSON: findings and packages whole, of the audits what decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck.model import SCHEMA_VERSION
from archcheck.report.fleet import standing_of
from archcheck.report.json import encoded
from archcheck.report.sections import diff, sizes

if TYPE_CHECKING:
    from archcheck.model import Audit, Deployable, Report
    from archcheck.report.sections.diff import AuditDifference, DeployableDifference, Difference


def to_json(difference: Difference) -> str:
    """Return *difference* as JSON, its parts in the form that `schema.json` gives them."""
    headline = diff.headline(difference)
    return encoded(
        {
            "schema_version": SCHEMA_VERSION,
            "headline": headline.sentence,
            "before": _report(difference.before),
            "after": _report(difference.after),
            "audits": [_audit(audit) for audit in difference.audits],
            "deployables": [_deployable(each) for each in difference.deployables],
        }
    )


def _deployable(each: DeployableDifference) -> dict[str, Any]:
    shown = each.after or each.before
    return {
        "name": shown and shown.name,
        "source": shown and shown.source,
        "before": _stand(each.before),
        "after": _stand(each.after),
        "findings": {"new": each.new, "fixed": each.fixed, "unchanged": each.unchanged},
    }


def _stand(deployable: Deployable | None) -> dict[str, Any] | None:
    if deployable is None:
        return None
    return {
        "architecture": deployable.architecture,
        "recommendation": deployable.recommendation,
        "standing": standing_of(deployable),
    }


def _report(report: Report) -> dict[str, Any]:
    fields = ("tool", "generated_at", "complete", "recommendation", "summary")
    return {name: getattr(report, name) for name in fields}


def _side(audit: Audit | None) -> dict[str, Any] | None:
    fields = ("complete", "recommendation", "savings", "summary")
    return {name: getattr(audit, name) for name in fields} if audit else None


def _audit(audit: AuditDifference) -> dict[str, Any]:
    present = diff.present(audit)
    return {
        "input": present.input,
        "target": present.target,
        "before": _side(audit.before),
        "after": _side(audit.after),
        "download": {
            "before": audit.before and sizes.download(audit.before),
            "after": audit.after and sizes.download(audit.after),
            "change": sizes.effect(audit),
        },
        "findings": {"new": audit.new, "fixed": audit.fixed, "unchanged": audit.unchanged},
        "packages": {"added": audit.added, "removed": audit.removed, "moved": audit.moved},
    }
