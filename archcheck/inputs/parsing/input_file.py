"""The file that the user names, opened: its bytes, read once, and where its relative paths begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from archcheck.files import STDIN, absolute
from archcheck.inputs.parsing.messages import failure, words
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from archcheck.files import Files, Node


class Passing:
    """Files as *files* has them; who is made of it adds to what reading does."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def read(self, path: str) -> bytes:
        """Return the contents of *path*."""
        return self._files.read(path)

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file that is there."""
        return self._files.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder that is there."""
        return self._files.is_folder(path)

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in the folder *path*."""
        return self._files.entries(path)

    def look(self, path: str) -> Node:
        """Return what is at *path*."""
        return self._files.look(path)

    def open(self, path: str) -> BinaryIO:
        """Return the file at *path*, open for reading."""
        return self._files.open(path)


class Remembering(Passing):
    """Files that are read once: standard input is gone when it has been looked at."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self._read: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """Return the contents of *path*, from the first time."""
        if path not in self._read:
            self._read[path] = super().read(path)
        return self._read[path]


def read_named(path: str, *, files: Files, cwd: str, expected: str) -> bytes:
    """Return the contents of *path*, seen from *cwd*; the InputError says what was *expected* there."""
    try:
        return files.read(path if path == STDIN else absolute(cwd, path))
    except (OSError, ValueError) as error:
        raise failure(Location(path=path), f"{words(error)}; expected {expected}") from None


def folder_of(path: str, cwd: str) -> str:
    """Return the absolute folder of the file *path*; *cwd* for standard input."""
    return cwd if path == STDIN else absolute(absolute(cwd, path), "..")
