"""Which Python a project says that it runs on, in the files that version managers and Heroku read.

`.python-version` (pyenv, uv), `.tool-versions` (asdf), `mise.toml` and `.mise.toml`, `runtime.txt` (Heroku):
in the folder of the input, else in the nearest one above it. Where a file names several, the first is the one
that runs. What is no line of CPython says nothing here: `system`, `pypy3.10`, an environment's name, `3.13t`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from archcheck.files import STDIN, absolute
from archcheck.inputs.parsing.toml_lines import TomlLines
from archcheck.manifest.manifest import Location
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcheck.files import Files

_MAX_BYTES: Final = 2**18
# `cpython-3.12.3-macos-aarch64-none` and `cp312` are uv's, `3.11.4/envs/web` and `3.14-dev` pyenv's, and
# `prefix:3.11` mise's.
_VERSION = (
    r"(?i)(?:prefix:|c?python[-@]?)?(?P<version>3\.[0-9]{1,2}(?:\.[0-9]{1,2})?)"
    r"(?:-dev|(?:a|b|rc)[0-9]{1,2}|-[a-z]+-\w+-\w+|/envs/.*)?"
)
_COMPACT = r"cp3([0-9]{1,2})"


class PythonSaid(Struct, frozen=True, kw_only=True):
    """The Python that a file names, as `3.11` or `3.11.4`, and where."""

    version: str
    location: Location


def python_said(path: str, *, files: Files, cwd: str, root: str) -> PythonSaid | None:
    """Return the Python that is said for the input at *path*; None where no file says one.

    No folder above *root* is looked at, the repository's absolute path. What cannot be read says nothing.
    """
    start = "." if path == STDIN else path
    here = absolute(cwd, start)
    up = "."
    if not files.is_folder(here):
        here, up = absolute(here, ".."), ".."
    for folder in _upwards(here, root):
        for name, read in _READERS:
            said = next(read(_text(files, absolute(folder, name))), None)
            if said is not None:
                version, line = said
                location = Location(path=absolute(start, f"{up}/{name}"), line=line)
                return PythonSaid(version=version, location=location)
        up += "/.."
    return None


def _upwards(folder: str, root: str) -> list[str]:
    """Return *folder* and those above it up to *root*; alone where it is not below *root*."""
    found = [folder]
    while found[-1] != root:
        above = absolute(found[-1], "..")
        if above == found[-1]:
            return [folder]
        found.append(above)
    return found


def _text(files: Files, path: str) -> str:
    if not files.is_file(path):
        return ""
    try:
        data = files.read(path)
        return data.decode("utf-8-sig") if len(data) <= _MAX_BYTES else ""
    except (OSError, ValueError):
        return ""


def _lines(text: str) -> Iterator[tuple[list[str], int]]:
    """Yield the words of each line that has any, with its number; `#` begins a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        words = line.partition("#")[0].split()
        if words:
            yield words, number


def _version(word: str) -> str | None:
    compact = re.fullmatch(_COMPACT, word)
    if compact:
        return f"3.{compact[1]}"
    found = re.fullmatch(_VERSION, word)
    return found["version"] if found else None


def _first_line(text: str) -> Iterator[tuple[str, int]]:
    """Read `.python-version` and `runtime.txt`: of several Pythons, the first is the one called python."""
    for words, line in _lines(text):
        version = _version(words[0])
        if version:
            yield version, line
        return


def _tool_versions(text: str) -> Iterator[tuple[str, int]]:
    for words, line in _lines(text):
        if words[0] == "python" and len(words) > 1:
            version = _version(words[1])
            if version:
                yield version, line
            return


def _mise(text: str) -> Iterator[tuple[str, int]]:
    try:
        tools = parse_toml(text).get("tools")
    except ValueError:
        return
    value: Any = tools.get("python", tools.get("core:python")) if isinstance(tools, dict) else None
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("version") if isinstance(value, dict) else value
    version = _version(value) if isinstance(value, str) else None
    if version:
        lines = TomlLines(text)
        places = (("tools", "python"), ("tools", "core:python"), ("tools.python", "version"))
        yield version, next(filter(None, (lines.key(*place) for place in places)), 0)


_READERS: Final[tuple[tuple[str, Callable[[str], Iterator[tuple[str, int]]]], ...]] = (
    (".python-version", _first_line),
    (".tool-versions", _tool_versions),
    ("mise.toml", _mise),
    (".mise.toml", _mise),
    ("runtime.txt", _first_line),
)
"""In the order in which they count in one folder."""
