"""Paths that a setup.py makes of its own place, to look what lies beside it: websockets' `.cibuildwheel`."""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from archcheck.inspect.sdists.outside import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXISTS = frozenset({"os.path.exists", "os.path.isfile", "os.path.isdir"})
_LOOKS = frozenset({"exists", "is_file", "is_dir"})
_STAYS = frozenset({"os.path.abspath", "os.path.realpath", "pathlib.Path", "os.fspath"})
_STAYING_METHODS = frozenset({"resolve", "absolute"})
_LONG = 300  # characters


class Inside(Struct, frozen=True):
    """A path inside the archive, from its top folder, which is ""."""

    path: str


class Files:
    """The files of an archive, and what a script that looks for some of them finds."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)

    def answer(self, function: str, arguments: list[Any]) -> Any:
        """Return what a function of `os.path` or `pathlib` gives for paths inside the archive."""
        if function == "os.getcwd" or (function == "pathlib.Path.cwd" and not arguments):
            return Inside("")
        if function in _EXISTS and len(arguments) == 1:
            return self._exists(arguments[0])
        first = arguments[0] if arguments else UNKNOWN
        if not isinstance(first, Inside):
            return UNKNOWN
        if function in _STAYS and len(arguments) == 1:
            return first
        if function == "os.path.dirname":
            return parent(first)
        return joined(first, arguments[1:]) if function == "os.path.join" else UNKNOWN

    def method(self, owner: Inside, name: str) -> Any:
        """Return what the method *name* of a path, called without arguments, gives."""
        if name in _LOOKS:
            return self._exists(owner)
        return owner if name in _STAYING_METHODS else UNKNOWN

    def _exists(self, path: Any) -> Any:
        text = path.path if isinstance(path, Inside) else path
        if not isinstance(text, str) or text.startswith(("/", "~")) or ".." in text.split("/"):
            return UNKNOWN
        name = text.removeprefix("./").rstrip("/")
        at = bisect_left(self._names, name)
        below = bisect_left(self._names, f"{name}/")
        return name in {"", "."} or (
            name in self._names[at : at + 1]
            or any(each.startswith(f"{name}/") for each in self._names[below : below + 1])
        )


def parent(path: Inside) -> Any:
    """Return the folder that *path* lies in; what lies above the archive is not known."""
    return Inside(path.path.rpartition("/")[0]) if path.path else UNKNOWN


def joined(path: Inside, parts: list[Any]) -> Any:
    """Return *path* with *parts* below it."""
    if not all(isinstance(part, str) and not part.startswith("/") for part in parts):
        return UNKNOWN
    found = "/".join([*filter(None, [path.path]), *(part.strip("/") for part in parts)])
    return Inside(found) if len(found) < _LONG else UNKNOWN


def divided(operation: ast.operator, left: Any, right: Any) -> Any:
    """Return `left / right` where *left* is a path."""
    if isinstance(left, Inside) and isinstance(operation, ast.Div):
        return joined(left, [right])
    return UNKNOWN
