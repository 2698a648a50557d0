"""Where in the text of a TOML document its values stand, so that one can be changed and nothing else.

tomlkit writes a document back as it was, but tells no places, and an item that is put into an array comes out
in its own quotes and spacing. The text is valid TOML already, as the parser found it.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from archcheck.remedy.edits.model import NotEditable

Path = tuple[str | int, ...]

_SPACE: Final = re.compile(r"[ \t]*")
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'", re.DOTALL
)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"[^,\]}\n#]*")


class Value(Struct, frozen=True, kw_only=True):
    """A value from `start` to `end`; of a string, the text between its quotes is from `inner` to `until`.

    `statement` is where the key stands that it is for. `items` is how many an array has.
    """

    what: str
    start: int
    end: int
    statement: int
    inner: int = 0
    until: int = 0
    items: int = 0


class Table(Struct, frozen=True, kw_only=True):
    """A table with a header of its own, from `start`; its last value, or the header, ends at `end`."""

    start: int
    end: int


class Places:
    """The values and the tables of one *text*, by their paths: keys, and numbers in arrays."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.values: dict[Path, Value] = {}
        self.tables: dict[Path, Table] = {}
        self._counts: dict[Path, int] = {}
        try:
            self._document()
        except (IndexError, AttributeError, RecursionError):
            raise NotEditable("its TOML is written in a way that cannot be followed") from None

    def _document(self) -> None:
        text, at, table = self._text, 0, ()
        opened: Path = table
        while (at := self._skip(at)) < len(text):
            if text[at] == "[":
                start, arrayed = at, text.startswith("[[", at)
                keys, at = self._key(at + 1 + arrayed)
                opened = self._resolved(keys, arrayed=arrayed)
                at = text.index("]", at) + 1 + arrayed
                self.tables[opened] = Table(start=start, end=at)
            else:
                at = self._statement(opened, at)
                if opened in self.tables:
                    self.tables[opened] = Table(start=self.tables[opened].start, end=at)

    def _resolved(self, keys: Path, *, arrayed: bool) -> Path:
        """Return the path of a header, with the number of the last item wherever a key is an array."""
        path: Path = ()
        for place, key in enumerate(keys, start=1):
            path = (*path, key)
            if arrayed and place == len(keys):
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _skip(self, at: int) -> int:
        return _BETWEEN.match(self._text, at).end()  # type: ignore[union-attr] # it matches nothing, too

    def _blank(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr] # as above

    def _key(self, at: int) -> tuple[Path, int]:
        """Return the dotted key at *at*, and where it ends."""
        keys: list[str] = []
        while True:
            at = self._blank(at)
            quoted = self._text[at] in "\"'"
            found = (_STRING if quoted else _BARE).match(self._text, at)
            keys.append(_plain(found[0]) if quoted else found[0])  # type: ignore[index] # the text is valid
            at = self._blank(found.end())  # type: ignore[union-attr] # as above
            if self._text[at] != ".":
                return tuple(keys), at
            at += 1

    def _statement(self, table: Path, at: int) -> int:
        start = at
        keys, at = self._key(at)
        return self._value((*table, *keys), self._skip(at + 1), start)

    def _value(self, path: Path, at: int, statement: int) -> int:
        """Take in the value at *at*, and return where it ends."""
        sign = self._text[at]
        if sign in "\"'":
            end = _STRING.match(self._text, at).end()  # type: ignore[union-attr] # as above
            quotes = 3 if self._text.startswith(('"""', "'''"), at) and end - at >= 6 else 1  # noqa: PLR2004 - """"""
            self.values[path] = Value(
                what="string", start=at, end=end, statement=statement, inner=at + quotes, until=end - quotes
            )
            return end
        if sign == "[":
            return self._array(path, at, statement)
        if sign == "{":
            return self._inline(path, at, statement)
        end = at + len(_SCALAR.match(self._text, at)[0].rstrip())  # type: ignore[index] # as above
        self.values[path] = Value(what="scalar", start=at, end=end, statement=statement)
        return end

    def _array(self, path: Path, start: int, statement: int) -> int:
        count, at = 0, self._skip(start + 1)
        while self._text[at] != "]":
            at = self._skip(self._value((*path, count), at, at))
            count += 1
            if self._text[at] == ",":
                at = self._skip(at + 1)
        self.values[path] = Value(what="array", start=start, end=at + 1, statement=statement, items=count)
        return at + 1

    def _inline(self, path: Path, start: int, statement: int) -> int:
        at = self._skip(start + 1)
        while self._text[at] != "}":
            at = self._skip(self._statement(path, at))
            if self._text[at] == ",":
                at = self._skip(at + 1)
        self.values[path] = Value(what="table", start=start, end=at + 1, statement=statement)
        return at + 1


def _plain(quoted: str) -> str:
    """Return the text of a quoted key; one with escapes is not looked for by anybody."""
    return quoted[1:-1]
