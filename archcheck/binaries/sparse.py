"""A file of which only some bytes are known: whoever reads others learns which range to ask for. No I/O.

A reader (`zipfile`, or ours of ELF) is given such a file. Where it reads bytes that are not known yet it is
stopped, and what was lacking is the next range to get; then it begins again. So a reader needs no knowledge
of where its bytes come from, and each part of a file is read once.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping


class NeedRange(Struct, frozen=True, kw_only=True):
    """The bytes [start, end) of the file are needed next; `end` is exclusive."""

    start: int
    end: int


class MissingBytesError(Exception):
    """A question, not a fault: the bytes [start, end) are not known yet."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        super().__init__(start, end)


class TooMuchError(Exception):
    """More was to be read at once than a file that means well needs."""


class Sparse(io.RawIOBase):
    """A file of *size* bytes of which only *segments* (bytes by their offset) are known.

    Reading others raises `MissingBytesError`, reading over *most* bytes at once `TooMuchError`.
    """

    def __init__(self, size: int, segments: Mapping[int, bytes], *, most: int) -> None:
        self.size = size
        self._segments = sorted(segments.items())
        self._most = most
        self._position = 0

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to *offset*, as every file does; OSError where that is before the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("it points to before the start of the file")
        self._position = base + offset
        return self._position

    def read(self, count: int = -1) -> bytes:
        """Return the next *count* bytes, fewer at the end of the file."""
        end = self.size if count < 0 else min(self._position + count, self.size)
        if end - self._position > self._most:
            raise TooMuchError
        parts: list[bytes] = []
        for start, data in self._segments:
            if start <= self._position < min(end, start + len(data)):
                parts.append(data[self._position - start : end - start])
                self._position += len(parts[-1])
        if self._position < end:
            behind = (start for start, _ in self._segments if start > self._position)
            raise MissingBytesError(self._position, min(end, next(behind, end)))
        return b"".join(parts)
