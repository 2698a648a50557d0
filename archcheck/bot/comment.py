"""What the comment says, in GitHub- and GitLab-flavoured Markdown that also reads as a notification mail.

No date and no commit stands in it: the same news is the same text, which nobody has to write or read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.bot.budget import Section, fitted
from archcheck.bot.found import STOPPING, gathered
from archcheck.bot.plan import Draft
from archcheck.bot.table import ROWS, code, table, text, verdicts
from archcheck.model import Severity
from archcheck.report import phrases
from archcheck.report.sections import verdict
from archcheck.report.sections.diff import compare, doubts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.bot.found import Found
    from archcheck.bot.plan import When
    from archcheck.model import Audit, Report
    from archcheck.report.sections.diff import Change, Difference

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
    said = fitted(head, _sections(report, changed), footer, room=BUDGET, link=_link(report_url))
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
    return any(finding.severity in STOPPING for audit in report.audits for finding in audit.findings)


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
    new, fixed = _stopping(_new(changed)), _cleared(changed)
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
    left = len(_stopping(_unchanged(changed)))
    if cleared:
        return f"✓ This {request} {cleared}{f': {left} left' if left else _none_left(changed)}"
    rest = f": {phrases.plural(left, 'obstacle')} as before" if left else _none_left(changed)
    if packages := len(_changes(changed)):
        return f"This {request} changes {phrases.plural(packages, 'package')}, and nothing for arm64{rest}"
    return f"This {request} changes nothing for arm64{rest}"


def _none_left(changed: Difference) -> str:
    codes = {pair.after.recommendation.code for pair in changed.audits if pair.after}
    return ": ready for arm64 now" if codes == {"ready"} else ""


def _whole(report: Report) -> str:
    answer = verdict.verdict(report.audits[0]) if len(report.audits) == 1 else verdict.overall(report)
    return text(str(answer))


def _sections(report: Report, changed: Difference | None) -> tuple[Section, ...]:
    """Return what follows, as it is read; `rank` says what goes last when there is no room."""
    several = len(report.audits) > 1
    if changed is None:
        found = gathered((audit, audit.findings) for audit in report.audits)
        new, warnings = "In the way of arm64", "Warnings"
    else:
        found = _new(changed)
        new, warnings = "New in the way of arm64", "New warnings"
    fixed = _cleared(changed) if changed else []
    kept = _stopping(_unchanged(changed)) if changed else []
    others = [one for one in found if not one.stops]
    packages = _changes(changed) if changed else {}
    sections = (
        Section(title=new, items=_items(_stopping(found), several=several), rank=0),
        Section(title="Left open", items=tuple(_troubles(report.audits)), rank=1),
        Section(title="Cleared", items=tuple(map(_what, fixed)), rank=3, folded=True),
        Section(title="In the way as before", items=_items(kept, several=several), rank=2, folded=True),
        Section(title=warnings, items=_items(others, several=several), rank=4, folded=True),
        Section(title="Packages", items=tuple(map(_package, packages.values())), rank=5, folded=True),
    )
    return tuple(section for section in sections if section.items)


def _new(changed: Difference) -> tuple[Found, ...]:
    return gathered((pair.after, pair.new) for pair in changed.audits if pair.after)


def _cleared(changed: Difference) -> list[Found]:
    """Return what is out of the way; nothing is known to be where an audit broke off."""
    gone = ((pair.before, pair.fixed) for pair in changed.audits if pair.before)
    return _stopping(gathered(gone)) if changed.after.complete else []


def _unchanged(changed: Difference) -> tuple[Found, ...]:
    return gathered((pair.after, pair.unchanged) for pair in changed.audits if pair.after)


def _changes(changed: Difference) -> dict[str, Change]:
    """Return what became of packages, by name: their versions are the same on most targets."""
    found: dict[str, Change] = {}
    for pair in changed.audits:
        for one in (*pair.moved, *pair.added, *pair.removed):
            found.setdefault(one.name, one)
    return found


def _stopping(found: Iterable[Found]) -> list[Found]:
    return [one for one in found if one.stops]


def _items(found: Sequence[Found], *, several: bool) -> tuple[str, ...]:
    return tuple(_item(one, several=several) for one in found)


def _item(found: Found, *, several: bool) -> str:
    """Return one finding as a list item: what, through whom, and what to do."""
    lines = [_what(found)]
    if way := phrases.way_in(found.finding):
        lines.append(f"from {code(way)}")
    if several:
        lines.append(f"on {', '.join(code(target) for target in found.targets[:ROWS])}")
    if found.finding.remedy:
        lines.append(f"**remedy:** {text(phrases.remedy(found.finding.remedy))}")
    # Nested, since one forge takes a line break for one and the other does not.
    return "\n  - ".join(lines)


def _what(found: Found) -> str:
    finding = found.finding
    name = code(phrases.subject(finding, found.audit.packages))
    return f"- **{name}** {text(phrases.outcome(finding))}: {text(finding.message)} ({text(finding.rule)})"


def _troubles(audits: Iterable[Audit]) -> Iterator[str]:
    """Yield what kept the audits from being complete, but for what a finding says already."""
    said = dict.fromkeys(
        (trouble.package, trouble.message)
        for audit in audits
        for trouble in audit.errors
        if not any(
            trouble.package == one.package and trouble.message in one.message for one in audit.findings
        )
    )
    for package, message in said:
        name = f"**{code(package)}** " if package and package not in message else ""
        yield f"- {name}{text(message)}"


def _package(change: Change) -> str:
    before, after = change.on("aarch64")
    name = f"- {code(change.name)}"
    if change.before is None:
        return f"{name} {code(after)} added"
    if change.after is None:
        return f"{name} {code(before)} removed"
    if before == after:
        before, after = (f"{text} on x86_64" for text in change.on("x86_64"))
    return f"{name} {code(before)} → {code(after)}"


def _resolved(report: Report, changed: Difference | None, footer: str, when: When, request: str) -> str:
    settled = (
        "no longer changes anything for arm64"
        if changed and when == "changes"
        else "has nothing left in its way to arm64"
    )
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
