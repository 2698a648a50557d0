"""The files of one repository, by paths from its root: nothing outside is read, wherever links lead."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from archcheck.files import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from archcheck.files import Files, Node

T = TypeVar("T")


class Tree:
    """The repository in the absolute folder *root*, read through *files*, which must keep to it.

    All paths given and returned are relative to the root, with `/` between folders; the root is `.`. What
    readers made of its files is kept with it: in one run they are what they are.
    """

    def __init__(self, root: str, files: Files) -> None:
        self.root = root
        self.files = files
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what *make* returns, which is asked once for each *key*."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def read(self, path: str) -> bytes:
        """Return the contents of the file at *path*; raises OSError with a reason in words."""
        return self.files.read(absolute(self.root, path))

    def open(self, path: str) -> BinaryIO:
        """Return the file at *path*, of any size, to read from any place; raises OSError."""
        return self.files.open(absolute(self.root, path))

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file of the repository."""
        return inside(path) and self.files.is_file(absolute(self.root, path))

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder of the repository."""
        return inside(path) and self.files.is_folder(absolute(self.root, path))

    def look(self, path: str) -> Node | None:
        """Return what is at *path*, without opening it; None where nothing of the repository is."""
        try:
            return self.files.look(absolute(self.root, path)) if inside(path) else None
        except OSError:
            return None

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in the folder *path*, sorted; none where it cannot be read."""
        return self.files.entries(absolute(self.root, path)) if inside(path) else ()


def seen_from(folder: str, path: str) -> str | None:
    """Return where *path* leads from *folder*, a path from the root; None where that is outside of it."""
    joined = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    return joined if inside(joined) else None


def handled_in(tree: Tree, folder: str, handler: Any) -> str:
    """Return *folder*; where the *handler* is in one below it that is not in *tree*, that one.

    `src/app.main` names a folder; `src.app.main` may be a package that is installed.
    """
    inner, slash, _ = handler.rpartition("/") if isinstance(handler, str) else ("", "", "")
    found = seen_from(folder, inner) if slash and "${" not in inner and tree.is_folder(folder) else None
    return folder if found is None or tree.is_folder(found) else found


def folder_of(path: str) -> str:
    """Return the folder of the file at *path*; the root is `.`."""
    return posixpath.dirname(path) or "."


def inside(path: str) -> bool:
    """Return whether *path*, normalised, stays below the root; Windows' `c:x` does not."""
    drive = path[1:2] == ":" and path[0].isalpha()
    return not path.startswith(("/", "../")) and path != ".." and "\0" not in path and not drive
