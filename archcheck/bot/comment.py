"""What the comment says, in Markdown that GitHub and GitLab show alike, and that can be read as plain mail.

It names no date and no commit: where nothing has changed the text is the same, and need not be written again.
"""

from __future__ import annotations

from itertools import chain
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
from archcheck.bot.table import code, standings, table, text, verdicts
from archcheck.model import Severity
from archcheck.report import fleet, fleet_diff, phrases
from archcheck.report.sections.diff import compare, doubts

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        stand = [*changed.new, *changed.fixed, *fleet_diff.steps(changed)]
        return bool(stand) or any(pair.any for pair in changed.audits)
    # What somebody accepted is said wherever there is a comment, and is no ground for one.
    found = chain(
        chain.from_iterable(each.findings for each in report.audits),
        chain.from_iterable(each.findings for each in report.deployables),
    )
    return any(one.severity is not Severity.WARNING for one in found)


def _head(report: Report, changed: Difference | None, request: str) -> list[str]:
    if changed is None:
        return [f"### {_whole(report)}", "", *_stand(report)]
    headline, stands = _headline(changed, request), text(fleet_diff.sentence(changed))
    gaps = doubts(before=changed.before.complete, after=changed.after.complete)
    return [
        f"### {headline}",
        "",
        *((stands, "") if stands and stands not in headline else ()),
        *table(changed.audits, request=request),
        *(f"Note: {text(gap)}.\n" for gap in gaps),
    ]


def _stand(report: Report) -> Iterator[str]:
    """Yield how each thing stands, a line each: of a repository what it deploys."""
    return standings(report) if fleet.is_shown(report) else verdicts(report.audits)


def _headline(changed: Difference, request: str) -> str:
    """Return in one line what the *request* changes for arm64."""
    # What stands in the way of a deployment itself has no audit.
    arisen, gone, kept = fleet_diff.obstacles(changed)
    deployed = [one for each in changed.deployables for one in each.new]
    unsure = sum(one.severity is Severity.UNKNOWN for one in deployed)
    new, fixed = stopping(new_findings(changed)), cleared_findings(changed)
    count = len(new) + arisen + unsure
    unknown = sum(one.finding.severity is Severity.UNKNOWN for one in new) + unsure
    if count == unknown and not changed.after.complete:
        return f"? What this {request} changes for arm64 could not be determined"
    brought = [
        phrases.plural(count - unknown, "new obstacle") if count > unknown else "",
        f"{phrases.plural(unknown, 'package')} that could not be determined" if unknown else "",
    ]
    gone = len(fixed) + (gone if changed.after.complete else 0)
    cleared = f"clears {phrases.plural(gone, 'obstacle')} to arm64" if gone else ""
    if count:
        sign = "✗" if count > unknown else "?"
        sentence = f"brings {' and '.join(filter(None, brought))} on the way to arm64"
        return f"{sign} This {request} {sentence}{f', and {cleared}' if cleared else ''}"
    accepted = stopping(accepted_findings(changed.after))
    left = len(stopping(unchanged_findings(changed))) + len(accepted) + kept
    if cleared:
        return f"✓ This {request} {cleared}{f': {left} left' if left else _none_left(changed)}"
    known = {one.fingerprint for audit in changed.before.audits for one in phrases.all_findings(audit)}
    if fresh := sum(one.finding.fingerprint not in known for one in accepted):
        return f"This {request} brings {phrases.plural(fresh, 'accepted obstacle')} on the way to arm64"
    rest = f": {phrases.plural(left, 'obstacle')} as before" if left else _none_left(changed)
    return f"This {request} {_else(changed)}{rest}"


def _else(changed: Difference) -> str:
    """Return what is changed where nothing comes into the way and nothing out of it."""
    if stands := fleet_diff.sentence(changed):
        return f"changes what is deployed, {text(stands)}"
    if packages := len(changed_packages(changed)):
        return f"changes {phrases.plural(packages, 'package')}, and nothing for arm64"
    return "changes nothing for arm64"


def _none_left(changed: Difference) -> str:
    if fleet.is_shown(changed.after) and fleet.headline(changed.after).sign != "✓":
        return ""
    codes = {pair.after.recommendation.code for pair in changed.audits if pair.after}
    return ": ready for arm64 now" if codes == {"ready"} else ""


def _whole(report: Report) -> str:
    return text(str(fleet.answer(report)))


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
        *_stand(report),
        footer,
    ]
    return "\n".join(lines)


def _footer(report: Report, url: str | None) -> str:
    return f"<sub>{code(f'{report.tool.name} {report.tool.version}')}{_and(_link(url))}</sub>"


def _and(link: str) -> str:
    return f" · {link}" if link else ""


def _link(url: str | None) -> str:
    return f"[full report](<{url}>)" if url else ""
