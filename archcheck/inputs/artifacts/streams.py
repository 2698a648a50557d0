"""Layers of images: tar files that may be compressed, read once from beginning to end and within bounds.

`Forward` makes a stream that only goes forward look like a file to `tarfile`, which goes back by a block at
most, and refuses what only a bomb does: blocks of headers without end, and far more bytes than were packed.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast

from archcheck.inputs.artifacts.gather import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST_MAGIC: Final = 6
_MOST_MEMORY: Final = 2**26  # bytes that unpacking may take: xz -9 takes 65 MB, zstd -19 takes 8
_MOST_AGAIN: Final = 2**35  # bytes that are unpacked only to come by later ones
_CHUNK: Final = 256 * 1024
_LOOKBACK: Final = 64 * 1024
_MOST_READ: Final = 32 * 2**20  # bytes at once: a name in a PAX header has some hundred
_HELD: Final = 32 * 2**20  # bytes of a member that are held, so that it can be read from any place
_MOST_RATIO: Final = 200
_LEAST_UNPACKED: Final = 256 * 2**20


class LayerError(OSError):
    """A layer that cannot be read, or that only a bomb could be."""


class _Unpacker(Protocol):
    """What the standard library's decompressors for bzip2, xz and zstd have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzip:
    """zlib's decompressor, as one of those."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


def _unxz() -> _Unpacker:
    import lzma  # noqa: PLC0415 - for the layers that are packed with it

    return lzma.LZMADecompressor(memlimit=_MOST_MEMORY)


def _bunzip2() -> _Unpacker:
    import bz2  # noqa: PLC0415 - for the layers that are packed with it

    return bz2.BZ2Decompressor()


def _unzstd() -> _Unpacker:
    try:
        zstd = import_module("compression.zstd")
    except ImportError:
        raise LayerError("it is packed with zstd, which Python reads from 3.14 on") from None
    limit = {zstd.DecompressionParameter.window_log_max: _MOST_MEMORY.bit_length() - 1}
    return cast("_Unpacker", zstd.ZstdDecompressor(options=limit))


_UNPACKERS: Final = (
    (b"\x1f\x8b", _Gunzip),
    (b"BZh", _bunzip2),
    (b"\xfd7zXZ\0", _unxz),
    (b"\x28\xb5\x2f\xfd", _unzstd),
)
"""How what begins with these bytes is unpacked (OCI names gzip and zstd; others make the rest)."""


def _unpacker_of(start: bytes) -> Callable[[], _Unpacker] | None:
    return next((made for magic, made in _UNPACKERS if start.startswith(magic)), None)


class Inflating(io.RawIOBase):
    """What a compressed file unpacks to, forward only; it stops where that is out of all proportion."""

    def __init__(self, file: BinaryIO, packed: int) -> None:
        self._file = file
        self._most = max(packed * _MOST_RATIO, _LEAST_UNPACKED)
        self._unpacker: _Unpacker | None = None
        self._unpacked = 0
        self._left = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* with what comes next."""
        view = memoryview(buffer).cast("B")
        while not self._left:
            packed = b"" if self._unpacker and self._waits(self._unpacker) else self._file.read(_CHUNK)
            if self._unpacker is None or self._unpacker.eof:  # a file may hold several, one behind the other
                packed = (self._unpacker.unused_data if self._unpacker else b"") + packed
                made = _unpacker_of(packed[:8])
                if made is None:
                    return 0
                self._unpacker = made()
            elif not packed and self._unpacker.needs_input:
                raise LayerError("the layer is cut off")
            self._left = self._unpack(self._unpacker, packed)
        data, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(data)] = data
        return len(data)

    @staticmethod
    def _waits(unpacker: _Unpacker) -> bool:
        """Return whether there is something to unpack before more is read."""
        return len(unpacker.unused_data) >= _LONGEST_MAGIC if unpacker.eof else not unpacker.needs_input

    def _unpack(self, unpacker: _Unpacker, packed: bytes) -> bytes:
        try:
            found = unpacker.decompress(packed, _CHUNK)
        except (zlib.error, OSError, EOFError, ValueError) as error:
            raise LayerError(f"it cannot be unpacked: {error}") from None
        except MemoryError:
            raise LayerError("unpacking it takes more memory than for any real one") from None
        except Exception as error:
            if type(error).__name__ in {"LZMAError", "ZstdError"}:
                raise LayerError(f"it cannot be unpacked: {error}") from None
            raise
        self._unpacked += len(found)
        if self._unpacked > self._most:
            raise LayerError("the layer unpacks to more than any real one")
        return found


class Forward(io.RawIOBase):
    """A stream as the file that `tarfile` wants; going back further than a little raises."""

    def __init__(
        self, stream: BinaryIO | io.RawIOBase, *, anew: Callable[[], io.RawIOBase] | None = None
    ) -> None:
        self._anew = anew
        self._again = 0
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
            self._begin_anew()
        self._at = min(wanted, self._end)
        while self._at < wanted and self.read(min(_CHUNK, wanted - self._at)):
            pass
        return self._at

    def _begin_anew(self) -> None:
        if self._anew is None:
            raise LayerError("the layer would have to be read backwards")
        self._again += self._end
        if self._again > _MOST_AGAIN:
            raise LayerError("it would have to be unpacked over and over: unpack it first")
        self._stream = io.BufferedReader(self._anew(), _CHUNK)
        self._at, self._end, self._past = 0, 0, b""

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes."""
        size = _bounded(size)
        back = self._end - self._at
        data = self._past[len(self._past) - back :][:size] if back else b""
        if len(data) < size:
            fresh = self._stream.read(size - len(data)) or b""
            self._end += len(fresh)
            data += fresh
            self._past = (self._past + fresh)[-_LOOKBACK:]
        self._at += len(data)
        return data


class Bounded(io.RawIOBase):
    """A tar file of which no header is read that is larger than any real one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read in any order."""
        return True

    def tell(self) -> int:
        """Return where the next byte comes from."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to *offset*."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes."""
        return self._file.read(_bounded(size))


def _bounded(size: int) -> int:
    if not 0 <= size <= _MOST_READ:
        raise LayerError("it has a header that is larger than any real one")
    return size


def opened_archive(file: BinaryIO, size: int) -> tarfile.TarFile:
    """Return the tar file in *file*, of *size* bytes, whose members are read in any order.

    Where it is compressed (`docker save | gzip`), going back is to unpack it anew, so often as is bearable.
    """
    start = file.read(8)
    file.seek(0)
    if _unpacker_of(start) is None:
        return tarfile.open(fileobj=cast("BinaryIO", Bounded(file)), mode="r:")

    def anew() -> Inflating:
        file.seek(0)
        return Inflating(file, size)

    return tarfile.open(fileobj=cast("BinaryIO", Forward(anew(), anew=anew)), mode="r:")


def opened_layer(file: BinaryIO, size: int) -> tarfile.TarFile:
    """Return the layer in *file*, of *size* bytes, as a tar file; raises LayerError or tarfile.TarError."""
    start = file.read(8)
    file.seek(0)
    packed = _unpacker_of(start) is not None
    stream = Forward(Inflating(file, size) if packed else file)
    return tarfile.open(fileobj=cast("BinaryIO", stream), mode="r:")


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
