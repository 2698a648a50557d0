"""Which file of a folder is audited where only the folder is named: a lock before what it is made of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.inputs.lines import escaped
from archcheck.inputs.site_packages import is_environment

if TYPE_CHECKING:
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
    "pyproject.toml": (b"[project]", b"[tool.poetry", b"[dependency-groups]"),
    "setup.cfg": (b"install_requires", b"[options.extras_require]"),
}
_RELATED: Final = ("requirements*.txt", "requirements*.in", "*requirements.txt", "environment*.yml")
_SHOWN: Final = 5


class Discovered(Struct, frozen=True, kw_only=True):
    """What is audited for a folder: `path`, as the user would spell it, and what to say about the choice.

    `kind` is None where the file's name tells it.
    """

    path: str
    kind: str | None = None
    note: str | None = None


def discover(folder: str, *, files: Files, cwd: str) -> Discovered:
    """Return what is audited where the user names *folder*; raises UsageError where there is nothing."""
    place = absolute(cwd, folder)
    if is_environment(place, files):
        return Discovered(path=folder, kind="environment")
    names = files.entries(place)
    found = [
        name
        for pattern in ORDER
        for name in names
        if fnmatchcase(name, pattern) and files.is_file(absolute(place, name)) and _says(place, name, files)
    ]
    if not found:
        raise _nothing(folder, names)
    first, *others = (_spelled(folder, name) for name in dict.fromkeys(found))
    if not others:
        return Discovered(path=first)
    listed = ", ".join(escaped(each) for each in others[:_SHOWN]) + (" …" if len(others) > _SHOWN else "")
    return Discovered(
        path=first,
        note=f"chose {escaped(first)}, which comes first in the order of search; also found: {listed} "
        f"(to audit another, name it: archcheck {escaped(others[0])})",
    )


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


def _nothing(folder: str, names: tuple[str, ...]) -> UsageError:
    related = [name for name in names if any(fnmatchcase(name, pattern) for pattern in _RELATED)]
    where = "this folder" if folder == "." else escaped(folder)
    expected = ", ".join(name for name in ORDER if "*" not in name)
    hint = "name a file, or - for standard input"
    if related:
        there = ", ".join(escaped(_spelled(folder, name)) for name in related[:_SHOWN])
        hint = f"there is {there}: name what you mean"
    elif "requirements" in names:
        hint = f"look into {escaped(_spelled(folder, 'requirements'))}/ and name a file of it"
    return UsageError(f"no input: {where} has none of {expected}; {hint}")


def _spelled(folder: str, name: str) -> str:
    return str(PurePath(folder, name))
