"""What a wheel holds: its table of contents, the first bytes of its native files, and more where asked.

A request takes as long as some kilobytes. So where it matters what native files need, their openings are
asked for at once, in the place of their heads: of five in six nothing more has to be read. Several ranges in
one request would be better still, but the default index's host answers that with the whole file.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.members import DEEP_FRONT, FRONT, HEAD, OPENING, Directory
from archcheck.binaries.model import Unreadable
from archcheck.binaries.sparse import NeedRange
from archcheck.index.contents.bytes import Opened, Remote, open_bytes
from archcheck.index.contents.kept import Looked, key
from archcheck.index.coroutines import aside, shared
from archcheck.index.metadata.downloads import open_file
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.binaries.members import Member
    from archcheck.binaries.model import ArchiveContents, Depth, NativeFile, Wanted
    from archcheck.index.contents.bytes import WheelBytes
    from archcheck.index.contents.kept import KeptContents
    from archcheck.index.documents import Documents
    from archcheck.index.http.messages import Stats
    from archcheck.index.metadata.ranges import Ranges
    from archcheck.index.model import Index, IndexFile

_MOST_READS = 8
_MOST_OPENINGS = 256  # files; scipy has 111
_FRONTS = (12 * 1024, FRONT)  # packed bytes of a beginning, as far as the first of them do not tell
_DEEP_FRONTS = (256 * 1024, DEEP_FRONT)
_AT_ONCE = 32 * 2**20  # bytes of one wheel that are held in memory


class WheelContents:
    """Looks into wheels; what two answers need is asked through *questions*, and so asked once.

    What is seen goes to what is *kept*; who asks has looked there.
    """

    def __init__(
        self, documents: Documents, ranges: Ranges, questions: Index, stats: Stats, kept: KeptContents
    ) -> None:
        self._documents = documents
        self._ranges = ranges
        self._questions = questions
        self._stats = stats
        self._kept = kept

    async def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...], *, depth: Depth
    ) -> ArchiveContents | Unavailable:
        """Return what the wheel *file* holds; see `Index.wheel`."""
        if wanted:
            return await self._further(file, wanted, depth=depth)
        looked = await self._look(file, depth=depth)
        if isinstance(looked, Unavailable):
            return looked
        self._kept.remember(file, looked, depth=depth)
        return looked.contents

    async def _further(
        self, file: IndexFile, wanted: tuple[Wanted, ...], *, depth: Depth
    ) -> ArchiveContents | Unavailable:
        contents = await shared(self._questions.wheel(file, depth=depth))
        if isinstance(contents, Unavailable):
            return contents
        looked = self._kept.seen[key(file, depth)]
        source = await self._open_again(file, looked)
        if isinstance(source, Unavailable):
            return source
        with closing(source):
            natives = await _read_further(source, looked, wanted)
        if isinstance(natives, Unavailable):
            return natives
        self._kept.remember_needs(file, wanted, natives, depth=depth)
        return replace(contents, natives=natives)

    async def _look(self, file: IndexFile, *, depth: Depth) -> Looked | Unavailable:
        known = self._kept.seen.get(key(file, "table"))
        source = await (
            self._open_again(file, known)
            if known is not None
            else open_bytes(self._documents, self._ranges, file, self._stats)
        )
        if isinstance(source, Unavailable):
            return source
        with closing(source):
            segments = dict(source.known)
            directory = known.directory if known else await _directory(source, segments, file.filename)
            if isinstance(directory, Unavailable):
                return directory
            contents = await _contents(source, segments, directory, depth)
        if isinstance(contents, Unavailable):
            return contents
        return Looked(contents=contents, directory=directory, in_parts=isinstance(source, Remote))

    async def _open_again(self, file: IndexFile, looked: Looked) -> WheelBytes | Unavailable:
        """Return what gives the bytes of *file*, which was *looked* into, perhaps by another run."""
        if not looked.in_parts:
            stream = await open_file(self._documents, file)
            return stream if isinstance(stream, Unavailable) else Opened(stream)
        return Remote(self._ranges, file, looked.contents.packed, self._stats)


async def _directory(
    source: WheelBytes, segments: dict[int, bytes], filename: str
) -> Directory | Unavailable:
    """Return the wheel's table of contents; what is read for it is added to *segments*."""
    from archcheck.binaries.directory import read_directory  # noqa: PLC0415 - zipfile

    for _ in range(_MOST_READS):
        directory = read_directory(source.size, segments)
        if isinstance(directory, Unreadable):
            return Unavailable(reason=f"{filename}: {directory.reason}")
        if isinstance(directory, Directory):
            return directory
        more = await source.get([directory])
        if isinstance(more, Unavailable):
            return more
        segments |= more
    return Unavailable(reason=f"{filename}: its table of contents leads from one place to the next")


