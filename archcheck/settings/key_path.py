"""The path to a value in a settings file, and how a wrong value there is refused."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from archcheck.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection

_SHOWN = 60
_BITS = 64


class KeyPath(Struct, frozen=True):
    """The value at `key` (as in `tool.archcheck.ignore[0].until`) of the file `path`."""

    path: str
    key: str = ""

    def __getitem__(self, step: str | int) -> KeyPath:
        """Return the path to one entry: a table's by its name, a list's by its position."""
        if isinstance(step, int):
            return KeyPath(self.path, f"{self.key}[{step}]")
        step = _short(step)
        return KeyPath(self.path, f"{self.key}.{step}" if self.key else step)

    def expected(self, what: str, found: object) -> NoReturn:
        """Raise the SettingsError for *found* where *what* was expected."""
        self.refuse(f"expected {what}, found {described(found)}")

    def refuse(self, message: str) -> NoReturn:
        """Raise the SettingsError with *message*."""
        raise SettingsError(f"{self.path}: {self.key}: {message}" if self.key else f"{self.path}: {message}")

    def table(self, value: Any, known: Collection[str] = ()) -> dict[str, Any]:
        """Return *value*, which has to be a table; with no keys but those *known*, where any are."""
        if not isinstance(value, dict):
            self.expected("a table", value)
        for name in value if known else ():
            if name not in known:
                self[name].refuse(f"there is no such setting; {_nearest(name, known)}")
        return value

    def text(self, value: Any) -> str:
        """Return *value*, which has to be a text that says something."""
        if not isinstance(value, str) or not value.strip():
            self.expected("a text", value)
        return value


def described(value: object) -> str:
    """Return *value* as a message shows what was found."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return "a table" if isinstance(value, dict) else "a list"
        case int() if value.bit_length() > _BITS:  # Python refuses to write it in decimal
            return "a number of very many digits"
        case int() | float():
            return f"the number {value!r}"
        case date() | time():
            return f"the date {value.isoformat()}"
        case _:
            return _short(repr(value))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _nearest(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is well

    near = get_close_matches(name.lower().replace("_", "-"), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
