"""How readers get at files: the port, the disk behind it, and where a relative path leads."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import BinaryIO, Literal, NamedTuple, Protocol

STDIN = "-"
TYPED = "(command line)"
"""The path that requirements have which stand on the command line itself."""
NAMELESS = frozenset({STDIN, TYPED})
"""The paths behind which there is no file to change, or to name again."""
RUN = " (RUN pip install)"
"""What stands behind the path of a Dockerfile, of what its lines install that no file names."""
_STDIN_FILE = "/dev/stdin"
_DEVICES = "/dev/"
MAX_BYTES = 16 * 2**20  # ten times the largest hashed lock file that people keep
MAX_ENTRIES = 100_000  # of one folder


class Node(NamedTuple):
    """What is at a path: `what` it is that a link there leads to in the end, which is `real`.

    `size` is in bytes. `link` tells whether it is a symbolic link itself, `executable` whether anybody may
    run it. What is neither file nor folder (a FIFO, a device, a broken link) is "other".
    """

    what: Literal["file", "folder", "other"]
    size: int = 0
    executable: bool = False
    link: bool = False
    real: str = ""


class Files(Protocol):
    """The files that an input may name. Paths are absolute, or `-` for standard input."""

    def read(self, path: str) -> bytes:
        """Return the contents of *path*; raises OSError with a reason in words."""
        ...

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file that is there."""
        ...

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder that is there."""
        ...

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in the folder *path*, sorted; none where it cannot be read."""
        ...

    def look(self, path: str) -> Node:
        """Return what is at *path*, without opening it; raises OSError where nothing is."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Return the regular file at *path*, of any size, to read from any place; raises OSError."""
        ...


class Disk:
    """The real files."""

    def read(self, path: str) -> bytes:
        """Return the contents of a regular file; raises OSError for all else, and above `MAX_BYTES`."""
        if path == STDIN:
            if sys.stdin is None:  # `archcheck - <&-`
                raise OSError(errno.EBADF, "Standard input is closed", path)
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open_regular(path) as file:
                data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise OSError(errno.EFBIG, f"File too large (over {MAX_BYTES:,} bytes)", path)
        return data

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file on the disk."""
        return os.path.isfile(path)  # noqa: PTH113 - Path raises for a name that is too long

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder on the disk."""
        return os.path.isdir(path)  # noqa: PTH112 - as above

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder on the disk, sorted."""
        try:
            return tuple(sorted(os.listdir(path))[:MAX_ENTRIES])  # noqa: PTH208 - names alone, not paths
        except (OSError, ValueError):
            return ()

    def look(self, path: str) -> Node:
        """Return what is at *path* on the disk."""
        own = os.lstat(path)
        link = stat.S_ISLNK(own.st_mode)
        try:
            led = os.stat(path) if link else own  # noqa: PTH116 - as above
        except OSError:
            return Node("other", link=True)
        mode = led.st_mode
        what: Literal["file", "folder", "other"] = (
            "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
        )
        real = os.path.realpath(path) if link or what == "folder" else path
        return Node(what, led.st_size, bool(mode & 0o111) and what == "file", link, real)

    def open(self, path: str) -> BinaryIO:
        """Return a regular file, open for reading."""
        return open_regular(path)


def open_regular(path: str) -> BinaryIO:
    """Return the file at *path*, whoever named it, open for reading; whoever reads it bounds how much.

    Raises OSError where opening or reading it could wait for ever (`-r /dev/zero`, a FIFO). `/dev/fd/…` is
    let through, which is what a shell makes of `archcheck <(pip freeze)`, and `/dev/stdin`.
    """
    mode = os.stat(path).st_mode  # noqa: PTH116 - as above
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "Is a folder", path)
    if not stat.S_ISREG(mode) and not path.startswith(("/dev/fd/", _STDIN_FILE)):
        raise OSError(errno.EINVAL, "Not a regular file", path)
    return open(path, "rb")  # noqa: PTH123 - pathlib costs what reading ten files does


def is_nameless(path: str) -> bool:
    """Return whether there is no file at *path* to change, or to name again.

    That is standard input, `archcheck <(pip freeze)`, and what a Dockerfile installs by name.
    """
    return path in NAMELESS or path.startswith(_DEVICES) or path.endswith(RUN)


def absolute(cwd: str, path: str) -> str:
    """Return *path* as seen from the absolute folder *cwd*, with `..` resolved by its letters alone."""
    return os.path.normpath(os.path.join(cwd, path))  # noqa: PTH118 - as above


def beside(file: str, path: str) -> str:
    """Return *path* as seen from the folder of *file*; as relative as *file* itself."""
    return os.path.normpath(os.path.join(os.path.dirname(file), path))  # noqa: PTH118, PTH120 - as above
