"""From a report on a repository to files that declare arm64 for what can move to it, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.app.fixing import FileChange
from archcheck.deployables.changes.arm64 import at_once
from archcheck.deployables.changes.lines import LineChange, are_apart, changed
from archcheck.files import absolute

if TYPE_CHECKING:
    from archcheck.files import Files
    from archcheck.model import Deployable, Report

_READY = frozenset({"ready", "nothing-to-audit"})


class Declared(Struct, frozen=True, kw_only=True):
    """Changed `files`, the deployables that they `move`, and those for which no change of lines does it.

    `mends` are on arm64 already, and get the layers that load there.
    `later` are those that move only once their inputs are changed, `held` those of which how they are built
    or deployed has to be changed first. `waiting` could move, but not without others that cannot: a layer
    that `sam build` makes for all who have it, a parameter that decides for several.
    """

    files: tuple[FileChange, ...] = ()
    moves: tuple[Deployable, ...] = ()
    mends: tuple[Deployable, ...] = ()
    by_hand: tuple[Deployable, ...] = ()
    later: tuple[Deployable, ...] = ()
    held: tuple[Deployable, ...] = ()
    waiting: tuple[Deployable, ...] = ()


def declared(report: Report, files: Files, cwd: str) -> Declared:
    """Return what declares arm64 for all that *report* says can move to it today.

    Raises OSError and UnicodeDecodeError for a file that cannot be read any more.
    """
    able = [each for each in report.deployables if can_move(each) or _is_there(each)]
    moving, edits = _moving([each for each in able if each.edits])
    return Declared(
        files=tuple(_changed(path, made, files, cwd) for path, made in sorted(edits.items())),
        moves=tuple(each for each in moving if not _is_there(each)),
        mends=tuple(each for each in moving if _is_there(each)),
        by_hand=tuple(each for each in able if each.change is not None),
        later=tuple(each for each in report.deployables if _moves_later(each)),
        held=tuple(each for each in report.deployables if _is_held(each)),
        waiting=tuple(each for each in able if each.edits and each not in moving),
    )


def _moving(able: list[Deployable]) -> tuple[list[Deployable], dict[str, list[LineChange]]]:
    """Return those of *able* that move, with all that has to move with them, and the changes of each file.

    Two that write different things into one line, as in JSON without line ends, do not move at once.
    """
    while True:
        names = {(_where(each), each.name.partition("/")[0]) for each in able}
        edits: dict[str, list[LineChange]] = {}
        left = [
            each
            for each in able
            if all((_where(each), name) in names for name in each.together) and _fits(each, edits)
        ]
        if len(left) == len(able):
            return left, edits
        able = left


def _fits(one: Deployable, edits: dict[str, list[LineChange]]) -> bool:
    """Return whether the edits of *one* go together with *edits*, of which they are part then."""
    for path in {each.path for each in one.edits}:
        known = edits.get(path, [])
        lines = [
            LineChange(first=each.first, last=each.last, new=each.new)
            for each in one.edits
            if each.path == path
        ]
        both = [*known, *(each for each in lines if each not in known)]
        if not are_apart(both):
            return False
        edits[path] = both
    return True


def _where(one: Deployable) -> str:
    """Return where the name of *one* holds: in its file, of Terraform's in the folder."""
    path = one.source.path
    return path.rpartition("/")[0] if one.tool == "terraform" else path


def can_move(deployable: Deployable) -> bool:
    """Return whether *deployable* runs elsewhere today, and nothing of its own keeps it from arm64."""
    recommendation = deployable.recommendation
    there = deployable.architecture == "arm64" or deployable.kind == "project"
    return (
        recommendation is not None
        and recommendation.code in _READY
        and not recommendation.costs_more
        and not deployable.is_blocked
        and not there
    )


def _is_there(deployable: Deployable) -> bool:
    return deployable.architecture == "arm64"


def _moves_later(deployable: Deployable) -> bool:
    recommendation = deployable.recommendation
    return recommendation is not None and recommendation.code == "remedies-known"


def _is_held(deployable: Deployable) -> bool:
    """Return whether it could move but for how it is built or deployed."""
    recommendation = deployable.recommendation
    ready = recommendation is not None and recommendation.code in _READY
    return ready and deployable.is_blocked and deployable.architecture != "arm64"


def _changed(path: str, edits: list[LineChange], files: Files, cwd: str) -> FileChange:
    before = files.read(absolute(cwd, path))
    text = before.decode()
    return FileChange(path=path, before=before, after=changed(text, at_once(text, path, edits)).encode())
