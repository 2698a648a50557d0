"""What is to change in a file, why it cannot, and what a change comes to: some places with a new text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.utils import NormalizedName  # noqa: TC002 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotEditable(Exception):  # noqa: N818 - it is no error of anybody's
    """The file is not written to; `reason` says why, in a few words for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Edit(Struct, frozen=True, kw_only=True):
    """The requirement on `name` at `line` gets the range `specifier` (PEP 440; empty: any version).

    `line` counts from 1 as the readers of inputs have it; 0 means every one on `name`. `hashes` take the
    place of those that it lists. `becomes` is a requirement that takes its place, markers aside; where that
    is empty text, it goes. With `by_name` it points to a file now, and is to ask for the package by name.
    """

    name: NormalizedName
    specifier: str = ""
    line: int = 0
    hashes: tuple[str, ...] = ()
    becomes: str | None = None
    by_name: bool = False


class Addition(Struct, frozen=True, kw_only=True):
    """A bound on the package `name`, which the file does not state; `why` is for a comment beside it.

    It is written by the means of `tool` ("uv", "pdm", "poetry"; empty: of whom the file itself tells).
    """

    name: NormalizedName
    specifier: str
    hashes: tuple[str, ...] = ()
    why: str = ""
    tool: str = ""


class Setting(Struct, frozen=True, kw_only=True):
    """The text `item` in the array `key` of the table `table` (dotted), as uv's required-environments."""

    table: str
    key: str
    item: str


class Swap(Struct, frozen=True):
    """The text from `start` to `end` gives way to `text`."""

    start: int
    end: int
    text: str


def swapped(text: str, swaps: Iterable[Swap]) -> str:
    """Return *text* with *swaps* made; raises NotEditable where two of them are for one place."""
    parts: list[str] = []
    at = 0
    for swap in sorted(dict.fromkeys(swaps), key=lambda each: (each.start, each.end)):
        if swap.start < at:
            raise NotEditable("two changes are for the same place")
        parts += (text[at : swap.start], swap.text)
        at = swap.end
    return "".join((*parts, text[at:]))
