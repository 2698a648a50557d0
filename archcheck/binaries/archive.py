"""From the first bytes of a zip file's members to what they are, and from more of one to what it needs.

Whoever reads gets the table of contents first (`directory`), then the ranges that `heads` names, joined where
they lie close together, and hands what it got to `look`. Then `reach` says what has to be got of a member for
`Needs`, and `needs_in` reads them. What cannot be read is said of the file that it concerns; nothing raises,
and nothing here does I/O.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.elf import read_needs
from archcheck.binaries.elf_front import read_front
from archcheck.binaries.formats import Head, read_head
from archcheck.binaries.members import DEEP_FRONT, FRONT, HEAD, LOCAL_HEADER, LOCAL_SLACK
from archcheck.binaries.model import ArchiveContents, NativeFile, Unreadable, Wanted
from archcheck.binaries.sparse import NeedRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archcheck.binaries.members import Directory, Member
    from archcheck.binaries.model import Needs

ONLY_HEAD = "its first bytes alone were read"
_ONLY_FRONT = "its beginning alone was read"
_GAP = 1024  # bytes, as many as a request has beside what it asks for
_MOST_GAP = 32 * 1024
_LEAST_FILLING = 16 * 1024  # bytes that may be read between the ranges, for nothing but fewer requests
_FILLING = 1024  # or one in so many
_MOST_UNPACKED_HEAD = 8 * 1024
_MOST_UNPACKED_FRONT = 4 * 2**20
_MOST_RATIO = 16  # of unpacked to packed bytes; native code has 2 to 5
_LEAST_UNPACKED = 2**20
_PIECE = 64 * 1024  # packed bytes that are unpacked at once
_CHUNK = 256 * 1024
_END = 512 * 1024
_ROUNDS = 8
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_NATIVE_NAMES = (".so", ".pyd", ".dll", ".dylib")


def heads(directory: Directory, count: int = HEAD) -> tuple[NeedRange, ...]:
    """Return the ranges with the first *count* packed bytes of all members that are to be looked at."""
    return tuple(reach(each, count, directory.end) for each in directory.members)


def reach(member: Member, count: int, end: int) -> NeedRange:
    """Return the range with the local header and the first *count* packed bytes of *member*.

    *end* is where the members end.
    """
    stop = member.end + LOCAL_SLACK + min(0, count - member.packed)
    return NeedRange(start=member.offset, end=min(stop, end))


def joined(ranges: Iterable[NeedRange], size: int) -> tuple[NeedRange, ...]:
    """Return *ranges* of a file of *size* bytes in order, those that lie close together as one.

    A request for each of scipy's hundred members would take longer than what lies between some of them. The
    narrowest gaps are filled first, up to a part of the file that nobody minds.
    """
    merged: list[NeedRange] = []
    for each in sorted(ranges, key=lambda one: (one.start, one.end)):
        if merged and each.start <= merged[-1].end + _GAP:
            merged[-1] = NeedRange(start=merged[-1].start, end=max(merged[-1].end, each.end))
        else:
            merged.append(each)
    left = max(_LEAST_FILLING, size // _FILLING)
    filled = set()
    for gap, start in sorted((after.start - before.end, after.start) for before, after in pairwise(merged)):
        left -= gap
        if left < 0 or gap > _MOST_GAP:
            break
        filled.add(start)
    found: list[NeedRange] = []
    for each in merged:
        if each.start in filled:
            found[-1] = NeedRange(start=found[-1].start, end=each.end)
        else:
            found.append(each)
    return tuple(found)


def cut(known: Mapping[int, bytes], spans: Sequence[NeedRange]) -> list[bytes]:
    """Return the bytes of each of *spans* out of those that are *known*; none where some are not."""
    starts = sorted(known)
    found = []
    for span in spans:
        data = b""
        for start in reversed(starts[: bisect_right(starts, span.start)]):
            data = known[start][span.start - start : span.end - start]
            if len(data) == span.end - span.start:
                break
        found.append(data if len(data) == span.end - span.start else b"")
    return found


def listed(directory: Directory) -> ArchiveContents:
    """Return what the archive holds by its *directory* alone; what may be native is not looked at."""
    unseen = {each.path: "it was not looked at" for each in directory.members}
    return ArchiveContents(
        files=directory.files,
        packed=directory.packed,
        unpacked=directory.unpacked,
        bytecode=directory.bytecode,
        suspects=tuple(sorted({**unseen, **dict(directory.suspects)}.items())),
    )


def look(directory: Directory, known: Mapping[int, bytes], count: int = HEAD) -> ArchiveContents:
    """Return what the archive holds, by its *directory* and the first *count* packed bytes of its members.

    *known* maps offsets to the bytes there (see `heads`); they may overlap. Of more than heads it is told,
    too, what native files need, of those of which that is enough.
    """
    natives = []
    suspects = dict(directory.suspects)
    for member, data in zip(directory.members, cut(known, heads(directory, count)), strict=True):
        head = _head(member, data)
        if isinstance(head, Unreadable):
            suspects[member.path] = head.reason
        elif head is not None:
            native = _native(member, head)
            natives.append(_opened(native, member, data, count) if count > HEAD else native)
        elif member.path.lower().endswith(_NATIVE_NAMES):
            suspects[member.path] = "it is no native file, though its name says so"
    return ArchiveContents(
        files=directory.files,
        packed=directory.packed,
        unpacked=directory.unpacked,
        bytecode=directory.bytecode,
        natives=tuple(sorted(natives, key=lambda each: each.path)),
        suspects=tuple(sorted(suspects.items())),
    )


def _opened(native: NativeFile, member: Member, data: bytes, count: int) -> NativeFile:
    """Return *native* with what the first *count* packed bytes of *member* tell of its needs, if anything."""
    found = needs_in(native, member, Wanted(path=member.path, whole=member.packed <= count), data)
    return native if found.needs is None else found


def needs_in(native: NativeFile, member: Member, wanted: Wanted, data: bytes) -> NativeFile:
    """Return *native* with what it needs, read of *data*: the *member* as far as is *wanted*."""
    if native.format != "elf":
        return native
    start = _content(member, data)
    if isinstance(start, Unreadable):
        return replace(native, unread=start.reason)
    packed = memoryview(data)[start : start + member.packed]
    if not wanted.whole:
        found = front_of(member, packed)
        return replace(native, needs=found, unread=_silent(wanted) if found is None else _ONLY_FRONT)
    needs = _whole(member, packed)
    if isinstance(needs, Unreadable):
        return replace(native, unread=needs.reason)
    return replace(native, needs=needs, unread=None)


def _silent(wanted: Wanted) -> str:
    """Return why nothing is known of what the file *wanted* needs though its beginning was read."""
    return f"its first {(DEEP_FRONT if wanted.deep else FRONT) // 1024} KiB do not tell"


def front_of(member: Member, packed: bytes | memoryview) -> Needs | None:
    """Return what the beginning of *member*, of which the *packed* bytes are known, tells of its needs."""
    unpacked = _unpacked(member, packed, _MOST_UNPACKED_FRONT)
    return None if isinstance(unpacked, Unreadable) else read_front(unpacked)


def told(member: Member, data: bytes) -> bool:
    """Return whether *data*, the first bytes of *member* with its local header, tell what it needs."""
    start = _content(member, data)
    return not isinstance(start, Unreadable) and front_of(member, memoryview(data)[start:]) is not None


def _head(member: Member, data: bytes) -> Head | Unreadable | None:
    start = _content(member, data)
    if isinstance(start, Unreadable):
        return start
    unpacked = _unpacked(
        member, memoryview(data)[start : start + min(HEAD, member.packed)], _MOST_UNPACKED_HEAD
    )
    return unpacked if isinstance(unpacked, Unreadable) else read_head(unpacked)


def _native(member: Member, head: Head) -> NativeFile:
    return NativeFile(
        path=member.path,
        format=head.format,
        machine=head.machine,
        bits=head.bits,
        os_abi=head.os_abi,
        size=member.size,
        packed=member.packed,
        executable=member.executable,
        unread=ONLY_HEAD if head.format == "elf" else "of ELF files alone it is read what they need",
    )


def _content(member: Member, data: bytes) -> int | Unreadable:
    """Return where in *data* the packed bytes of *member* begin, behind a local header that agrees with it.

    Installers believe the table of contents, and some unpackers the local header: a file on which the two
    differ is not the same for everybody.
    """
    if len(data) < LOCAL_HEADER:
        return Unreadable(reason="it is cut off")
    magic, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack_from(data)
    if magic != b"PK\x03\x04":
        return Unreadable(reason="the table of contents points to what is no file")
    said = data[LOCAL_HEADER : LOCAL_HEADER + name].decode("utf-8" if flags & 0x800 else "cp437", "replace")
    if said != member.path or flags & 1 or bool(method) != member.deflated:
        return Unreadable(reason="its own header and the table of contents contradict each other")
    start: int = LOCAL_HEADER + name + extra
    if start >= len(data):
        return Unreadable(reason="its own header is longer than it has to be")
    return start


def _unpacked(member: Member, packed: bytes | memoryview, most: int) -> bytes | Unreadable:
    """Return the first *most* bytes of *member*, or fewer where *packed* holds no more of it."""
    most = min(most, member.size)
    if not member.deflated:
        return bytes(packed[:most])
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    except zlib.error as error:
        return Unreadable(reason=f"it cannot be unpacked: {error}")


def _whole(member: Member, packed: memoryview) -> Needs | Unreadable:
    """Return what *member* needs, of all its *packed* bytes; of what they unpack to, only parts are kept.

    Unpacking always begins at the beginning. Both ends are kept of the first time, since what is asked for
    stands there in nearly every file.
    """
    if len(packed) < member.packed:
        return Unreadable(reason="it is cut off")
    if member.size > max(_LEAST_UNPACKED, member.packed * _MOST_RATIO):
        return Unreadable(reason=f"it unpacks to more than {_MOST_RATIO} times its packed size")
    python_symbols = ".abi3" in member.path
    try:
        segments = _ends(member, packed)
        for _ in range(_ROUNDS):
            found = read_needs(member.size, segments, python_symbols=python_symbols)
            if not isinstance(found, NeedRange):
                return found
            segments[found.start] = _window(member, packed, found)
    except zlib.error as error:
        return Unreadable(reason=f"it cannot be unpacked: {error}")
    except _ShortError:
        return Unreadable(reason="it unpacks to less than its size")
    return Unreadable(reason="it leads from one place to the next without end")


class _ShortError(Exception):
    """What is packed ends before the size that is stated for it."""


def _ends(member: Member, packed: memoryview) -> dict[int, bytes]:
    """Return the first and the last bytes of what *packed* unpacks to, by their offset."""
    front = b""
    tail: deque[bytes] = deque()
    at = kept = 0
    for chunk in _chunks(member, packed):
        if len(front) < _END:
            front += chunk
        tail.append(chunk)
        at += len(chunk)
        kept += len(chunk)
        while kept - len(tail[0]) >= _END:
            kept -= len(tail.popleft())
    if at < member.size:
        raise _ShortError
    return {0: front, at - kept: b"".join(tail)} if at > len(front) else {0: front}


def _window(member: Member, packed: memoryview, span: NeedRange) -> bytes:
    """Return the bytes *span* of what *packed* unpacks to."""
    parts = []
    at = 0
    for chunk in _chunks(member, packed):
        if at + len(chunk) > span.start:
            parts.append(chunk[max(0, span.start - at) : span.end - at])
        at += len(chunk)
        if at >= span.end:
            return b"".join(parts)
    raise _ShortError


def _chunks(member: Member, packed: memoryview) -> Iterator[bytes]:
    """Yield what *packed* unpacks to, up to the member's size; raises zlib.error."""
    left = member.size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), _PIECE):
        piece: bytes | memoryview = packed[start : start + _PIECE]
        while len(piece) and left:
            chunk = bytes(piece) if not member.deflated else inflate.decompress(piece, min(_CHUNK, left))
            piece = inflate.unconsumed_tail
            left -= len(chunk)
            yield chunk
        if not left or inflate.eof:
            return
