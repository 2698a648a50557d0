"""From a report on a repository to files that declare arm64 for what can move to it, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.app.fixing import FileChange
from archcheck.deployables.changes.lines import LineChange, changed
from archcheck.files import absolute

if TYPE_CHECKING:
    from archcheck.files import Files
    from archcheck.model import Deployable, Replacement, Report

_READY = frozenset({"ready", "nothing-to-audit"})


class Declared(Struct, frozen=True, kw_only=True):
    """Changed `files`, the deployables that they `move`, and those for which no change of lines does it.

    `later` are those that move only once their inputs are changed, `held` those of which how they are built
    or deployed has to be changed first.
    """

    files: tuple[FileChange, ...] = ()
    moves: tuple[Deployable, ...] = ()
    by_hand: tuple[Deployable, ...] = ()
    later: tuple[Deployable, ...] = ()
    held: tuple[Deployable, ...] = ()


def declared(report: Report, files: Files, cwd: str) -> Declared:
    """Return what declares arm64 for all that *report* says can move to it today.

    Raises OSError and UnicodeDecodeError for a file that cannot be read any more.
    """
    moving = [each for each in report.deployables if can_move(each)]
    edits: dict[str, dict[tuple[int, int], Replacement]] = {}
    for each in moving:
        for edit in each.edits:  # several deployables may share a line: SAM's Globals
            edits.setdefault(edit.path, {})[edit.first, edit.last] = edit
    return Declared(
        files=tuple(_changed(path, tuple(made.values()), files, cwd) for path, made in sorted(edits.items())),
        moves=tuple(each for each in moving if each.edits),
        by_hand=tuple(each for each in moving if each.change is not None),
        later=tuple(each for each in report.deployables if _moves_later(each)),
        held=tuple(each for each in report.deployables if _is_held(each)),
    )


def can_move(deployable: Deployable) -> bool:
    """Return whether *deployable* runs elsewhere today, and nothing keeps it from arm64."""
    recommendation = deployable.recommendation
    there = deployable.architecture == "arm64" or deployable.kind == "project"
    return (
        recommendation is not None
        and recommendation.code in _READY
        and not recommendation.costs_more
        and not deployable.is_hindered
        and not there
    )


def _moves_later(deployable: Deployable) -> bool:
    recommendation = deployable.recommendation
    return recommendation is not None and recommendation.code == "remedies-known"


def _is_held(deployable: Deployable) -> bool:
    """Return whether it could move but for how it is built or deployed."""
    recommendation = deployable.recommendation
    ready = recommendation is not None and recommendation.code in _READY
    return ready and deployable.is_hindered and deployable.architecture != "arm64"


def _changed(path: str, edits: tuple[Replacement, ...], files: Files, cwd: str) -> FileChange:
    before = files.read(absolute(cwd, path))
    made = [LineChange(first=each.first, last=each.last, new=each.new) for each in edits]
    return FileChange(path=path, before=before, after=changed(before.decode(), made).encode())