async def _contents(
    source: WheelBytes, segments: Mapping[int, bytes], directory: Directory, depth: Depth
) -> ArchiveContents | Unavailable:
    """Return what the wheel holds, looked into as far as *depth* says."""
    from archcheck.binaries.archive import (  # noqa: PLC0415 - where a wheel is looked into
        cut,
        heads,
        joined,
        listed,
        look,
    )

    if depth == "table":
        return listed(directory)
    count = OPENING if depth == "openings" and len(directory.members) <= _MOST_OPENINGS else HEAD
    spans = heads(directory, count)
    wanted = [span for span, data in zip(spans, cut(segments, spans), strict=True) if not data]
    more = await source.get(joined(wanted, source.size))
    return more if isinstance(more, Unavailable) else look(directory, {**segments, **more}, count)


async def _read_further(
    source: WheelBytes, looked: Looked, wanted: tuple[Wanted, ...]
) -> tuple[NativeFile, ...] | Unavailable:
    """Return the native files of the wheel, those that are *wanted* with what they need."""
    members = {each.path: each for each in looked.directory.members}
    found = {each.path: each for each in looked.contents.natives}
    for some in _portions([each for each in wanted if each.path in found], members):
        data = await _beginnings(source, looked.directory.end, [(each, members[each.path]) for each in some])
        if isinstance(data, Unavailable):
            return data
        read = partial(
            _read, [(found[each.path], members[each.path], each, data[each.path]) for each in some]
        )
        natives = read() if isinstance(source, Opened) else await aside(read)
        found |= {each.path: each for each in natives}
    return tuple(found.values())


def _read(members: list[tuple[NativeFile, Member, Wanted, bytes]]) -> list[NativeFile]:
    from archcheck.binaries.archive import needs_in  # noqa: PLC0415 - where something is read further

    return [needs_in(*each) for each in members]


def _portions(wanted: list[Wanted], members: Mapping[str, Member]) -> Iterator[list[Wanted]]:
    """Yield what is *wanted* in portions that may be held in memory at once."""
    portion: list[Wanted] = []
    size = 0
    for each in wanted:
        size += members[each.path].packed if each.whole else 0
        if portion and size > _AT_ONCE:
            yield portion
            portion, size = [], members[each.path].packed
        portion.append(each)
    if portion:
        yield portion


async def _beginnings(
    source: WheelBytes, end: int, wanted: list[tuple[Wanted, Member]]
) -> dict[str, bytes] | Unavailable:
    """Return each member that is *wanted*, as far as it is: a beginning only until it tells enough."""
    from archcheck.binaries.archive import cut, joined, told  # noqa: PLC0415 - as above

    found: dict[str, bytes] = {}
    for step in range(2):
        spans = {
            member.path: _span(each, member, end, step, len(found.get(member.path, b"")))
            for each, member in wanted
            if step == 0 or not (each.whole or told(member, found[member.path]))
        }
        spans = {path: span for path, span in spans.items() if span.start < span.end}
        more = await source.get(joined(spans.values(), source.size))
        if isinstance(more, Unavailable):
            return more
        for path, data in zip(spans, cut(more, list(spans.values())), strict=True):
            found[path] = found.get(path, b"") + data
    return found


def _span(wanted: Wanted, member: Member, end: int, step: int, known: int) -> NeedRange:
    """Return what to get of *member* in this *step*, where its first *known* bytes are there."""
    from archcheck.binaries.archive import reach  # noqa: PLC0415 - as above

    counts = (member.packed,) * 2 if wanted.whole else _DEEP_FRONTS if wanted.deep else _FRONTS
    span = reach(member, counts[step], end)
    return NeedRange(start=span.start + known, end=span.end)
