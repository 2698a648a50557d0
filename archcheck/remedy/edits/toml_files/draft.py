"""TOML files of projects: other versions in their strings, bounds and settings in their tools' tables."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from archcheck.remedy.edits.model import NotEditable, Swap, swapped
from archcheck.remedy.edits.requirement import head_of
from archcheck.remedy.edits.text import newline_of
from archcheck.remedy.edits.toml_files.places import Places
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.remedy.edits.toml_files.places import Path, Value


class Draft:
    """A TOML document under change: its *text*, and what it is to hold in the end.

    Whatever is changed in the text is changed in the parsed document too, and the two are compared when it is
    `finished`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.document = parse_toml(text)
        except ValueError as error:
            raise NotEditable(str(error)) from None
        self.places = Places(text)
        self._wanted = deepcopy(self.document)
        self._swaps: list[Swap] = []
        self._more: dict[Path, list[str]] = {}
        self._new: dict[Path, list[str]] = {}
        self._lines: dict[Path, list[str]] = {}

    def reach(self, path: Path) -> Any:
        """Return what the document holds at *path*; None for nothing."""
        return _reach(self.document, path)

    def line_of(self, path: Path) -> int:
        """Return the line of the key or item at *path*; 0 where it has none of its own."""
        at = self.places.values.get(path)
        table = self.places.tables.get(path)
        start = at.statement if at is not None else table.start if table is not None else None
        return 0 if start is None else self.text.count("\n", 0, start) + 1

    def meant(self, paths: Sequence[Path], line: int) -> list[Path]:
        """Return those of *paths*, which state one package, that are on *line*, and others that say the same.

        What a group says again is locked together with it: one of two equal pins alone would leave no way.
        """
        here = [path for path in paths if self.line_of(path) == line]
        said = [_said(self.reach(path)) for path in here]
        return [path for path in paths if path in here or _said(self.reach(path)) in said] or list(paths)

    def rewrite(self, path: Path, swaps: Iterable[Swap]) -> None:
        """Change the string at *path* by *swaps*, which are for its text."""
        value, held = self.places.values.get(path), self.reach(path)
        if value is None or value.what != "string" or not isinstance(held, str):
            raise NotEditable(f"{_dotted(path)} is no text that can be changed")
        written = self.text[value.inner : value.until]
        for swap in swaps:
            # Escapes stand in markers, if anywhere: up to the range the text is as it is read.
            if written[: swap.end] != held[: swap.end]:
                raise NotEditable(f"{_dotted(path)} is written in escapes")
            self._swaps.append(Swap(value.inner + swap.start, value.inner + swap.end, swap.text))
        _reach(self._wanted, path[:-1])[path[-1]] = swapped(held, swaps)

    def append(self, path: Path, item: str) -> None:
        """Put *item* at the end of the array at *path*, which is made where it is not there."""
        held = self.reach(path)
        if held is not None and not isinstance(held, list):
            raise NotEditable(f"{_dotted(path)} is no array")
        if held is not None and path not in self.places.values:
            raise NotEditable(f"{_dotted(path)} is not written as an array")
        (self._more if held is not None else self._new).setdefault(path, []).append(item)
        _made(self._wanted, path[:-1]).setdefault(path[-1], []).append(item)

    def put(self, path: Path, value: str) -> None:
        """Put the key at *path* into its table, with the text *value*."""
        if self.reach(path) is not None:
            raise NotEditable(f"{_dotted(path)} is there already")
        _made(self._wanted, path[:-1])[path[-1]] = value
        self._lines.setdefault(path[:-1], []).append(f"{_key(str(path[-1]))} = {_quoted(value)}")

    def drop(self, path: Path) -> None:
        """Take the item or the key at *path* away, with its line where it has one to itself."""
        value = self.places.values.get(path)
        if value is None:
            raise NotEditable(f"{_dotted(path)} cannot be taken out")
        start, end = self._cut(value, in_array=isinstance(path[-1], int))
        self._swaps.append(Swap(start, end, ""))
        holder = _reach(self._wanted, path[:-1])
        holder[path[-1]] = _Gone

    def finished(self) -> str:
        """Return the changed text; raises NotEditable where it holds anything else than it should."""
        lines = {table: list(each) for table, each in self._lines.items()}
        for path, items in self._new.items():
            lines.setdefault(path[:-1], []).append(f"{_key(str(path[-1]))} = {self._array(items)}")
        swaps = [*self._swaps, *(self._appended(path, items) for path, items in self._more.items())]
        swaps += [self._keys(table, each) for table, each in sorted(lines.items(), key=self._is_new)]
        text = swapped(self.text, swaps)
        try:
            found = parse_toml(text)
        except ValueError as error:
            raise NotEditable(f"the change would break the file: {error}") from None
        wanted = _without_gone(self._wanted)
        if found != wanted and repr(found) != repr(wanted):
            raise NotEditable("the change would alter more than it should")
        return text

    def _cut(self, value: Value, *, in_array: bool) -> tuple[int, int]:
        """Return from where to where the text of *value* and what belongs to it goes."""
        start, end, text = value.statement, value.end, self.text
        if in_array:
            behind = end + (len(text[end:]) - len(text[end:].lstrip(" \t")))
            end = behind + 1 if text[behind : behind + 1] == "," else end
        line = text.rfind("\n", 0, start) + 1
        until = text.find("\n", end)
        rest = text[end : until if until >= 0 else len(text)].strip()
        if not text[line:start].strip() and (not rest or rest.startswith("#")):
            return line, until + 1 if until >= 0 else len(text)
        return start, end + (len(text[end:]) - len(text[end:].lstrip(" \t")))

    def _appended(self, path: Path, items: Sequence[str]) -> Swap:
        """Return what puts *items* behind the last one of the array at *path*, in its layout."""
        array, text = self.places.values[path], self.text
        quoted = [_quoted(item) for item in items]
        if not array.items:
            return Swap(array.start, array.end, self._array(items))
        last = self.places.values[(*path, array.items - 1)]
        first = self.places.values[(*path, 0)]
        line = text.rfind("\n", 0, last.start) + 1
        alone = not text[line : last.start].strip() and "\n" in text[array.start : last.start]
        indent = text[line : last.start] if alone else ""
        gap = f"{newline_of(text)}{indent}" if alone else " "
        if not alone and array.items > 1:
            second = self.places.values[(*path, 1)].start
            gap = text[first.end : second].partition(",")[2] or gap
            gap = " " if gap.strip() or "\n" in gap else gap
        comma = last.end
        while text[comma] in " \t\r\n":
            comma += 1
        if text[comma] == ",":
            # Behind the comma, and behind a comment that is about the last item.
            rest = text.find("\n", comma) if alone else -1
            tail = text[comma + 1 : rest].strip() if rest >= 0 else "x"
            at = rest - (text[rest - 1] == "\r") if not tail or tail.startswith("#") else comma + 1
            return Swap(at, at, "".join(f"{gap}{each}," for each in quoted))
        return Swap(last.end, last.end, "".join(f",{gap}{each}" for each in quoted))

    def _array(self, items: Sequence[str]) -> str:
        newline = newline_of(self.text)
        return f"[{newline}{''.join(f'    {_quoted(item)},{newline}' for item in items)}]"

    def _is_new(self, each: tuple[Path, list[str]]) -> bool:
        return each[0] not in self.places.tables

    def _keys(self, table: Path, lines: Sequence[str]) -> Swap:
        """Return what puts *lines* at the end of *table*, which is made where it is not there."""
        newline, text = newline_of(self.text), self.text
        block = newline.join(lines)
        if table in self.places.tables:
            end = self.places.tables[table].end
            until = text.find("\n", end)
            if until < 0:
                return Swap(len(text), len(text), f"{newline}{block}")
            return Swap(until + 1, until + 1, f"{block}{newline}")
        inline = self.places.values.get(table)
        if inline is not None and inline.what == "table":
            held = text[inline.start + 1 : inline.end - 1]
            at = inline.end - 1 - (len(held) - len(held.rstrip())) if held.strip() else inline.start + 1
            joined = ", ".join(lines)
            return Swap(at, at, f", {joined}" if held.strip() else f" {joined} ")
        if self.reach(table) is not None and not self._is_open(table):
            raise NotEditable(f"[{_dotted(table)}] is not written as a table of its own")
        header = ".".join(_key(str(each)) for each in table)
        gap = newline if not text or text.endswith("\n") else 2 * newline
        return Swap(len(text), len(text), f"{gap if text.strip() else ''}[{header}]{newline}{block}{newline}")

    def _is_open(self, table: Path) -> bool:
        """Return whether *table* is there by the headers of its subtables alone, and may get its own."""
        values = (path for path in self.places.values if path[: len(table)] == table)
        inside = [path for path in self.places.tables if path[: len(table)] == table and path != table]
        return all(any(path[: len(each)] == each for each in inside) for path in values)


class _Gone:
    """What stands where something was taken out, as long as numbers of items have to hold."""


def _without_gone(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_gone(each) for key, each in value.items() if each is not _Gone}
    if isinstance(value, list):
        return [_without_gone(each) for each in value if each is not _Gone]
    return value


def _said(value: Any) -> str:
    """Return what an entry says of its package, by which two can be compared."""
    head = head_of(value) if isinstance(value, str) else None
    return "".join(value[head.end :].split()) if head is not None else repr(value)


def _reach(document: Any, path: Path) -> Any:
    for key in path:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def _made(document: dict[str, Any], path: Path) -> dict[Any, Any]:
    for key in path:
        document = document.setdefault(str(key), {})
        if not isinstance(document, dict):
            raise NotEditable(f"{_dotted(path)} is no table")
    return document


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _key(text: str) -> str:
    plain = text.replace("-", "").replace("_", "")
    return text if plain.isascii() and plain.isalnum() else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
