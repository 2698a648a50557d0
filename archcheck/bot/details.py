"""What stands below the table of a comment: titled lists, the least important cut first for want of room."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.bot.found import gathered
from archcheck.bot.table import ROWS, code, text
from archcheck.model import Severity
from archcheck.report import fleet_diff, phrases
from archcheck.report.layout import clean
from archcheck.report.replacements import diff_lines, of_best
from archcheck.report.sections.way_out import way_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from archcheck.bot.found import Found
    from archcheck.model import Audit, Replacement, Report
    from archcheck.report.sections.diff import Change, Difference

_RESERVED = 600  # characters for what is said of the cuts
_MORE = len("- … and 1,000,000 more\n")


class Section(Struct, frozen=True, kw_only=True):
    """A titled list, the most important item first; `rank` 0 is cut last. `title` is our own words.

    Items that are not `counted` are no number of anything.
    """

    title: str
    items: tuple[str, ...]
    rank: int
    folded: bool = False
    counted: bool = True

    def render(self, shown: int) -> str:
        """Return the section with the first *shown* items; "" for none."""
        if not shown:
            return ""
        title = f"{self.title} ({len(self.items)})" if self.counted else self.title
        more = [f"- … and {len(self.items) - shown:,} more"] if shown < len(self.items) else []
        items = "\n".join([*self.items[:shown], *more])
        if self.folded:
            return f"<details><summary>{title}</summary>\n\n{items}\n\n</details>\n\n"
        return f"**{title}**\n\n{items}\n\n"


def fitted(head: Sequence[str], sections: Sequence[Section], footer: str, *, room: int, link: str) -> str:
    """Return all of it in at most *room* characters; what was cut is said, with the *link* to the rest."""
    start = "\n".join(head) + "\n"
    left = room - len(start) - len(footer) - _RESERVED
    shown: dict[str, int] = {}
    for section in sorted(sections, key=lambda section: section.rank):
        shown[section.title] = _fitting(section, left)
        left -= len(section.render(shown[section.title]))
    body = "".join(section.render(shown[section.title]) for section in sections)
    cut = [section.title.lower() for section in sections if shown[section.title] < len(section.items)]
    said = (
        f"Cut to fit into a comment: {', '.join(cut)}.{f' All of it: {link}' if link else ''}\n\n"
        if cut
        else ""
    )
    return f"{start}{body}{said}{footer}"


def _fitting(section: Section, room: int) -> int:
    """Return how many of the section's items fit into *room* characters."""
    frame = len(section.render(1)) - len(section.items[0]) + _MORE
    lengths = accumulate(len(item) + 1 for item in section.items)
    return sum(frame + length <= room for length in lengths)


def sections_of(report: Report, changed: Difference | None) -> tuple[Section, ...]:
    """Return what follows, as it is read; `rank` says what goes last when there is no room."""
    several = len(report.audits) > 1
    if changed is None:
        found = gathered((audit, audit.findings) for audit in report.audits)
        new, warnings, where = "In the way of arm64", "Warnings", "Where it is deployed"
    else:
        found = new_findings(changed)
        new, warnings, where = "New in the way of arm64", "New warnings", "New where it is deployed"
    fixed = cleared_findings(changed) if changed else []
    kept = stopping(unchanged_findings(changed)) if changed else []
    accepted = accepted_findings(report)
    others = [one for one in found if not one.stops]
    packages = changed_packages(changed) if changed else {}
    before = frozenset(finding.fingerprint for finding in changed.unchanged) if changed else frozenset()
    told = (_way_out(audit, of_best(audit), before, several=several) for audit in report.audits)
    ways = tuple(way for way in told if way)
    sections = (
        Section(title=new, items=_items(stopping(found), several=several), rank=0),
        Section(title=where, items=tuple(_deployed(report, changed)), rank=0),
        Section(title="Deployables", items=tuple(_steps(changed)), rank=1, folded=True),
        Section(title="What to change", items=ways, rank=1, folded=not stopping(found), counted=False),
        Section(title="Left open", items=tuple(_troubles(report.audits)), rank=1),
        Section(title="Cleared", items=tuple(map(_what, fixed)), rank=3, folded=True),
        Section(title="In the way as before", items=_items(kept, several=several), rank=2, folded=True),
        Section(
            title="In the way, and accepted", items=_items(accepted, several=several), rank=2, folded=True
        ),
        Section(title=warnings, items=_items(others, several=several), rank=4, folded=True),
        Section(title="Packages", items=tuple(map(_package, packages.values())), rank=5, folded=True),
    )
    return tuple(section for section in sections if section.items)


