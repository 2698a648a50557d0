"""Where the bytes of one wheel come from: parts of it over HTTP, or a file that is open."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Protocol

from archcheck.index.coroutines import together
from archcheck.index.documents import Absent
from archcheck.index.http.addresses import file_path, is_remote
from archcheck.index.http.failures import refused
from archcheck.index.metadata.downloads import open_file
from archcheck.index.metadata.ranges import Part
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.binaries.sparse import NeedRange
    from archcheck.index.documents import Documents
    from archcheck.index.http.messages import Stats
    from archcheck.index.metadata.ranges import Ranges
    from archcheck.index.model import IndexFile

SMALL = 4 * 2**20
"""Bytes of a wheel that is downloaded as a whole where its host gives no parts of it."""
_SLACK = 64 * 1024  # an answer with the part of a small file may bring all of it


class WheelBytes(Protocol):
    """The bytes of one wheel; `size` is how many there are, and `known` maps offsets to those had already."""

    size: int
    known: dict[int, bytes]

    async def get(self, wanted: Iterable[NeedRange]) -> dict[int, bytes] | Unavailable:
        """Return the bytes of each range that is *wanted*, by its start."""
        ...

    def close(self) -> None:
        """Give back what is open."""
        ...


class Opened:
    """A file that is open: from disk, or downloaded as a whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, 2)
        self.known: dict[int, bytes] = {}

    async def get(self, wanted: Iterable[NeedRange]) -> dict[int, bytes] | Unavailable:
        """Return the bytes of each range that is *wanted*, by its start."""
        found = {}
        for each in wanted:
            self._stream.seek(each.start)
            found[each.start] = self._stream.read(each.end - each.start)
        return found

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class Remote:
    """A file of *size* bytes of which parts are asked for; *first* is one that is there already."""

    def __init__(
        self, ranges: Ranges, file: IndexFile, size: int, stats: Stats, *, first: Part | None = None
    ) -> None:
        self._ranges = ranges
        self._file = file
        self._stats = stats
        self.size = size
        self.known = {} if first is None else {first.start: first.data}

    async def get(self, wanted: Iterable[NeedRange]) -> dict[int, bytes] | Unavailable:
        """Return the bytes of each range that is *wanted*, by its start; all are asked for at once."""
        answers = await together([self._part(each) for each in wanted])
        failure = next((each for each in answers if isinstance(each, Unavailable)), None)
        if failure is not None:
            return failure
        return {each.start: each.data for each in answers if isinstance(each, Part)}

    def close(self) -> None:
        """Do nothing: nothing is open."""

    async def _part(self, span: NeedRange) -> Part | Unavailable:
        length = span.end - span.start
        part = await self._ranges.part(self._file, f"{span.start}-{span.end - 1}", limit=length + _SLACK)
        if isinstance(part, Unavailable):
            return part
        if isinstance(part, Absent):
            return _refused(self._file, part)
        if not isinstance(part, Part):
            with part:
                part.seek(span.start)
                part = Part(start=span.start, size=self.size, data=part.read(length))
        if part.size != self.size or part.start != span.start or len(part.data) != length:
            reason = f"{self._file.filename}: other bytes came than were asked for"
            return Unavailable(reason=reason, incomplete=True)
        self._stats.inspected += length
        return part


async def open_bytes(
    documents: Documents, ranges: Ranges, file: IndexFile, stats: Stats
) -> WheelBytes | Unavailable:
    """Return what gives the bytes of the wheel *file*; its end is known where it is not open already.

    Where its host gives no parts, a wheel of more than `SMALL` bytes is not downloaded for a look into it. A
    host that gave none of another wheel is asked all the same, so that the order of questions tells nothing.
    """
    if file.url == file.filename or not (file_path(file.url) or is_remote(file.url)):  # as a lock may have it
        return Unavailable(reason=f"{file.filename}: not looked into, since nothing tells where it is")
    if file_path(file.url) is not None:
        stream = await open_file(documents, file)
        return stream if isinstance(stream, Unavailable) else Opened(stream)
    return await _open_remote(ranges, file, stats)


async def _open_remote(ranges: Ranges, file: IndexFile, stats: Stats) -> WheelBytes | Unavailable:
    from archcheck.binaries.directory import first_tail  # noqa: PLC0415 - zipfile

    kept = ranges.kept(file)
    if kept is not None:
        return Remote(ranges, file, kept.size, stats, first=kept)
    size = file.size or None
    tail = first_tail(size)
    wanted = f"-{tail}" if size is None else f"{size - tail}-{size - 1}"
    part = await ranges.part(file, wanted, limit=SMALL)
    if isinstance(part, Unavailable):
        return part
    if isinstance(part, Absent):
        return _refused(file, part)
    if isinstance(part, Part):
        stats.inspected += len(part.data)
        return Remote(ranges, file, part.size, stats, first=part)
    with ExitStack() as closed:
        closed.callback(part.close)
        opened = Opened(part)
        stats.inspected += opened.size
        closed.pop_all()
        return opened


def _refused(file: IndexFile, absent: Absent) -> Unavailable:
    return Unavailable(reason=f"{file.filename}: {refused(file.url, absent.status)}", incomplete=True)
