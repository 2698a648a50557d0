"""On which line of a TOML file keys and the items of arrays stand, as far as a look at the text tells.

The text is looked through once for its keys, and each array once for its items: 60,000 extras with an array
each take no longer than one array of as many items.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STRING = r""""(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'"""
_KEY_OR_TABLE = re.compile(
    rf"^[^\S\n]*+(?:\[(?P<table>[^\n]*)|(?P<key>{_STRING}|[A-Za-z0-9_-]++)[^\S\n]*+[=.])", re.MULTILINE
)
_TABLE = re.compile(r"([^\[\]]*)\]")
_IN_VALUE = re.compile(rf"(?P<string>{_STRING})|#[^\n]*+|(?P<sign>[\[\]\n])")


class TomlLines:
    """The lines of the keys and items of one text, counted from 1; 0 is that of what is not found."""

    def __init__(self, text: str) -> None:
        self._text = text

    def key(self, table: str, key: str) -> int:
        """Return the line of *key* in `[table]`."""
        line, _ = self._keys.get((table, key), (0, 0))
        return line

    def items(self, table: str, key: str, items: Iterable[str]) -> Iterator[int]:
        """Yield the line of each of *items* in the array *key* of `[table]`.

        Where that key is not found (it may be in a table that is written in line), anywhere in the text. What
        is written in escapes is not found.
        """
        place = self._keys.get((table, key))
        found = self._everywhere if place is None else _by_text(_strings(self._text, *place))
        again: dict[str, Iterator[int]] = {}
        for item in items:
            if item not in again:
                lines = found.get(item, [0])
                again[item] = chain(lines, repeat(lines[-1]))
            yield next(again[item])

    @cached_property
    def _keys(self) -> dict[tuple[str, str], tuple[int, int]]:
        """The line of each (table, key), and where the key ends in the text."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        table, line, at = "", 1, 0
        for match in _KEY_OR_TABLE.finditer(self._text):
            line, at = line + self._text.count("\n", at, match.start()), match.start()
            if match["key"] is not None:
                found.setdefault((table, _bare(match["key"])), (line, match.end("key")))
            else:
                named = _TABLE.match(match["table"])
                table = ".".join(map(_bare, named[1].split("."))) if named else ""
        return found

    @cached_property
    def _everywhere(self) -> dict[str, list[int]]:
        return _by_text(_strings(self._text, 1, None))


def _strings(text: str, line: int, start: int | None) -> Iterator[tuple[str, int]]:
    """Yield the strings of the value behind *start*, which is on *line*, with their lines; None: all."""
    depth = 0
    for match in _IN_VALUE.finditer(text, start or 0):
        if match["string"] is not None:
            yield match["string"][1:-1].replace('\\"', '"'), line
        elif match["sign"] == "\n":
            line += 1
        elif match["sign"] is not None:
            depth += 1 if match["sign"] == "[" else -1
        if start is not None and depth <= 0 and match["sign"] is not None:
            return


def _by_text(strings: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for text, line in strings:
        found.setdefault(text, []).append(line)
    return found


def _bare(word: str) -> str:
    return word.strip().strip("\"'")
