"""What the comment says, in Markdown that GitHub and GitLab show alike, and that can be read as plain mail.

It names no date and no commit: where nothing has changed the text is the same, and need not be written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.bot.details import (
    accepted_findings,
    changed_packages,
    cleared_findings,
    fitted,
    new_findings,
    sections_of,
    stopping,
    unchanged_findings,
)
from archcheck.bot.plan import Draft
from archcheck.bot.table import code, table, text, verdicts
from archcheck.model import Severity
from archcheck.report import phrases
from archcheck.report.sections import verdict
from archcheck.report.sections.diff import compare, doubts

if TYPE_CHECKING:
    from archcheck.bot.plan import When
    from archcheck.model import Report
    from archcheck.report.sections.diff import Difference

BUDGET = 58_000  # characters; GitHub takes 65,536, and counts what we cannot see


def draft(
    report: Report,
    base: Report | None,
    *,
    key: str,
    when: When,
    report_url: str | None = None,
    request: str = "pull request",
) -> Draft:
    """Return what there is to say of *report*, as a difference to *base* where there is one.

    *when* says what is worth a new comment: what changed against the base (without one: what stands in the
    way), whatever stands in the way, or always. What keeps an audit from being complete always counts.
    *request* is what the forge calls a pull request.
    """
    changed = compare(base, report) if base else None
    footer = _footer(report, report_url)
    head = _head(report, changed, request)
    said = fitted(head, sections_of(report, changed), footer, room=BUDGET, link=_link(report_url))
    return Draft(
        key=key,
        news=_is_news(report, changed, when),
        text=said,
        resolved=_resolved(report, changed, footer, when, request),
    )


def _is_news(report: Report, changed: Difference | None, when: When) -> bool:
    if when == "always" or not report.complete:
        return True
    if when == "changes" and changed is not None:
        return any(pair.any for pair in changed.audits)
    # What somebody accepted is said wherever there is a comment, and is no ground for one.
    return any(one.severity is not Severity.WARNING for audit in report.audits for one in audit.findings)


def _head(report: Report, changed: Difference | None, request: str) -> list[str]:
    if changed is None:
        return [f"### {_whole(report)}", "", *verdicts(report.audits)]
    gaps = doubts(before=changed.before.complete, after=changed.after.complete)
    return [
        f"### {_headline(changed, request)}",
        "",
        *table(changed.audits, request=request),
        *(f"Note: {text(gap)}.\n" for gap in gaps),
    ]


def _headline(changed: Difference, request: str) -> str:
    """Return in one line what the *request* changes for arm64."""
    new, fixed = stopping(new_findings(changed)), cleared_findings(changed)
    unknown = sum(one.finding.severity is Severity.UNKNOWN for one in new)
    if len(new) == unknown and not changed.after.complete:
        return f"? What this {request} changes for arm64 could not be determined"
    brought = [
        phrases.plural(len(new) - unknown, "new obstacle") if len(new) > unknown else "",
        f"{phrases.plural(unknown, 'package')} that could not be determined" if unknown else "",
    ]
    cleared = f"clears {phrases.plural(len(fixed), 'obstacle')} to arm64" if fixed else ""
    if new:
        sign = "✗" if len(new) > unknown else "?"
        sentence = f"brings {' and '.join(filter(None, brought))} on the way to arm64"
        return f"{sign} This {request} {sentence}{f', and {cleared}' if cleared else ''}"
    accepted = stopping(accepted_findings(changed.after))
    left = len(stopping(unchanged_findings(changed))) + len(accepted)
    if cleared:
        return f"✓ This {request} {cleared}{f': {left} left' if left else _none_left(changed)}"
    known = {one.fingerprint for audit in changed.before.audits for one in phrases.all_findings(audit)}
    if fresh := sum(one.finding.fingerprint not in known for one in accepted):
        return f"This {request} brings {phrases.plural(fresh, 'accepted obstacle')} on the way to arm64"
    rest = f": {phrases.plural(left, 'obstacle')} as before" if left else _none_left(changed)
    if packages := len(changed_packages(changed)):
        return f"This {request} changes {phrases.plural(packages, 'package')}, and nothing for arm64{rest}"
    return f"This {request} changes nothing for arm64{rest}"


def _none_left(changed: Difference) -> str:
    codes = {pair.after.recommendation.code for pair in changed.audits if pair.after}
    return ": ready for arm64 now" if codes == {"ready"} else ""


def _whole(report: Report) -> str:
    answer = verdict.verdict(report.audits[0]) if len(report.audits) == 1 else verdict.overall(report)
    return text(str(answer))


def _resolved(report: Report, changed: Difference | None, footer: str, when: When, request: str) -> str:
    if changed and when == "changes":
        settled = "no longer changes anything for arm64"
    else:
        but = " but what is accepted" if accepted_findings(report) else ""
        settled = f"has nothing left in its way to arm64{but}"
    lines = [
        f"### Resolved: this {request} {settled}",
        "",
        _whole(report),
        "",
        *verdicts(report.audits),
        footer,
    ]
    return "\n".join(lines)


def _footer(report: Report, url: str | None) -> str:
    return f"<sub>{code(f'{report.tool.name} {report.tool.version}')}{_and(_link(url))}</sub>"


def _and(link: str) -> str:
    return f" · {link}" if link else ""


def _link(url: str | None) -> str:
    return f"[full report](<{url}>)" if url else ""
