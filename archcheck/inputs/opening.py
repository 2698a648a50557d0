"""The file that the user names, opened: its bytes, and where its relative paths begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.files import STDIN, absolute
from archcheck.inputs.lines import failure, words
from archcheck.manifest import Location

if TYPE_CHECKING:
    from archcheck.files import Files


def read_named(path: str, *, files: Files, cwd: str, expected: str) -> bytes:
    """Return the contents of *path*, seen from *cwd*; the InputError says what was *expected* there."""
    try:
        return files.read(path if path == STDIN else absolute(cwd, path))
    except (OSError, ValueError) as error:
        raise failure(Location(path=path), f"{words(error)}; expected {expected}") from None


def folder_of(path: str, cwd: str) -> str:
    """Return the absolute folder of the file *path*; *cwd* for standard input."""
    return cwd if path == STDIN else absolute(absolute(cwd, path), "..")
