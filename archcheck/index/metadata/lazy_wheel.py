"""METADATA out of a wheel of which only some bytes have been read, and which bytes to read next. No I/O.

`zipfile` is given a file that knows some of its bytes. Where it reads others, that file raises, and what was
lacking is the next range to ask for. So zip64, comments and compression are left to zipfile.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.binaries.sparse import MissingBytesError, NeedRange, Sparse, TooMuchError
from archcheck.index.metadata.downloads import MAX_METADATA
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_READ = 32 * 2**20  # zipfile reads the whole central directory at once: 200 bytes a file
_KIB = 1024
_LOCAL_HEADER = 30  # bytes before the name and the extra field, which repeat the central directory's
_EXTRA_SLACK = 64  # some writers pad the local extra field (zip64, alignment)
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # from bz2, and a seek before the file's start
    ValueError,  # among them UnicodeDecodeError, and lzma's FORMAT errors
    RuntimeError,  # encrypted; NotImplementedError for unknown compressions is one too
    OverflowError,
    MemoryError,
)


def first_tail(size: int | None) -> int:
    """Return how many bytes to ask for from the end first, so that most wheels need no second request.

    The central directory and .dist-info stand at the end, and both grow with the number of files.
    """
    if size is None:
        return 128 * _KIB
    return min(size, max(32 * _KIB, min(size // 40, 512 * _KIB)))


def read_metadata(filename: str, size: int, segments: Mapping[int, bytes]) -> bytes | NeedRange | Unavailable:
    """Return METADATA of the wheel *filename* of *size* bytes, or the range to read next.

    *segments* maps offsets to the bytes there, which may overlap. A whole wheel is `{0: data}`.
    """
    if not segments and size:
        return NeedRange(start=size - first_tail(size), end=size)
    try:
        with zipfile.ZipFile(Sparse(size, segments, most=_MAX_READ)) as archive:
            entry = _metadata_entry(archive, filename)
            return entry if isinstance(entry, Unavailable) else _read_entry(archive, entry)
    except MissingBytesError as missing:
        return NeedRange(start=missing.start, end=missing.end)
    except TooMuchError:
        return Unavailable(reason="the wheel's table of contents is larger than 32 MiB")
    except _READ_ERRORS as error:
        return Unavailable(reason=f"the wheel is no readable zip file: {error}")


def _metadata_entry(archive: zipfile.ZipFile, filename: str) -> zipfile.ZipInfo | Unavailable:
    """Return the METADATA that pip would read: there must be one .dist-info folder, and the project's own."""
    tops = {name.split("/", 1)[0] for name in archive.namelist()}
    folders = [top for top in tops if top.endswith(".dist-info")]
    if len(folders) != 1:
        return Unavailable(reason=f"the wheel has {len(folders)} .dist-info folders instead of one")
    folder = folders.pop()
    project = canonicalize_name(filename.partition("-")[0])
    if not canonicalize_name(folder).startswith(project):
        return Unavailable(reason=f"lying wheel: it holds {folder!r}, not the project {project!r}")
    entries = [entry for entry in archive.infolist() if entry.filename == f"{folder}/METADATA"]
    if len(entries) != 1:
        return Unavailable(reason=f"the wheel has {len(entries)} METADATA files instead of one")
    if entries[0].file_size > MAX_METADATA or entries[0].compress_size > MAX_METADATA:
        return Unavailable(reason="the wheel's METADATA is larger than 10 MiB")
    return entries[0]


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | NeedRange:
    """Return the bytes of *entry*, or the range to its end, so that it comes in one more request."""
    try:
        with archive.open(entry) as file:
            return file.read(MAX_METADATA)
    except MissingBytesError as missing:
        names = len(entry.filename.encode()) + len(entry.extra) + _EXTRA_SLACK
        end = entry.header_offset + _LOCAL_HEADER + names + entry.compress_size
        return NeedRange(start=missing.start, end=max(missing.end, min(end, archive.start_dir)))
