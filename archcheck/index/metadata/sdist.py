"""What an sdist or a project folder holds: names, the texts that state dependencies and build, programs.

Nothing is unpacked to disk. An archive that an installer would refuse is `Unavailable`, and so is one that is
larger than any real sdist.
"""

from __future__ import annotations

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from msgspec.structs import replace

from archcheck.index.metadata.gathered import Gathered, Member, Refused
from archcheck.index.model import SdistContents, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNPACKED: Final = 2**30  # bytes of a whole tar archive
MAX_RATIO: Final = 100  # how many times its packed bytes an archive may hold: real sdists stay under 20
_SMALL = 32 * 2**20  # bytes up to which the ratio does not count
_MAX_HEADER = 2**20  # bytes of a pax or GNU long-name header, which tarfile reads into memory
_MAX_HEADERS = 2 * 2**20  # bytes of all global pax headers, which tarfile keeps
_MAX_DIRECTORY = 8 * 2**20  # bytes of a zip's table of contents, of which zipfile makes ten times as many
_ZIP_TAIL = 22 + 2**16  # bytes in which a zip's end record lies, with the longest comment
_FOLDER_SKIPS = frozenset(
    {"__pycache__", "node_modules", "venv", "env", "target"}
    | {".venv", ".git", ".hg", ".svn", ".tox", ".nox"}
)
_TOP_SKIPS = frozenset({"build", "dist"})  # what earlier builds left there
_READ_ERRORS = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # an encrypted zip, and headers nested without end
    OverflowError,
    MemoryError,
)


def read_sdist(stream: BinaryIO, filename: str, subdirectory: str = "") -> SdistContents | Unavailable:
    """Return what the sdist in *stream* holds, in its *subdirectory*; a .zip needs a seekable one."""
    below = f"{subdirectory.strip('/')}/".removeprefix("./") if subdirectory.strip("/.") else ""
    gathered = Gathered(below)
    members: Iterator[Member]
    if filename.endswith(".zip"):
        members = _zip_members(stream, gathered)
    elif filename.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")):
        members = _tar_members(stream, filename, gathered)
    else:
        return Unavailable(reason=f"{filename}: archives of this kind are not read")
    try:
        for member in members:
            gathered.add(member)
        return gathered.contents()
    except Refused as refusal:
        return Unavailable(reason=f"{filename} is refused: {refusal}")
    except _READ_ERRORS as error:
        return Unavailable(reason=f"{filename} is not a readable archive: {error}")


def read_folder(folder: Path) -> SdistContents | Unavailable:
    """Return what the project *folder* holds, leaving out checkouts' and environments' own folders."""
    if not folder.is_dir():
        return Unavailable(reason=f"{folder} is not a folder")
    gathered = Gathered()
    try:
        for name in _folder_names(folder):
            path = folder / name
            if gathered.wants(name) and path.is_file():
                with path.open("rb") as file:
                    gathered.add(Member(name=name, file=file, size=path.stat().st_size))
            else:
                gathered.add(Member(name=name))
        return gathered.chosen()
    except Refused as refusal:
        return Unavailable(reason=f"{folder} cannot be read: {refusal}")
    except OSError as error:
        return Unavailable(reason=f"{folder} cannot be read: {error.strerror}")


def _folder_names(folder: Path) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        here = Path(path).relative_to(folder)
        skips = _FOLDER_SKIPS | _TOP_SKIPS if here == Path() else _FOLDER_SKIPS
        folders[:] = sorted(name for name in folders if name not in skips and not _is_venv(path, name))
        yield from ((here / name).as_posix() for name in sorted(files))


