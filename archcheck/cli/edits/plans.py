"""A plan for one input, in words and as JSON."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from archcheck.cli.edits.diffs import diff_of, from_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.app.fixes.fixing import Command, Fixes
    from archcheck.model import Change, Report


def document(report: Report, fixes: Fixes, cwd: str) -> dict[str, Any]:
    """Return the plans, and what the one that was taken comes to."""
    audit = fixes.audit
    return {
        "input": audit.input,
        "target": audit.target,
        "complete": report.complete,
        "recommendation": audit.recommendation,
        "obstacles": audit.obstacles,
        "plans": audit.plans or (),
        "plan": fixes.plan.rank if fixes.plan else None,
        "diff": "".join(line for each in fixes.files for line in diff_of(each, cwd)),
        "files": [from_here(each.path, cwd) for each in fixes.files],
        "commands": fixes.commands,
        "by_hand": fixes.by_hand,
        "refused": fixes.refused,
    }


def told(fixes: Fixes, cwd: str) -> Iterator[str]:
    """Yield what the plan is and leads to, line by line."""
    plan = fixes.plan
    if plan is None:
        return
    count = len(fixes.audit.plans or ())
    verified = "resolved again on both architectures" if plan.verified else "not verified"
    of = f" of {count}" if count > 1 else ""
    yield f"plan {plan.rank}{of} for {fixes.audit.target.id} ({verified}):"
    for change in plan.changes:
        yield f"  {_words(change)}"
    if plan.result is not None:
        found, summary = plan.result.recommendation, plan.result.summary
        when = f" {found.when}" if found.when else ""
        yield (
            f"leads to: {found.architecture}{when}; {summary.ready} ready, {summary.build} to build, "
            f"{summary.blocked} blocked, {summary.unknown} unknown"
        )
        stated = {change.package for change in plan.changes}
        moved = [each for each in plan.result.moved if each.package not in stated]
        if moved:
            told = (f"{each.package} {each.from_ or 'new'} → {each.to or 'gone'}" for each in moved)
            yield f"moves with it: {', '.join(told)}"
    if plan.leaves:
        yield f"leaves in the way: {', '.join(plan.leaves)}"
    if plan.introduces:
        yield f"brings in: {', '.join(plan.introduces)}"
    yield from (f"by hand: {each}" for each in fixes.by_hand)
    yield from (f"then run{_where(each, cwd)}: {each.text}" for each in fixes.commands)
    if count > 1 and plan.rank == 1:
        yield "another plan: --plan 2"


def _where(command: Command, cwd: str) -> str:
    return "" if command.folder == cwd else f" in {os.path.relpath(command.folder, cwd)}"


def _words(change: Change) -> str:
    where = ""
    if change.location is not None:
        line = f":{change.location.line}" if change.location.line else ""
        where = f" ({change.location.path}{line})"
    match change.kind:
        case "target":
            return f"deploy on {change.to} instead of {change.from_}"
        case "build":
            return f"build {change.package} {change.to}"
        case "replace":
            return f"{change.from_} gives way to {change.to}{where}"
        case _:
            return f"{change.package} {change.from_ or ''} → {change.to}{where}".replace("  ", " ")
