"""Files for input that is not trusted: nothing outside of the checkout, wherever links lead."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from archcheck.files import STDIN, Disk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.files import Files, Node

_MAX_WALKED: Final = 20_000
# Where actions/checkout leaves the job's token, and git its own credentials.
_HIDDEN: Final = ".git"


class Checkout:
    """The folder that everything has to be in, `root`: the git work tree around *cwd*, else *cwd* itself.

    Where folders are named *within* which everything has to be, it is these, and `root` is the first.
    """

    def __init__(self, cwd: str, within: Sequence[str] = ()) -> None:
        here = Path(os.path.realpath(cwd))
        around = (folder for folder in (here, *here.parents) if (folder / _HIDDEN).exists())
        roots = tuple(Path(os.path.realpath(each)) for each in within) or (next(around, here),)
        self.root = roots[0]
        self._inside = tuple(os.path.join(os.path.normcase(each), "") for each in roots)  # noqa: PTH118 - ends with a separator
        self._outside = (
            "Outside of the folders that may be read"
            if within
            else "Outside of the checkout: not read under --untrusted"
        )

    def has(self, path: str) -> bool:
        """Return whether *path*, its links followed, is inside, and so is all that is in it."""
        return self._holds(path, pages=True)

    def lists(self, path: str) -> bool:
        """Return whether *path* is inside like that, and has no page, which could lead anywhere."""
        return os.path.isdir(path) and self._holds(path, pages=False)  # noqa: PTH112 - as in the walk

    def _holds(self, path: str, *, pages: bool) -> bool:
        if not self.leads_inside(path):
            return False
        walked = 0
        for folder, folders, names in os.walk(path):
            for name in (*folders, *names):
                walked += 1
                inner = os.path.join(folder, name)  # noqa: PTH118 - texts: there are many
                if walked > _MAX_WALKED or (os.path.islink(inner) and not self.leads_inside(inner)):  # noqa: PTH114
                    return False
                if not pages and name.lower().endswith((".html", ".htm")):
                    return False
            folders[:] = [name for name in folders if name != _HIDDEN]
        return True

    def real(self, path: str) -> str:
        """Return where *path* leads; raises OSError where that is outside."""
        real = os.path.realpath(path)
        if not self._has_real(real):
            raise PermissionError(errno.EPERM, self._outside, path)
        return real

    def leads_inside(self, path: str) -> bool:
        """Return whether *path*, its links followed, is inside; what git keeps is not."""
        try:
            return self._has_real(os.path.realpath(path))
        except ValueError:
            return False

    def _has_real(self, real: str) -> bool:
        """Return whether *real*, in which no link is left, is inside."""
        inner = os.path.join(os.path.normcase(real), "")  # noqa: PTH118 - a hundred thousand files are asked
        for root in self._inside:
            if inner.startswith(root):
                return _HIDDEN not in inner[len(root) :].lower().split(os.sep)  # noqa: PTH206 - as above
        return False


class Confined:
    """The real files, as far as they are in the *checkout*."""

    def __init__(self, checkout: Checkout, files: Files | None = None) -> None:
        self._checkout = checkout
        self._files = files or Disk()

    def read(self, path: str) -> bytes:
        """Return the contents of a file; raises OSError for one outside."""
        return self._files.read(path if path == STDIN else self._checkout.real(path))

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file inside."""
        return self._there(path) and self._files.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder inside."""
        return self._there(path) and self._files.is_folder(path)

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder inside, sorted."""
        return self._files.entries(path) if self._there(path) else ()

    def look(self, path: str) -> Node:
        """Return what is at *path*; raises OSError for what is, or leads, outside."""
        self._checkout.real(path)
        return self._files.look(path)

    def open(self, path: str) -> BinaryIO:
        """Return a file inside, open for reading; raises OSError for one outside."""
        return self._files.open(self._checkout.real(path))

    def _there(self, path: str) -> bool:
        try:
            self._checkout.real(path)
        except (OSError, ValueError):
            return False
        return True
