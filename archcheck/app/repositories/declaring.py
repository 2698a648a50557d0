"""From a report on a repository to files that declare arm64 for what can move to it, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.app.fixes.fixing import FileChange
from archcheck.app.repositories.moving import READY, can_move, is_there
from archcheck.deployables.changes.lines import LineChange, changed
from archcheck.files import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.files import Files
    from archcheck.model import Deployable, Report


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
    able = [each for each in report.deployables if can_move(each) or is_there(each)]
    edits: dict[str, dict[LineChange, None]] = {}
    for each in able:
        for edit in each.edits:
            line = LineChange(first=edit.first, last=edit.last, new=edit.new)
            edits.setdefault(edit.path, {})[line] = None
    return Declared(
        files=tuple(_changed(path, made, files, cwd) for path, made in sorted(edits.items())),
        moves=tuple(each for each in able if each.edits and not is_there(each)),
        mends=tuple(each for each in able if each.edits and is_there(each)),
        by_hand=tuple(each for each in able if each.change is not None),
        later=tuple(each for each in report.deployables if _moves_later(each)),
        held=tuple(each for each in report.deployables if _is_held(each)),
        waiting=tuple(each for each in report.deployables if each.waits),
    )


def _moves_later(deployable: Deployable) -> bool:
    recommendation = deployable.recommendation
    return recommendation is not None and recommendation.code == "remedies-known"


def _is_held(deployable: Deployable) -> bool:
    """Return whether it could move but for how it is built or deployed."""
    recommendation = deployable.recommendation
    ready = recommendation is not None and recommendation.code in READY
    return ready and deployable.is_blocked and not deployable.waits and not is_there(deployable)


def _changed(path: str, edits: Iterable[LineChange], files: Files, cwd: str) -> FileChange:
    before = files.read(absolute(cwd, path))
    return FileChange(path=path, before=before, after=changed(before.decode(), edits).encode())
