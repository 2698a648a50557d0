"""What an sdist or a project folder holds: its file names, and the few files that state dependencies.

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

from archcheck.index.model import SdistContents, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAMES: Final = 200_000
MAX_TEXT: Final = 5 * 2**20  # bytes of one text
MAX_UNPACKED: Final = 2**30  # bytes of a whole tar archive
_MAX_HEADER = 2**20  # bytes of a pax or GNU long-name header, which tarfile reads into memory
_TEXTS = frozenset({"PKG-INFO", "pyproject.toml", "setup.py", "setup.cfg"})
_EGG_INFO = ".egg-info"
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


class _Refused(Exception):  # noqa: N818 - the archive is refused, with a reason
    pass


def read_sdist(stream: BinaryIO, filename: str, subdirectory: str = "") -> SdistContents | Unavailable:
    """Return what the sdist in *stream* holds, in its *subdirectory*; a .zip needs a seekable one."""
    below = f"{subdirectory.strip('/')}/".removeprefix("./") if subdirectory.strip("/.") else ""
    members: Iterator[tuple[str, BinaryIO | None]]
    if filename.endswith(".zip"):
        members = _zip_members(stream, below)
    elif filename.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")):
        members = _tar_members(stream, filename, below)
    else:
        return Unavailable(reason=f"{filename}: archives of this kind are not read")
    try:
        return _contents(members, below)
    except _Refused as refusal:
        return Unavailable(reason=f"{filename} is refused: {refusal}")
    except _READ_ERRORS as error:
        return Unavailable(reason=f"{filename} is not a readable archive: {error}")


def read_folder(folder: Path) -> SdistContents | Unavailable:
    """Return what the project *folder* holds, leaving out checkouts' and environments' own folders."""
    if not folder.is_dir():
        return Unavailable(reason=f"{folder} is not a folder")
    names: list[str] = []
    texts: dict[str, str] = {}
    try:
        for name in _folder_names(folder):
            _add_name(names, name)
            if _is_text(name) and (folder / name).is_file():
                with (folder / name).open("rb") as file:
                    texts[name] = _text(file, name)
    except _Refused as refusal:
        return Unavailable(reason=f"{folder} cannot be read: {refusal}")
    except OSError as error:
        return Unavailable(reason=f"{folder} cannot be read: {error.strerror}")
    return _chosen(names, texts)


def _folder_names(folder: Path) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        here = Path(path).relative_to(folder)
        skips = _FOLDER_SKIPS | _TOP_SKIPS if here == Path() else _FOLDER_SKIPS
        folders[:] = sorted(name for name in folders if name not in skips and not _is_venv(path, name))
        yield from ((here / name).as_posix() for name in sorted(files))


def _is_venv(path: str, name: str) -> bool:
    return os.path.exists(os.path.join(path, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - once a folder


def _tar_members(stream: BinaryIO, filename: str, below: str) -> Iterator[tuple[str, BinaryIO | None]]:
    """Yield name and opened file (None for folders and links) of each member, in the archive's order."""
    plain = _Bounded(_decompressed(stream, filename))
    with tarfile.open(fileobj=cast("BinaryIO", plain), mode="r|", tarinfo=_BoundedTarInfo) as archive:
        for member in archive:
            if member.isdev():
                raise _Refused(f"{member.name!r} is a device")
            if member.islnk() or member.issym():
                _check_link(member)
                if _may_be_text(member.name, below):
                    raise _Refused(f"{member.name!r} is a link")
            if not member.isdir():
                yield (
                    member.name,
                    cast("BinaryIO | None", archive.extractfile(member) if member.isreg() else None),
                )


def _check_link(member: tarfile.TarInfo) -> None:
    """Refuse a link out of the archive, as pip and PEP 706's data filter do."""
    start = os.path.dirname(member.name) if member.issym() else ""  # noqa: PTH120 - a path inside an archive
    target = os.path.normpath(os.path.join(start, member.linkname))  # noqa: PTH118
    if member.linkname.startswith("/") or target.split("/")[0] == "..":
        raise _Refused(f"{member.name!r} links to {member.linkname!r}, outside of the archive")


