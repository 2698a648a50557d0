"""What can move in a repository, in words and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck.cli.edits.diffs import diff_of, from_here
from archcheck.files import is_nameless
from archcheck.report.groups import MOST, Groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.app.repositories.declaring import Declared
    from archcheck.model import Report


def document(report: Report, made: Declared, cwd: str) -> dict[str, Any]:
    """Return the deployables that move, and those that do not yet, with the change as a diff."""
    groups = Groups(report.deployables)
    listed = {
        name: [groups.within(each) for each in deployables]
        for name, deployables in (
            ("moves", made.moves),
            ("mends", made.mends),
            ("by_hand", made.by_hand),
            ("held", made.held),
            ("waiting", made.waiting),
            ("later", made.later),
        )
    }
    return {
        "complete": report.complete,
        "recommendation": report.recommendation,
        **listed,
        "groups": groups.all,
        "diff": "".join(line for each in made.files for line in diff_of(each, cwd)),
        "files": [from_here(each.path, cwd) for each in made.files],
    }


def told(made: Declared, report: Report) -> Iterator[str]:
    """Yield what moves, what is to be done first, and of what nothing is known, line by line."""
    for each in made.moves:
        yield f"{each.name} ({each.source.path}:{each.source.line}) moves to arm64"
    for each in made.mends:
        yield f"{each.name} ({each.source.path}:{each.source.line}) is on arm64, and takes the layers for it"
    for each in made.by_hand:
        yield f"by hand: {each.name} ({each.source.path}:{each.source.line}): {each.change}"
    for each in made.held:
        for finding in each.findings:
            yield f"first: {each.name} ({finding.rule}): {finding.message}"
    for each in made.waiting:
        rest = len(each.together) - MOST
        others = ", ".join(each.together[:MOST]) + (f" and {rest} more" if rest > 0 else "")
        yield f"not yet: {each.name} ({each.source.path}:{each.source.line}) moves together with {others}"
    for path in dict.fromkeys(path for each in made.later for path in each.inputs):
        if is_nameless(path):
            yield f"first its packages, by hand: {path}"
        else:
            yield f"first its packages: archcheck fix {path}"
    yield from _left(report)
    if not made.moves and not made.mends:
        yield "nothing moves to arm64 by a change of lines today"


def _left(report: Report) -> Iterator[str]:
    """Yield what is left as it is since nobody can tell whether it could move."""
    for path in report.fleet.unread if report.fleet else ():
        yield f"not read, so left as it is: {path}"
    for each in report.deployables:
        if each.kind != "project" and (each.recommendation is None or each.recommendation.when is None):
            yield f"undetermined, so left as it is: {each.name} ({each.source.path}:{each.source.line})"