def _deployed(report: Report, changed: Difference | None) -> Iterator[str]:
    """Yield what was found about how things are deployed: of a difference what is new."""
    fresh = None if changed is None else {id(one) for each in changed.deployables for one in each.new}
    for each in report.deployables:
        for one in each.findings:
            if fresh is None or id(one) in fresh:
                where = phrases.at(one.location or each.source)
                yield f"- **{code(each.name)}** ({code(where)}): {text(one.message)} ({text(one.rule)})"


def _steps(changed: Difference | None) -> Iterator[str]:
    for step in fleet_diff.steps(changed) if changed else ():
        yield f"- {code(step.name)} ({code(step.where)}): {text(' → '.join(step.words))}"


def _way_out(audit: Audit, replaced: Sequence[Replacement], before: Collection[str], *, several: bool) -> str:
    """Return the way out as a list item; "" where nothing stands in the way, or no plan was looked for."""
    way = way_out(audit, before)
    if way is None or not (phrases.obstacles(audit) or phrases.target_problems(audit)):
        return ""
    where = f" ({code(phrases.input_name(audit.input))} on {code(audit.target.id)})" if several else ""
    lines = [f"- **{text(way.title)}**{where}"]
    if replaced:
        lines += (f"  {line}" for line in ("", "```diff", *_diff(replaced), "```", ""))
    else:
        lines += (
            f"  - {code(line.where)} {text(str(line))}".replace("  -  ", "  - ") for line in way.lines[:ROWS]
        )
        if len(way.lines) > ROWS:
            lines.append(f"  - … and {len(way.lines) - ROWS} more")
    lines += (f"  - {text(told)}" for told in way.besides[:ROWS])
    lines += (f"  - {code(command)}" for command in (*way.commands[:ROWS], way.fix) if command)
    lines += (f"  - or: {text(other)}" for other in way.others)
    return "\n".join(lines)


def _diff(replaced: Sequence[Replacement]) -> Iterator[str]:
    """Yield the lines of a diff; none begins with what would end the fence that they stand in."""
    path = None
    for each in replaced:
        if each.path != path:
            path = each.path
            yield from (f"--- {clean(path)}", f"+++ {clean(path)}")
        yield from (clean(line) for line in diff_lines(each))


def new_findings(changed: Difference) -> tuple[Found, ...]:
    """Return what the base does not have."""
    return gathered((pair.after, pair.new) for pair in changed.audits if pair.after)


def cleared_findings(changed: Difference) -> list[Found]:
    """Return what is out of the way; nothing is known to be where an audit broke off."""
    gone = ((pair.before, pair.fixed) for pair in changed.audits if pair.before)
    return stopping(gathered(gone)) if changed.after.complete else []


def unchanged_findings(changed: Difference) -> tuple[Found, ...]:
    """Return what the base has as well."""
    return gathered((pair.after, pair.unchanged) for pair in changed.audits if pair.after)


def accepted_findings(report: Report) -> list[Found]:
    """Return what stands in the way all the same, though somebody accepted it: more than a warning."""
    found = gathered((audit, audit.ignored) for audit in report.audits)
    return [one for one in found if one.finding.severity is not Severity.WARNING]


def changed_packages(changed: Difference) -> dict[str, Change]:
    """Return what became of packages, by name: their versions are the same on most targets."""
    found: dict[str, Change] = {}
    for pair in changed.audits:
        for one in (*pair.moved, *pair.added, *pair.removed):
            found.setdefault(one.name, one)
    return found


def stopping(found: Iterable[Found]) -> list[Found]:
    """Return those that keep a set from arm64, or from being known to install there."""
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
    if accepted := phrases.accepted(found.finding):
        lines.append(text(accepted))
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
