"""What to do, step by step, to carry out a plan: lines to write, commands to run, packages to build."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.formats import row_of
from archcheck.report import phrases
from archcheck.report.layout import clean
from archcheck.report.sections.plan_commands import fix_command, own_commands
from archcheck.report.sections.plan_words import some
from archcheck.report.sections.way_out import in_order, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.model import Audit, Change, Place, Plan


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do; `command` is to be copied, over several lines where it has them, or empty."""

    title: str
    text: str = ""
    command: str = ""


def steps_of(audit: Audit, plan: Plan) -> Iterator[Step]:
    """Yield what to do, in order."""
    changes = in_order(plan)
    for change in changes:
        if change.kind == "target":
            yield Step(title=f"Deploy on {change.to}", text="Nothing in the input has to change for that.")
        elif change.kind == "replace":
            line = line_of(change, audit)
            yield Step(
                title=f"Replace {change.from_ or change.package}", text=line.note, command=clean(change.to)
            )
    yield from _stated(audit, [change for change in changes if change.kind == "version"])
    yield from _brought_in(audit, [change for change in changes if change.kind in {"constraint", "lock"}])
    yield from _locked(audit, [change for change in changes if change.kind == "relock"])
    if fix := fix_command(audit, plan):
        yield Step(title="Or take all of it as a diff", command=fix)
    builds = [change.package for change in changes if change.kind == "build"]
    if builds:
        yield build_step(some(builds), audit)


def build_step(named: str, audit: Audit) -> Step:
    """Return the step that builds the packages *named* there, which are those to build of the *audit*."""
    return Step(
        title=f"Build {named}",
        text="Once, on arm64; the wheels then serve every deployment, by pip's --find-links wheels.",
        command=phrases.build_command(audit),
    )


def lines_to_change(places: Iterable[Place | None]) -> str:
    """Return which lines of which files state what is to change; "" where none is known."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for place in places:
        if place:
            found[place.path].add(place.line or 0)
    said = []
    for path, numbered in found.items():
        lines = sorted(line for line in numbered if line)
        numbers = ", ".join(map(str, lines))
        said.append(f"{path}, {'line' if len(lines) == 1 else 'lines'} {numbers}" if lines else path)
    return f"In {'; '.join(said)}." if said else ""


def _stated(audit: Audit, changes: Sequence[Change]) -> Iterator[Step]:
    if not changes:
        return
    named = some([change.package for change in changes])
    if commands := own_commands(audit, changes):
        yield Step(title=f"Change {named}", command="\n".join(commands))
        return
    yield Step(
        title=f"Ask for {named} in {'another version' if len(changes) == 1 else 'other versions'}",
        text=lines_to_change(change.location for change in changes),
        command="\n".join(map(_requirement, changes)),
    )


def _brought_in(audit: Audit, changes: Sequence[Change]) -> Iterator[Step]:
    if not changes:
        return
    named = some([change.package for change in changes])
    if commands := own_commands(audit, changes):
        yield Step(title=f"Move {named} in the lock", command="\n".join(commands))
        return
    if row_of(audit.input.kind).pip == "-r":
        text = "As lines of a constraints file, which pip takes with -c, or of the requirements file itself."
    else:
        text = "By the constraints of the tool that installs the set."
    yield Step(
        title=f"Constrain {named}, which other packages bring in",
        text=text,
        command="\n".join(map(_requirement, changes)),
    )


def _locked(audit: Audit, changes: Sequence[Change]) -> Iterator[Step]:
    if changes:
        told = dict.fromkeys(line_of(change, audit).what for change in changes)
        commands = own_commands(audit, changes)
        yield Step(title="Lock anew", text="; ".join(told), command="\n".join(commands))


def _requirement(change: Change) -> str:
    return clean(f"{change.package}{change.specifier or f'=={change.to}'}")