def _is_venv(path: str, name: str) -> bool:
    return os.path.exists(os.path.join(path, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - once a folder


def _tar_members(stream: BinaryIO, filename: str, gathered: Gathered) -> Iterator[Member]:
    """Yield each member, opened where it is wanted, in the archive's order."""
    plain = _Bounded(_decompressed(stream, filename), stream)
    with tarfile.open(fileobj=cast("BinaryIO", plain), mode="r|", tarinfo=_BoundedTarInfo) as archive:
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # else it keeps every one of them
            if member.isdev():
                raise Refused(f"{member.name!r} is a device")
            if member.islnk() or member.issym():
                _check_link(member)
                if gathered.needs(member.name):
                    raise Refused(f"{member.name!r} is a link")
            file = archive.extractfile(member) if member.isreg() and gathered.wants(member.name) else None
            yield Member(
                name=member.name,
                file=cast("BinaryIO | None", file),
                size=member.size,
                executable=bool(member.mode & 0o111),
                folder=member.isdir(),
            )


def _check_link(member: tarfile.TarInfo) -> None:
    """Refuse a link out of the archive, as pip and PEP 706's data filter do."""
    start = os.path.dirname(member.name) if member.issym() else ""  # noqa: PTH120 - a path inside an archive
    target = os.path.normpath(os.path.join(start, member.linkname))  # noqa: PTH118
    if member.linkname.startswith("/") or target.split("/")[0] == "..":
        raise Refused(f"{member.name!r} links to {member.linkname!r}, outside of the archive")


def _zip_members(stream: BinaryIO, gathered: Gathered) -> Iterator[Member]:
    _check_directory(stream)
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            folder = entry.filename.endswith("/")  # `is_dir` fails on an empty name in Python 3.11
            plain = Member(
                name=entry.filename,
                size=entry.file_size,
                executable=bool(entry.external_attr >> 16 & 0o111),
                folder=folder,
            )
            if folder or not gathered.wants(entry.filename):
                yield plain
                continue
            with archive.open(entry) as file:
                yield replace(plain, file=cast("BinaryIO", file))


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a zip with a larger table of contents than any sdist: zipfile reads all of it into memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _ZIP_TAIL))
    tail = stream.read(_ZIP_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return  # zipfile says so in its own words
    [directory] = struct.unpack_from("<I", tail, at + 12)
    if directory > _MAX_DIRECTORY or tail[max(0, at - 20) : at].startswith(b"PK\6\7"):  # ZIP64
        raise Refused("its table of contents is larger than that of any sdist")


def _decompressed(stream: BinaryIO, filename: str) -> BinaryIO:
    import bz2  # noqa: PLC0415 - rare, and with gzip a few milliseconds
    import gzip  # noqa: PLC0415

    if filename.endswith(".bz2"):
        return cast("BinaryIO", bz2.BZ2File(stream))
    if filename.endswith(".xz"):
        return cast("BinaryIO", lzma.LZMAFile(stream))
    if filename.endswith("gz"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream, mode="rb"))
    return stream


class _Bounded:
    """Reads on until the bytes are more than an honest sdist has: a compressed bomb ends here."""

    def __init__(self, stream: BinaryIO, packed: BinaryIO) -> None:
        self._stream = stream
        self._packed = packed
        self._read = 0

    def read(self, count: int) -> bytes:
        data = self._stream.read(count)
        self._read += len(data)
        if self._read > MAX_UNPACKED:
            raise Refused(f"it unpacks to more than {MAX_UNPACKED} bytes")
        if self._read > _SMALL and self._read > MAX_RATIO * self._packed.tell():
            raise Refused(f"it unpacks to more than {MAX_RATIO} times its size")
        return data


class _BoundedTarInfo(tarfile.TarInfo):
    """Refuses to read an extension header of any size; tarfile names this method as the one to override."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if not self.isreg() and not self.isdir() and self.size > _MAX_HEADER:
            raise Refused("it has an extension header of impossible size")
        if self.type == tarfile.XGLTYPE:
            kept = sum(len(key) + len(value) for key, value in archive.pax_headers.items())
            if kept + self.size > _MAX_HEADERS:
                raise Refused("it has more global headers than any sdist")
        return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]
