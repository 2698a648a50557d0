"""Parts of files over HTTP (RFC 9110, section 14), and which hosts give none."""

from __future__ import annotations

import re
import struct
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from archcheck.index.documents import Absent
from archcheck.index.http.addresses import host, origin
from archcheck.index.metadata.downloads import PLAIN, checked, spool
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.index.documents import Documents
    from archcheck.index.http.messages import Reply
    from archcheck.index.model import IndexFile

_OK, _PARTIAL = 200, 206
_END = struct.Struct("<4s4H2LH")  # the record behind a zip file's table of contents, with the table's length
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")


class Part(Struct, frozen=True, kw_only=True):
    """The bytes of a file from `start` on; all of it is `size` bytes long."""

    start: int
    size: int
    data: bytes


class Ranges:
    """Asks for parts of files, and remembers which hosts answered with something else."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._without: set[tuple[str, str, int]] = set()
        self._endings: dict[str, Part] = {}

    def lacking(self, url: str) -> bool:
        """Return whether the host of *url* gave no part when it was last asked for one."""
        return origin(url) in self._without

    def keep(self, file: IndexFile, size: int, segments: Mapping[int, bytes]) -> None:
        """Remember the table of contents of the zip *file* of *size* bytes, with which the *segments* end.

        Who reads METADATA by ranges has read it, and who looks into the wheel then needs it again. Only the
        table: what else such an end holds would be 40 MB for 300 candidates. But of a small file for one
        platform all, since its native files are looked into as well.
        """
        start, data = size, b""
        for offset, part in sorted(segments.items(), reverse=True):
            if offset + len(part) == start:
                start, data = offset, part + data
        table = _table(data) if start or file.filename.endswith("-any.whl") else data
        if table:
            self._endings[file.url] = Part(start=size - len(table), size=size, data=table)

    def kept(self, file: IndexFile) -> Part | None:
        """Return the end of *file* that was read before, in this run."""
        return self._endings.get(file.url)

    async def part(
        self, file: IndexFile, wanted: str, *, limit: int
    ) -> Part | BinaryIO | Absent | Unavailable:
        """Return the part *wanted* of *file* (`0-99`, or `-100` for its end), of at most *limit* bytes.

        Where the whole file comes instead, it is returned open and checked, and need not come again; where
        that would be over *limit* bytes it is not taken. Every other answer is `Absent` with its status.
        """
        with ExitStack() as closed:  # also where the question is given up
            stream = closed.enter_context(spool())
            headers = {"Range": f"bytes={wanted}", **PLAIN}
            reply = await self._documents.fetch(file.url, headers, into=stream, limit=limit)
            if isinstance(reply, Unavailable):
                return reply
            span = _span(reply)
            if reply.status == _OK:
                self._without.add(origin(file.url))
                if reply.truncated:
                    return no_ranges(file)
                closed.pop_all()
                return checked(stream, file)
            if span is None:
                return Absent(status=reply.status)
            stream.seek(0)
            return Part(start=span[0], size=span[1], data=stream.read())


def _table(ending: bytes) -> bytes:
    """Return the table of contents at the *ending* of a zip file; nothing where it is longer or odd."""
    end = ending.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(ending):
        return b""
    *_, length, _, _ = _END.unpack_from(ending, end)
    return ending[end - length :] if length <= end else b""


def no_ranges(file: IndexFile) -> Unavailable:
    """Return what is said of a *file* that is too large to be read as a whole."""
    return Unavailable(
        reason=f"{file.filename}: not looked into, since {host(file.url)} gives no parts of files"
    )


def _span(reply: Reply) -> tuple[int, int] | None:
    """Return where the part begins and how long the whole file is; None where the answer is no part."""
    match = _CONTENT_RANGE.fullmatch(reply.headers.get("content-range", ""))
    if reply.status != _PARTIAL or match is None:
        return None
    return int(match[1]), int(match[3])
