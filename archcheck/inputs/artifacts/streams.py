"""Layers of images: tar files that may be compressed, read once from beginning to end and within bounds.

`Forward` makes a stream that only goes forward look like a file to `tarfile`, which goes back by a block at
most, and refuses what only a bomb does: blocks of headers without end, and far more bytes than were packed.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from archcheck.inputs.artifacts.gather import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_PACKED: Final = ((b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"))
_CHUNK: Final = 256 * 1024
_LOOKBACK: Final = 64 * 1024
_MOST_READ: Final = 32 * 2**20  # bytes at once: a name in a PAX header has some hundred
_HELD: Final = 32 * 2**20  # bytes of a member that are held, so that it can be read from any place
_MOST_RATIO: Final = 200
_LEAST_UNPACKED: Final = 256 * 2**20


class LayerError(OSError):
    """A layer that cannot be read, or that only a bomb could be."""


class Inflating(io.RawIOBase):
    """What a gzip file unpacks to, forward only; it stops where that is out of all proportion."""

    def __init__(self, file: BinaryIO, packed: int) -> None:
        self._file = file
        self._most = max(packed * _MOST_RATIO, _LEAST_UNPACKED)
        self._inflate = zlib.decompressobj(wbits=31)
        self._unpacked = 0
        self._left = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* with what comes next."""
        view = memoryview(buffer).cast("B")
        while not self._left:
            packed = self._inflate.unconsumed_tail or self._inflate.unused_data or self._file.read(_CHUNK)
            if not packed:
                if not self._inflate.eof and self._unpacked:
                    raise LayerError("the layer is cut off")
                return 0
            if self._inflate.eof:  # a gzip file may hold several, one behind the other
                if not packed.startswith(_GZIP):
                    return 0
                self._inflate = zlib.decompressobj(wbits=31)
            self._left = self._inflate.decompress(packed, _CHUNK)
            self._unpacked += len(self._left)
            if self._unpacked > self._most:
                raise LayerError("the layer unpacks to more than any real one")
        data, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(data)] = data
        return len(data)


class Forward(io.RawIOBase):
    """A stream as the file that `tarfile` wants; going back further than a little raises."""

    def __init__(self, stream: BinaryIO | io.RawIOBase) -> None:
        self._stream = io.BufferedReader(stream, _CHUNK) if isinstance(stream, io.RawIOBase) else stream
        self._past = b""  # what was read last
        self._end = 0  # where that ends
        self._at = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return True, for `tarfile`."""
        return True

    def tell(self) -> int:
        """Return where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to *offset*: forward by reading, back by `_LOOKBACK` bytes at most."""
        if whence == io.SEEK_END or (whence == io.SEEK_CUR and offset < 0):
            raise LayerError("the layer would have to be read backwards")
        wanted = offset + (self._at if whence == io.SEEK_CUR else 0)
        if wanted < self._end - len(self._past):
            raise LayerError("the layer would have to be read backwards")
        self._at = min(wanted, self._end)
        while self._at < wanted and self.read(min(_CHUNK, wanted - self._at)):
            pass
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes."""
        if not 0 <= size <= _MOST_READ:
            raise LayerError("the layer has a header that is larger than any real one")
        back = self._end - self._at
        data = self._past[len(self._past) - back :][:size] if back else b""
        if len(data) < size:
            fresh = self._stream.read(size - len(data)) or b""
            self._end += len(fresh)
            data += fresh
            self._past = (self._past + fresh)[-_LOOKBACK:]
        self._at += len(data)
        return data


def opened_layer(file: BinaryIO, size: int) -> tarfile.TarFile:
    """Return the layer in *file*, of *size* bytes, as a tar file; raises LayerError or tarfile.TarError."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(_GZIP):
        return tarfile.open(fileobj=Forward(Inflating(file, size)), mode="r:")
    if start.startswith(_ZSTD):
        raise LayerError("the layer is packed with zstd, which is not read; save the image without")
    for magic, name in _PACKED:
        if start.startswith(magic):
            raise LayerError(f"the layer is packed with {name}, which is not read")
    return tarfile.open(fileobj=Forward(file), mode="r:")


def entries_of(layer: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, Member]]:
    """Yield what *layer* holds, each to be read before the next one."""
    while (info := layer.next()) is not None:
        layer.members = []  # type: ignore[attr-defined] # tarfile would keep them all
        path = info.name.removeprefix("./").strip("/")
        problem = ""
        if info.issparse():
            problem = "it is a sparse file"
        elif info.isreg() and (".." in path.split("/") or "\0" in path):
            problem = "its path leads outside of the image"
        yield (
            info,
            Member(
                path=path,
                size=info.size,
                packed=0,
                executable=bool(info.mode & 0o111),
                open=partial(_member, layer, info),
                problem=problem,
            ),
        )


def _member(layer: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    """Return a member: held as a whole where it is small enough, else as far as it can be read forward."""
    found = layer.extractfile(info)
    if found is None:
        raise LayerError("it is no regular file")
    if info.size <= _HELD:
        return io.BytesIO(found.read())
    return _Beginning(found.read(4096))


class _Beginning(io.BytesIO):
    """The beginning of a member that is too large to be held."""

    def seekable(self) -> bool:
        """Return that no more of it can be had."""
        return False