def _zip_members(stream: BinaryIO, below: str) -> Iterator[tuple[str, BinaryIO | None]]:
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):  # `is_dir` fails on an empty name in Python 3.11
                continue
            if _may_be_text(entry.filename, below):
                with archive.open(entry) as file:
                    yield entry.filename, cast("BinaryIO", file)
            else:
                yield entry.filename, None


def _contents(members: Iterator[tuple[str, BinaryIO | None]], below: str) -> SdistContents:
    names: list[str] = []
    texts: dict[str, str] = {}
    for raw, file in members:
        name = raw.removeprefix("./")
        if name.startswith(("/", "\\")) or ".." in name.split("/"):
            raise _Refused(f"{raw!r} points outside of the archive")
        _add_name(names, name)
        if file is not None and _may_be_text(raw, below):
            texts[name] = _text(file, name)
    top = {name.partition("/")[0] if "/" in name else "" for name in names}
    if len(top) == 1 and "" not in top:
        cut = len(top.pop()) + 1
        names = [name[cut:] for name in names]
        texts = {name[cut:]: text for name, text in texts.items()}
    names = [name.removeprefix(below) for name in names if name.startswith(below)]
    texts = {name.removeprefix(below): text for name, text in texts.items() if name.startswith(below)}
    if not names:
        raise _Refused(f"it has no folder {below[:-1]!r}" if below else "it is empty")
    return _chosen(names, texts)


def _add_name(names: list[str], name: str) -> None:
    if len(names) >= MAX_NAMES:
        raise _Refused(f"it holds more than {MAX_NAMES} files")
    names.append(name)


def _is_text(name: str) -> bool:
    """Whether the path inside the top folder is one of the texts; requires.txt may stand under `src/`."""
    if name.endswith(f"{_EGG_INFO}/requires.txt"):
        return name.count("/") <= 2  # noqa: PLR2004 - src/x.egg-info/requires.txt
    return name in _TEXTS


def _may_be_text(raw: str, below: str) -> bool:
    """Whether the archive's member is one of the texts *below* the top folder, or below none."""
    name = raw.removeprefix("./")
    return any(
        path.startswith(below) and _is_text(path.removeprefix(below))
        for path in (name, name.partition("/")[2])
    )


def _text(file: BinaryIO, name: str) -> str:
    data = file.read(MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise _Refused(f"{name!r} is larger than {MAX_TEXT} bytes")
    return data.decode("utf-8-sig", "replace")  # a BOM is no Python and no TOML


def _chosen(names: list[str], texts: dict[str, str]) -> SdistContents:
    return SdistContents(
        names=tuple(names),
        pkg_info=texts.get("PKG-INFO"),
        pyproject=texts.get("pyproject.toml"),
        setup_py=texts.get("setup.py"),
        setup_cfg=texts.get("setup.cfg"),
        requires_txt=_requires_txt(names, texts),
    )


def _requires_txt(names: list[str], texts: dict[str, str]) -> str | None:
    """Return the requires.txt of the outermost .egg-info; tests carry others (setuptools' do)."""
    folders = {name.rpartition("/")[0] for name in names if f"{_EGG_INFO}/" in name}
    folders = {folder for folder in folders if folder.endswith(_EGG_INFO)}
    outermost = min(folders, key=lambda folder: (folder.count("/"), folder), default="")
    return texts.get(f"{outermost}/requires.txt")


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

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MAX_UNPACKED

    def read(self, count: int) -> bytes:
        data = self._stream.read(count)
        self._left -= len(data)
        if self._left < 0:
            raise _Refused(f"it unpacks to more than {MAX_UNPACKED} bytes")
        return data


class _BoundedTarInfo(tarfile.TarInfo):
    """Refuses to read an extension header of any size; tarfile names this method as the one to override."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if not self.isreg() and not self.isdir() and self.size > _MAX_HEADER:
            raise _Refused("it has an extension header of impossible size")
        return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]
