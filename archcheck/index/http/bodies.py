"""Bodies as they arrive: unpacked piece by piece, so that none takes more memory than it is let."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CODINGS = "gzip, deflate"
_PIECE = 256 * 1024  # bytes that one step unpacks: a byte of gzip may stand for a thousand
_MOST_CODINGS = 5  # urllib3 follows no more either
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class BodyError(Exception):
    """The body is not what its headers say, or larger than it may be; `lasting` where it will stay so."""

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class Sink(Protocol):
    """What a body is written to, piece by piece."""

    def restart(self) -> None:
        """Forget what was written: the body comes again, from its beginning."""
        ...

    async def write(self, chunk: bytes) -> None:
        """Take the next piece."""
        ...


class Whole:
    """A body that is kept as it comes, to be read as a whole."""

    def __init__(self) -> None:
        self._data = BytesIO()

    def restart(self) -> None:
        """Forget what was written."""
        self._data = BytesIO()

    async def write(self, chunk: bytes) -> None:
        """Take the next piece."""
        self._data.write(chunk)

    def take(self) -> bytes:
        """Return the body, and keep nothing of it."""
        data, self._data = self._data, BytesIO()
        return data.getvalue()  # which copies nothing


class _Unpacked(Struct, kw_only=True):
    """One coding that is taken off; what it unpacks to counts, since the next may make nothing of it."""

    window: int
    limit: int
    size: int = 0
    members: int = 0
    engine: zlib._Decompress | None = None

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* unpacks to; raise `BodyError`."""
        while data:
            if self.engine is None:
                self.engine = zlib.decompressobj(self.window)
            try:
                piece = self.engine.decompress(data, _PIECE)
            except zlib.error as error:
                if self.window == _ZLIB and not self.size:  # RFC 1951 without the frame that it should have
                    self.window, self.engine = _RAW, None
                    continue
                if self.members:  # pip lets anything stand behind the first member
                    return
                raise BodyError(f"sent what is not packed as it says ({error})", lasting=False) from error
            self.size += len(piece)
            if self.size > self.limit:
                raise too_large(self.limit)
            if piece:
                yield piece
            data = self.engine.unconsumed_tail or self.engine.unused_data
            if self.engine.eof:
                self.members += 1
                self.engine = None
                if self.window != _GZIP:
                    return


class Unpacking:
    """Takes off the codings of a body whose `Content-Encoding` is *encoding*; codings not asked for stay.

    As pip reads it: a checksum that does not come is not missed, and what follows the first gzip member may
    be another one, or nothing that counts. Raises `BodyError`; none unpacks to more than *limit* bytes.
    """

    def __init__(self, encoding: str, *, limit: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        windows = [_WINDOWS[name] for name in reversed(names) if name in _WINDOWS]
        if len(windows) > _MOST_CODINGS:
            raise BodyError(f"packed its answer {len(windows)} times over", lasting=True)
        self._codings = [_Unpacked(window=window, limit=limit) for window in windows]

    def unpack(self, data: bytes) -> Iterable[bytes]:
        """Yield what *data*, the next piece of the body, unpacks to."""
        return self._through(0, data)

    def _through(self, place: int, data: bytes) -> Iterator[bytes]:
        if place == len(self._codings):
            yield data
            return
        for piece in self._codings[place].unpack(data):
            yield from self._through(place + 1, piece)


def too_large(limit: int) -> BodyError:
    """Return the error of a body of more than *limit* bytes."""
    return BodyError(f"answered with more than {limit >> 20} MiB", lasting=True)
