"""The folder of a setuptools project, and the requirements kept in files beside the main one."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.errors import InputError
from archcheck.files import STDIN, absolute, beside
from archcheck.formats import FORMATS
from archcheck.inputs.declarations import Stated, Unsaid
from archcheck.inputs.parsing.input_file import folder_of, read_named
from archcheck.inputs.parsing.logical_lines import decode, logical_lines
from archcheck.inputs.parsing.messages import failure, shown, words
from archcheck.manifest.manifest import Location
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files

INSTEAD = (
    "audit what it comes to instead: a lock or requirements file made of it (uv lock, pip-compile), "
    "or the environment where it is installed (--environment)"
)

# What is not made for pip to build says everything in plain words, the best first; a glob is no file to name.
_WRITTEN_OUT: Final = tuple(
    name for each in FORMATS if each.pip != "." for name in each.names if "*" not in name
)


class Home(Struct, frozen=True, kw_only=True):
    """A project's main file: `path` as the user spells it, `folder` (absolute) where it is."""

    path: str
    folder: str
    files: Files

    def sibling(self, name: str) -> str:
        """Return how to spell the file *name* beside the main file."""
        return absolute(self.folder, name) if self.path == STDIN else beside(self.path, name)

    def has(self, name: str) -> bool:
        """Return whether the file *name* is beside the main file."""
        return self.files.is_file(absolute(self.folder, name))

    def read(self, name: str, location: Location) -> str:
        """Return the text of the file *name*, which must be inside the folder, as for setuptools."""
        file = absolute(self.folder, name)
        if not PurePath(file).is_relative_to(self.folder):
            raise failure(
                location, f"{shown(name)} is outside the project; expected a file inside its folder"
            )
        try:
            return decode(self.files.read(file), self.sibling(name))
        except (OSError, ValueError) as error:
            message = f"{shown(name)}: {words(error)}; expected a file of requirements"
            raise failure(location, message) from None

    @property
    def instead(self) -> str:
        """What to audit where the project's own files do not say what it asks for: a lock, first of all."""
        beside = next(filter(self.has, _WRITTEN_OUT), None)
        if beside is None:
            return INSTEAD
        return f"audit {beside}, which is beside it, or {INSTEAD.removeprefix('audit ')}"


def open_home(path: str, *, files: Files, cwd: str, expected: str) -> tuple[Home, bytes]:
    """Return the project whose main file is *path*, and that file's bytes."""
    data = read_named(path, files=files, cwd=cwd, expected=expected)
    return Home(path=path, folder=folder_of(path, cwd), files=files), data


def listed_in(home: Home, names: Iterable[str], location: Location) -> tuple[Stated, ...]:
    """Return the requirements in the files *names*, one a line; setuptools takes no options there."""
    return tuple(
        Stated(text=line.text, location=line.location)
        for name in names
        for line in logical_lines(home.read(name, location), path=home.sibling(name), environ={})
    )


def or_unsaid(read: Callable[[], tuple[Stated, ...]]) -> tuple[Stated | Unsaid, ...]:
    """Return what *read* does, or what stands in for it: an extra's missing file is no matter without it."""
    try:
        return read()
    except InputError as error:
        text, _, instead = error.message.partition("; ")
        place = Location(path=error.path, line=error.line or 0)
        return (Unsaid(text=text, instead=instead, location=place),)


def without_comment(line: str) -> str:
    """Return a line of one of setuptools' lists without the comment that begins it or stands behind it."""
    stripped = line.strip()
    return "" if stripped.startswith("#") else stripped.partition(" #")[0].rstrip()


def specifier(text: str, location: Location, key: str) -> SpecifierSet:
    """Return *text* as a version range; raises InputError that names *key*."""
    try:
        return parse_specifier(text)
    except ValueError:
        message = f"{key}: {shown(text)} is not a version range; expected one such as >=3.11"
        raise failure(location, message) from None
