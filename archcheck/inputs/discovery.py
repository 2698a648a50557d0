"""Which file of a folder is audited where only the folder is named: a lock before what it is made of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.inputs.installed.site_packages import holds_distributions, is_environment
from archcheck.inputs.parsing.lines import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.files import Files

ORDER: Final = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "pylock.*.toml",
    "Pipfile.lock",
    "requirements.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
    "environment.yml",
    "environment.yaml",
)
"""The names that are looked for, the one to take first."""

# Files of these names often hold the settings of tools alone: without such a word, no dependencies.
_TELLING: Final = {
    "pyproject.toml": (b"[project", b"[tool.poetry", b"[dependency-groups]"),
    "setup.cfg": (b"install_requires", b"install-requires", b"[options.extras_require]"),
}
_RELATED: Final = ("requirements*.txt", "requirements*.in", "*requirements.txt", "environment*.yml")
_LISTS: Final = (".txt", ".in")
_SHOWN: Final = 5
_MAX_FOLDERS: Final = 200
_MAX_ABOVE: Final = 5


class Discovered(Struct, frozen=True, kw_only=True):
    """What is audited for a folder: `path`, as the user would spell it, and what to say about the choice.

    `kind` is None where the file's name tells it.
    """

    path: str
    kind: str | None = None
    note: str | None = None


def discover(folder: str, *, files: Files, cwd: str) -> Discovered:
    """Return what is audited where the user names *folder*; raises UsageError where there is nothing.

    An environment made in the project's own folder (`python -m venv .`) yields to what the project states.
    """
    place = absolute(cwd, folder)
    found = () if holds_distributions(place) else tuple(_stated(place, files))
    if not found and is_environment(place, files):
        return Discovered(path=folder, kind="environment")
    if not found:
        raise _nothing(folder, place, files)
    first, *others = (_spelled(folder, name) for name in found)
    if not others:
        return Discovered(path=first)
    listed = ", ".join(escaped(each) for each in others[:_SHOWN]) + (" …" if len(others) > _SHOWN else "")
    return Discovered(
        path=first,
        note=f"chose {escaped(first)}, which comes first in the order of search; also found: {listed} "
        f"(to audit another, name it: archcheck {escaped(others[0])})",
    )


def _stated(place: str, files: Files) -> dict[str, None]:
    """Return the names in the folder *place* that are looked for, in the order of search."""
    names = files.entries(place)
    return {
        name: None
        for pattern in ORDER
        for name in names
        if fnmatchcase(name, pattern) and files.is_file(absolute(place, name)) and _says(place, name, files)
    }


def _says(folder: str, name: str, files: Files) -> bool:
    """Return whether the file *name* can say dependencies; one that cannot be read is not passed over."""
    words = _TELLING.get(name)
    if words is None:
        return True
    try:
        data = files.read(absolute(folder, name))
    except (OSError, ValueError):
        return True
    return any(word in data for word in words)


def _nothing(folder: str, place: str, files: Files) -> UsageError:
    where = "this folder" if folder == "." else escaped(folder)
    expected = ", ".join(name for name in ORDER if "*" not in name)
    there = [escaped(_spelled(folder, name)) for name in islice(_nearby(place, files), _SHOWN)]
    hint = (
        f"there is {', '.join(there)}: name what you mean"
        if there
        else "name a file, or - for standard input"
    )
    return UsageError(f"no input: {where} has none of {expected}; {hint}")


def _nearby(place: str, files: Files) -> Iterator[str]:
    """Yield what may have been meant, nearest first: in the folder, one below it, and the first one above."""
    names = files.entries(place)
    yield from (name for name in names if any(fnmatchcase(name, pattern) for pattern in _RELATED))
    for name in names[:_MAX_FOLDERS]:
        below = absolute(place, name)
        if not name.startswith(".") and files.is_folder(below):
            listed = _stated(below, files)
            if name == "requirements":
                listed |= dict.fromkeys(each for each in files.entries(below) if each.endswith(_LISTS))
            yield from (f"{name}/{each}" for each in listed)
    for levels, above in enumerate(list(PurePath(place).parents)[:_MAX_ABOVE], start=1):
        if listed := _stated(str(above), files):
            yield from ("../" * levels + each for each in listed)
            return


def _spelled(folder: str, name: str) -> str:
    return str(PurePath(folder, name))
