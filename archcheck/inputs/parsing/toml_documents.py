"""TOML documents: from a file to typed values, with errors that say the key they are about."""

from __future__ import annotations

import hashlib
import re
from codecs import BOM_UTF8
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from msgspec import Struct

from archcheck.inputs.parsing.input_file import folder_of, read_named
from archcheck.inputs.parsing.messages import escaped, failure, redacted
from archcheck.inputs.parsing.toml_lines import TomlLines
from archcheck.manifest.manifest import Location
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archcheck.files import Files

_T = TypeVar("_T")

_KEY_PATH = r"(?s)^(?P<what>.*?)(?: - at `\$\.?(?P<key>.*)`)?$"


class Document(Struct, frozen=True, kw_only=True, dict=True):
    """A TOML file, read. `folder`, which is absolute, is where its relative paths begin."""

    path: str
    folder: str
    sha256: str
    text: str
    table: Mapping[str, Any]

    @cached_property
    def lines(self) -> TomlLines:
        """Where in it keys and items stand."""
        return TomlLines(self.text)

    def lines_of(self, header: str, count: int) -> tuple[int, ...]:
        """Return the lines of the *count* headers `[[header]]` in their order, counted from 1.

        All are 0, which is no line, where the text seems to have more or fewer: in an array written in line.
        """
        found = []
        line = 1
        for before, after in pairwise(self.text.split(f"[[{header}]]")):
            line += before.count("\n")
            if not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip():
                found.append(line)
        return tuple(found) if len(found) == count else (0,) * count

    def refuse(self, message: str, *, key: str = "", line: int = 0) -> NoReturn:
        """Raise InputError: *key* is the path to the value, as in `package[3].wheels[0].url`."""
        words = escaped(f"{key}: {message}" if key else message)
        raise failure(Location(path=self.path, line=line), words)


def read_toml(
    path: str, *, files: Files, cwd: str, expected: str, parse: Callable[[str], dict[str, Any]] = parse_toml
) -> Document:
    """Return the TOML file at *path*; *expected* names it for the message of an InputError.

    *parse* returns what `parse_toml` does.
    """
    data = read_named(path, files=files, cwd=cwd, expected=expected)
    try:
        text = data.removeprefix(BOM_UTF8).decode()  # Windows' editors put it there, and uv passes over it
        table = parse(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise failure(Location(path=path, line=line), f"not text in UTF-8; expected {expected}") from None
    except ValueError as error:
        reason = escaped(redacted(str(error)))[:200]
        raise failure(Location(path=path), f"{reason}; expected {expected}") from None
    digest = hashlib.sha256(data).hexdigest()
    return Document(path=path, folder=folder_of(path, cwd), sha256=digest, text=text, table=table)


def convert(document: Document, kind: type[_T], table: Any = None, key: str = "") -> _T:
    """Return the document as the msgspec Struct *kind*; an InputError has the path of the first misfit.

    Of a part of it, *table* is the part and *key* where it stands.
    """
    import msgspec  # noqa: PLC0415 - takes time that a requirements file should not pay

    try:
        return msgspec.convert(document.table if table is None else table, kind)
    except (msgspec.ValidationError, ValueError) as error:
        found = re.match(_KEY_PATH, str(error))
        what, misfit = (found["what"], found["key"] or "") if found else (str(error), "")
        at = ".".join(filter(None, [key, misfit]))
        document.refuse(what[:1].lower() + what[1:].replace("`", ""), key=at)
    except RecursionError:
        document.refuse("nested too deeply")


def utc_text(moment: datetime | None) -> str | None:
    """Return *moment* in ISO 8601; one without an offset is in UTC already, as lock formats demand it."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:  # 0001-01-01T00:00:00+01:00
            return None
    return moment.isoformat().replace("+00:00", "Z")


def unknown_keys(table: Any, kind: Any, prefix: str = "") -> Iterator[str]:
    """Yield the keys of *table* that the Struct *kind* has not, at any depth, without list positions."""
    import msgspec  # noqa: PLC0415 - as above

    if isinstance(table, list):
        for each in table:
            yield from unknown_keys(each, kind, prefix)
    elif isinstance(table, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        for key, value in table.items():
            if key not in known:
                yield f"{prefix}{key}"
            elif isinstance(value, list | dict):
                yield from unknown_keys(value, _struct_in(known[key]), f"{prefix}{key}.")


def _struct_in(kind: Any) -> Any:
    """Return the Struct that an annotation such as `tuple[Wheel, ...] | None` is about, else None."""
    import msgspec  # noqa: PLC0415 - as above

    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    inner = (_struct_in(each) for each in getattr(kind, "__args__", ()) if not isinstance(each, str))
    return next((each for each in inner if each is not None), None)
