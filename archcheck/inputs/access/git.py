"""The files of a git commit as they are there: the work tree is neither read nor touched."""

from __future__ import annotations

import errno
import subprocess
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO

from archcheck.errors import UsageError
from archcheck.files import MAX_BYTES, MAX_ENTRIES, Node

_TIMEOUT = 60  # seconds; a partial clone may have to ask its server for a file
# No helper that a repository's own configuration names is to run, and nothing is to wait for a password.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager")


class GitFiles:
    """The files of the commit *revision* in the repository around the absolute folder *cwd*.

    Links are followed within the commit. Raises `UsageError` where there is no such repository or commit.
    """

    def __init__(self, cwd: str, revision: str) -> None:
        self._cwd = cwd
        top = _run(cwd, "rev-parse", "--show-toplevel")
        if top is None:
            raise UsageError(f"{revision}: {cwd} is in no git repository, or git is not installed")
        self._top = PurePath(top.decode("utf-8", "surrogateescape").removesuffix("\n"))
        found = _run(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found is None:
            raise UsageError(
                f"{revision}: no such commit here; fetch it first (git fetch --depth=1 origin {revision})"
            )
        self._commit = found.decode("ascii").strip()

    def read(self, path: str) -> bytes:
        """Return the contents of *path* in the commit; raises OSError where it has none."""
        kind, data = self._object(path)
        if kind == "tree":
            raise IsADirectoryError(errno.EISDIR, "Is a folder", path)
        if kind != "blob":
            raise FileNotFoundError(errno.ENOENT, f"Not a file of the commit {self._commit[:10]}", path)
        if len(data) > MAX_BYTES:
            raise OSError(errno.EFBIG, f"File too large (over {MAX_BYTES:,} bytes)", path)
        return data

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file of the commit."""
        return self._object(path)[0] == "blob"

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder of the commit."""
        return self._object(path)[0] == "tree"

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in the folder *path* of the commit, sorted."""
        name = self._name(path)
        listed = (
            None
            if name is None
            else _run(self._cwd, "ls-tree", "-z", "--name-only", f"{self._commit}:{name}")
        )
        names = (listed or b"").decode("utf-8", "surrogateescape").split("\0")
        return tuple(sorted(filter(None, names))[:MAX_ENTRIES])

    def look(self, path: str) -> Node:
        """Return what is at *path* in the commit, links followed; modes are not asked for."""
        kind, data = self._object(path)
        if kind == "missing":
            raise FileNotFoundError(errno.ENOENT, f"Not a file of the commit {self._commit[:10]}", path)
        return Node("folder" if kind == "tree" else "file", len(data), real=path)

    def open(self, path: str) -> BinaryIO:
        """Return the contents of *path* in the commit as a file; raises OSError as `read` does."""
        return BytesIO(self.read(path))

    def _name(self, path: str) -> str | None:
        """Return what git calls *path*; None outside of the repository."""
        try:
            name = PurePath(path).relative_to(self._top).as_posix()
        except ValueError:
            return None
        return None if "\n" in name else "" if name == "." else name

    def _object(self, path: str) -> tuple[str, bytes]:
        """Return the kind of git object at *path*, links followed, and its contents."""
        name = self._name(path)
        if name is None:
            return "missing", b""
        asked = f"{self._commit}:{name}\n".encode("utf-8", "surrogateescape")
        answer = _run(self._cwd, "cat-file", "--batch", "--follow-symlinks", data=asked) or b""
        head, _, data = answer.partition(b"\n")
        words = head.split(b" ")
        return (words[1].decode(), data[:-1]) if words[-1].isdigit() and len(words) == 3 else ("missing", b"")  # noqa: PLR2004


def _run(cwd: str, *arguments: str, data: bytes = b"") -> bytes | None:
    """Return what git answers, or None where it refuses."""
    try:
        done = subprocess.run(
            [*_GIT, *arguments], cwd=cwd, input=data, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
