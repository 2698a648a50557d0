"""A change to a file of infrastructure, as replacements of lines; or why it cannot be made. No I/O."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class LineChange(Struct, frozen=True, kw_only=True):
    """The lines from `first` to `last` become `new`, whose lines have their ends.

    Lines count from 1. With a `last` below `first` nothing is replaced: `new` comes before the line `first`.
    """

    first: int
    last: int
    new: str


class CommonChange(Struct, frozen=True, kw_only=True):
    """The `lines` that change for all of `heirs`, in place of the change `own` of each."""

    own: LineChange
    lines: tuple[LineChange, ...]
    heirs: tuple[str, ...]


class NotChanged(Struct, frozen=True, kw_only=True):
    """No change is offered: `reason` says why, and what people can change instead."""

    reason: str


class Change(Struct, frozen=True, kw_only=True):
    """The `lines` that declare one thing for arm64, all of them or none.

    `together` names what else in the file moves by them: what shares a parameter's default or a layer of
    SAM's Globals. `by_hand` says what to look at besides, where something is said outside of the file.
    `parameter` is the one whose default changes, which tells nothing where something else gives it a value;
    `widened` tells that it did not allow arm64. `common` is what changes instead where all others do as well.
    """

    lines: tuple[LineChange, ...]
    together: tuple[str, ...] = ()
    by_hand: str | None = None
    parameter: str | None = None
    widened: bool = False
    common: CommonChange | None = None


def lines_of(text: str) -> list[str]:
    """Return the lines of *text* with their ends: by LF alone, as parsers count, not as `splitlines`."""
    *whole, rest = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]


def changed(text: str, changes: Iterable[LineChange]) -> str:
    """Return *text* with *changes*, which do not overlap."""
    lines = lines_of(text)
    # What is put before a line stays before what takes the line's place.
    for each in sorted(changes, key=lambda change: (change.first, change.last), reverse=True):
        lines[each.first - 1 : max(each.last, each.first - 1)] = [each.new]
    return "".join(lines)


def are_apart(changes: Iterable[LineChange]) -> bool:
    """Return whether no two of *changes* are of the same line."""
    ordered = sorted(changes, key=lambda change: (change.first, change.last))
    return all(one.last < other.first for one, other in pairwise(ordered))


def change_of(before: str, after: str) -> LineChange:
    """Return the lines in which *after* is other than *before*: they stand together."""
    old, new = lines_of(before), lines_of(after)
    start = end = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return LineChange(first=start + 1, last=len(old) - end, new="".join(new[start : len(new) - end]))
