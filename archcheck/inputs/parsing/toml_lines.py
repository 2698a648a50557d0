"""On which line of a TOML file a key or the items of an array stand, as far as a look at the text tells."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAX_MISSES: Final = 20  # texts that are written in escapes are not found; they are not worth the time
# How many lines are looked at for items in all: where thousands of arrays hide, their lines are not told.
_MAX_LOOKS: Final = 500_000

_HEADER: Final = r"\s*\[\s*([^\[\]]+?)\s*\]"
_PART: Final = r""""([^"]*)"|'([^']*)'|([^\s."']+)"""
_KEY: Final = r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=.\[\]{},#]+))\s*[=.]"""


class TomlLines:
    """The lines of one TOML file, gone through once for its keys."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._looks = 0
        self._misses = 0

    def key(self, table: str, key: str) -> int:
        """Return the line of *key* in `[table]`, counted from 1; 0 if it is not found."""
        return self._keys.get((table, key), 0)

    def items(self, table: str, key: str, items: Iterable[str]) -> Iterator[int]:
        """Yield the line of each of *items* in the array *key* of `[table]`, counted from 1; 0: not found."""
        at = max(self.key(table, key) - 1, 0)
        for item in items:
            found = self._after(at, item) if self._misses < _MAX_MISSES else None
            if found is None:
                self._misses += 1
            else:
                at = found
            yield 0 if found is None else found + 1

    def _after(self, start: int, item: str) -> int | None:
        """Return the first line from *start* on that holds *item* in quotes."""
        written = {f'"{item}"', f"'{item}'", '"' + item.replace('"', '\\"') + '"'}
        for number in range(start, min(len(self._lines), start + _MAX_LOOKS - self._looks)):
            if any(text in self._lines[number] for text in written):
                self._looks += number - start + 1
                return number
        self._looks += len(self._lines) - start
        return None

    @cached_property
    def _keys(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        table = None
        for number, line in enumerate(self._lines, start=1):
            if line.lstrip().startswith("["):
                header = re.match(_HEADER, line)
                table = ".".join("".join(part) for part in re.findall(_PART, header[1])) if header else None
            elif table is not None and (key := re.match(_KEY, line)) is not None:
                found.setdefault((table, "".join(filter(None, key.groups()))), number)
        return found
