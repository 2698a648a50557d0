"""What a run asked the world, and what it then said: enough to say it again once the answers are the same.

A run is a function of its command line, its surroundings, the files that it looked for and the documents of
the index. A trace names every one of these with a digest of its answer (a "verifying trace", as in Mokhov,
Mitchell and Peyton Jones, "Build Systems à la Carte", 2018). Where all still answer alike, so would the run.

This module is all that a repeated command imports, next to `os` and `hashlib`.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archcheck.files import Files

T = TypeVar("T")
_MAGIC = "archcheck-trace-1"
_CLOCK_SLACK = 60.0
LAYOUT = "v3"
"""The version of the cache's layout, and the folder in it that has all files of that version."""


class Consulted(NamedTuple):
    """A document of the index that can change: where it is, how to ask for it, and what it said.

    `digest` is that of the cached body; `path` is the cache's file, and `stamp` tells whether that is the
    one that was read.
    """

    kind: str
    url: str
    accept: str
    digest: str
    path: str = ""
    stamp: str = ""


class Trace(NamedTuple):
    """One run: its exit code and text, and all that these depend on.

    `moment` stands in the text once, as the time at which it was made; empty where no time does. The
    documents are `fresh_until` then (seconds since the epoch), counted from `stored_at`.
    """

    code: int
    moment: str
    stored_at: float
    fresh_until: float
    asked: tuple[tuple[str, str, str], ...]
    consulted: tuple[Consulted, ...]
    text: str

    def encode(self) -> bytes:
        """Return the trace as `decode` reads it."""
        fields = [
            *map(str, (self.code, self.moment, repr(self.stored_at), repr(self.fresh_until))),
            str(len(self.asked)),
            *(field for question in self.asked for field in question),
            str(len(self.consulted)),
            *(field for document in self.consulted for field in document),
            self.text,
        ]
        body = "\0".join(fields).encode("utf-8", "surrogatepass")
        return b"\0".join((_MAGIC.encode(), hashlib.sha256(body).hexdigest().encode(), body))

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Return the trace in *data*; None where it is cut off, altered, or of another version."""
        magic, _, rest = data.partition(b"\0")
        digest, _, body = rest.partition(b"\0")
        if magic != _MAGIC.encode() or digest.decode("latin-1") != hashlib.sha256(body).hexdigest():
            return None
        fields = iter(body.decode("utf-8", "surrogatepass").split("\0"))
        code, moment, stored_at, fresh_until = int(next(fields)), *_take(fields, 3)
        asked = tuple((next(fields), next(fields), next(fields)) for _ in range(int(next(fields))))
        consulted = tuple(Consulted(*_take(fields, 6)) for _ in range(int(next(fields))))
        return cls(
            code=code,
            moment=moment,
            stored_at=float(stored_at),
            fresh_until=float(fresh_until),
            asked=asked,
            consulted=consulted,
            text="\0".join(fields),
        )

    def holds(self, files: Files) -> bool:
        """Return whether every file that the run looked for answers *files* as it did then."""
        return all(answer(files, question, path) == said for question, path, said in self.asked)

    def is_fresh(self, now: float) -> bool:
        """Return whether the index need not be asked: nothing is past its time, the cache as it was."""
        in_time = self.stored_at <= now + _CLOCK_SLACK and now < self.fresh_until
        return in_time and all(stamp(document.path) == document.stamp for document in self.consulted)


def _take(fields: Iterator[str], count: int) -> list[str]:
    return [next(fields) for _ in range(count)]


class Noting:
    """*files*, with a note of each question to them and of the answer."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._answers: dict[tuple[str, str], str] = {}
        self.repeatable = True
        """Whether the same may be asked again: not what can be read once, as a pipe, or has changed since."""

    @property
    def asked(self) -> tuple[tuple[str, str, str], ...]:
        """Every question with its answer's digest, in the order in which they came up."""
        return tuple((question, path, said) for (question, path), said in self._answers.items())

    def read(self, path: str) -> bytes:
        """Return the contents of *path*."""
        if path == "-" or path.startswith("/dev/"):
            self.repeatable = False
        return self._noted(self._files.read, path)

    def is_file(self, path: str) -> bool:
        """Return whether *path* is a file that is there."""
        return self._noted(self._files.is_file, path)

    def is_folder(self, path: str) -> bool:
        """Return whether *path* is a folder that is there."""
        return self._noted(self._files.is_folder, path)

    def entries(self, path: str) -> tuple[str, ...]:
        """Return the names in the folder *path*."""
        return self._noted(self._files.entries, path)

    def _noted(self, question: Callable[[str], T], path: str) -> T:
        try:
            found = question(path)
        except (OSError, ValueError) as error:
            self._note(question.__name__, path, _told(error))
            raise
        self._note(question.__name__, path, _told(found))
        return found

    def _note(self, question: str, path: str, said: str) -> None:
        # What was looked for may have been an address with a password in it, which is written nowhere.
        if (
            self._answers.setdefault((question, path), said) != said
            or "\0" in path
            or {":", "@"} <= set(path)
        ):
            self.repeatable = False


def answer(files: Files, question: str, path: str) -> str:
    """Return what *files* say to a question that was noted, as it was noted."""
    try:
        return _told(getattr(files, question)(path))
    except (OSError, ValueError) as error:
        return _told(error)


def _told(answered: object) -> str:
    """Return an answer in few letters: a file's contents, names, yes or no, or a failure."""
    if isinstance(answered, bytes):
        return hashlib.sha256(answered).hexdigest()
    if isinstance(answered, tuple):
        return _told("\0".join(answered).encode("utf-8", "surrogatepass"))
    if isinstance(answered, Exception):
        return f"{type(answered).__name__} {getattr(answered, 'errno', '')}"
    return str(answered)


def stamp(path: str | int) -> str:
    """Return what tells one version of the file at *path* (or open as it) from the next; empty for none.

    The cache writes a file beside the old one and renames it, so that a new version is a new file.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - pathlib costs more than all the rest of a repeated command
    except OSError:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


def place(folder: str, key: str) -> str:
    """Return where the trace with this *key* (hexadecimal digits) is kept in the cache at *folder*."""
    return os.path.join(folder, LAYOUT, "runs", f"{key}.run")  # noqa: PTH118 - as above


def cache_folder(environ: Mapping[str, str], *, system: str = sys.platform) -> str:
    """Return `ARCHCHECK_CACHE_DIR`, or the place where this system keeps a user's caches."""
    chosen = environ.get("ARCHCHECK_CACHE_DIR")
    if chosen:
        return chosen
    if system == "linux":  # as platformdirs has it, which takes 18 ms to import
        base = environ.get("XDG_CACHE_HOME", "").strip()
        if not os.path.isabs(base):  # noqa: PTH117
            base = os.path.expanduser("~/.cache")  # noqa: PTH111
        return os.path.join(base, "archcheck")  # noqa: PTH118
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return user_cache_dir("archcheck", appauthor=False)
