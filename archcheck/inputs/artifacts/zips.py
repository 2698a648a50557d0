"""The members of a zip file, each read by itself; nothing is unpacked to the disk."""

from __future__ import annotations

import posixpath
import zipfile
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from archcheck.inputs.artifacts.gather import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENCRYPTED: Final = 0x1
_MOST_RATIO: Final = 1_100  # deflate makes no more of a byte than 1,032
_MOST_DIRECTORY: Final = 128 * 2**20  # bytes: half a million names and what is said of them


def members_of(file: BinaryIO) -> Iterator[Member]:
    """Yield the files in the zip *file*; raises what `READ_ERRORS` of `gather` names where it is none."""
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.filename.endswith("/"):  # is_dir() raises for a member without a name
                yield _member(archive, info)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    path = posixpath.normpath(info.filename.replace("\\", "/"))
    problem = ""
    mode = info.external_attr >> 16
    if path.startswith(("/", "../")) or path == "..":
        problem = "its path leads outside of the archive"
    elif info.flag_bits & _ENCRYPTED:
        problem = "it is encrypted"
    elif info.file_size > max(info.compress_size, 1) * _MOST_RATIO:
        problem = f"it states {info.file_size:,} bytes, packed into {info.compress_size:,}"
    elif (mode & 0o170000) == 0o120000:  # noqa: PLR2004 - S_IFLNK
        problem = "it is a symbolic link" if ".so" in path else ""
    return Member(
        path=path,
        size=info.file_size,
        packed=info.compress_size,
        executable=bool(mode & 0o111),
        open=partial(_opened, archive, info),
        problem=problem,
    )


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast("BinaryIO", archive.open(info))
