"""On which line of a TOML file the items of an array stand, as far as a look at the text tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MAX_MISSES = 20  # texts that are written in escapes are not found; a file full of them is not worth the time


def item_lines(lines: Sequence[str], table: str, key: str, items: Iterable[str]) -> Iterator[int]:
    """Yield the line of each of *items* in the array *key* of `[table]`, counted from 1; 0 if not found."""
    at = _start(lines, table, key)
    misses = 0
    for item in items:
        written = {f'"{item}"', f"'{item}'", '"' + item.replace('"', '\\"') + '"'}
        rest = range(at, len(lines)) if misses < _MAX_MISSES else ()
        found = next((number for number in rest if any(text in lines[number] for text in written)), None)
        if found is None:
            misses += 1
        else:
            at = found
        yield 0 if found is None else found + 1


def key_line(lines: Sequence[str], table: str, key: str) -> int:
    """Return the line of *key* in `[table]`, counted from 1; 0 if it is not found."""
    found = _start(lines, table, key)
    return found + 1 if found else 0


def _start(lines: Sequence[str], table: str, key: str) -> int:
    header = re.compile(r"\s*\[\s*" + r"\s*\.\s*".join(map(_quoted, table.split("."))) + r"\s*\]")
    named = re.compile(rf"\s*{_quoted(key)}\s*[=.]")
    inside = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            inside = header.match(line) is not None
        elif inside and named.match(line):
            return number
    return 0


def _quoted(word: str) -> str:
    return rf"[\"']?{re.escape(word)}[\"']?"
