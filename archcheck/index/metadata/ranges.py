"""Parts of files over HTTP (RFC 9110, section 14), and which hosts give none."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from archcheck.index.documents import Absent
from archcheck.index.http.addresses import host, origin
from archcheck.index.metadata.downloads import PLAIN, checked, spool
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from archcheck.index.documents import Documents
    from archcheck.index.http.messages import Reply
    from archcheck.index.model import IndexFile

_OK, _PARTIAL = 200, 206
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

    def lacking(self, url: str) -> bool:
        """Return whether the host of *url* gave no part when it was last asked for one."""
        return origin(url) in self._without

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
