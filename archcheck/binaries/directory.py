"""A zip file's table of contents: what it adds up to, and which of its members may be native files. No I/O.

`zipfile` reads the table out of a `Sparse` file, so zip64, comments and what stands before the archive are
left to it; names are taken as they stand in the file, since it changes them on Windows. Of the wheels that
were looked into, every ELF file had `.so` in its name, an executable bit or no suffix: so the table tells
which members' first bytes are worth reading.
"""

from __future__ import annotations

import struct
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

from archcheck.binaries.members import LOCAL_HEADER, Directory, Member
from archcheck.binaries.model import Unreadable
from archcheck.binaries.sparse import MissingBytesError, NeedRange, Sparse, TooMuchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TAIL = 16 * 1024
_MOST_TAIL = 64 * 1024
_MOST_DIRECTORY = 4 * 2**20  # bytes, of 50,000 files as a rule; numpy's has 79 kB
_MOST_MEMBERS = 2048  # to be looked at; the most that a wheel has are some hundred
_SMALLEST_PROGRAM = 4096  # bytes, where only the lack of a suffix makes a suspect: tzdata has 600 such
_STORED, _DEFLATED = 0, 8
_UNIX = 3
_NATIVE = (".so", ".pyd", ".dll", ".exe", ".dylib")
# fmt: off
_OTHERWISE = frozenset({
    "a", "c", "cc", "cfg", "cmake", "conf", "cpp", "css", "csv", "dat", "f", "f90", "gif", "h", "hpp",
    "html", "ico", "in", "inc", "ini", "ipynb", "jpg", "js", "json", "lib", "md", "mo", "npy", "npz",
    "o", "pc", "pem", "pl", "pmml", "png", "po", "proto", "ps1", "pth", "pxd", "py", "pyc", "pyi",
    "pyx", "r", "rb", "rst", "sh", "svg", "tcl", "template", "toml", "ts", "ttf", "txt", "typed",
    "woff", "woff2", "xml", "yaml", "yml", "zip",
})
# fmt: on
READ_ERRORS = (
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    OSError,  # a seek before the file's start
    ValueError,  # among them UnicodeDecodeError
    NotImplementedError,
    OverflowError,
    MemoryError,
)


def first_tail(size: int | None) -> int:
    """Return how many bytes to ask for from the end first, so that most tables need no second request."""
    if size is None:
        return 4 * _TAIL
    return min(size, max(_TAIL, min(size // 512, _MOST_TAIL)))


def read_directory(size: int, segments: Mapping[int, bytes]) -> Directory | NeedRange | Unreadable:
    """Return the table of contents of the zip file of *size* bytes, or the range of it to get next.

    *segments* maps offsets to the bytes known there.
    """
    if not segments and size:
        return NeedRange(start=size - first_tail(size), end=size)
    try:
        with zipfile.ZipFile(Sparse(size, segments, most=_MOST_DIRECTORY)) as archive:
            return _directory(archive, size)
    except MissingBytesError as missing:
        return NeedRange(start=missing.start, end=missing.end)
    except TooMuchError:
        return Unreadable(reason="its table of contents is larger than 4 MiB")
    except READ_ERRORS as error:
        return Unreadable(reason=f"it is no readable zip file: {error}")


def _directory(archive: zipfile.ZipFile, size: int) -> Directory:
    entries = [entry for entry in archive.infolist() if not entry.orig_filename.endswith("/")]
    compiled = sum(entry.file_size for entry in entries if entry.orig_filename.endswith(".pyc"))
    end = archive.start_dir
    chosen = [entry for entry in entries if _may_be_native(entry)]
    twice = _listed_twice(chosen)
    torn = _overlapping(archive.infolist(), end)
    suspects: dict[str, str] = {}
    members: list[Member] = []
    for entry in sorted(chosen, key=lambda each: each.header_offset):
        reason = twice.get(entry.orig_filename) or _obstacle(entry) or torn.get(entry.header_offset)
        if reason is None and len(members) == _MOST_MEMBERS:
            reason = f"one of more than {_MOST_MEMBERS} files that may be native"
        if reason is None:
            members.append(_member(entry))
        else:
            suspects[entry.orig_filename] = reason
    return Directory(
        files=len(entries),
        packed=size,
        unpacked=sum(entry.file_size for entry in entries) - compiled,
        bytecode=compiled,
        end=end,
        members=tuple(members),
        suspects=tuple(sorted(suspects.items())),
    )


def _may_be_native(entry: zipfile.ZipInfo) -> bool:
    folder, _, name = entry.orig_filename.rpartition("/")
    name = name.lower()
    if not entry.file_size:
        return name.endswith(_NATIVE)
    if folder.endswith(".dist-info"):
        return False
    if ".so" in name and not name.endswith((".py", ".pyi", ".pyc", ".json", ".txt")):
        return True
    suffix = name.rpartition(".")[2] if "." in name.lstrip(".") else ""
    if suffix in _OTHERWISE:
        return False
    if name.endswith(_NATIVE) or _is_executable(entry):
        return True
    return not suffix and not name.startswith(".") and entry.file_size >= _SMALLEST_PROGRAM


def _is_executable(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == _UNIX and bool(entry.external_attr >> 16 & 0o111)


def _member(entry: zipfile.ZipInfo) -> Member:
    return Member(
        path=entry.orig_filename,
        offset=entry.header_offset,
        packed=entry.compress_size,
        size=entry.file_size,
        deflated=entry.compress_type == _DEFLATED,
        executable=_is_executable(entry),
    )


def _obstacle(entry: zipfile.ZipInfo) -> str | None:
    """Return why *entry* cannot be read, by what the table of contents says; None where nothing is said."""
    method = entry.compress_type
    obstacles = {
        "it has no name": not entry.orig_filename,  # `ZipInfo.is_dir` fails on that in Python 3.11
        "it is empty": not entry.file_size,
        "it is encrypted": entry.flag_bits & 1,
        f"it is packed by method {method}, which no installer expects": method not in {_STORED, _DEFLATED},
        "it begins before the file does": entry.header_offset < 0,
        "its name holds a NUL": "\0" in entry.orig_filename,
        "it is stored as it is, and yet with two sizes": method == _STORED
        and entry.file_size != entry.compress_size,
    }
    return next((reason for reason, is_so in obstacles.items() if is_so), None)


def _listed_twice(entries: Iterable[zipfile.ZipInfo]) -> dict[str, str]:
    counts = Counter(entry.orig_filename for entry in entries)
    return {name: "it is listed twice" for name, count in counts.items() if count > 1}


def _overlapping(entries: Iterable[zipfile.ZipInfo], end: int) -> dict[int, str]:
    """Return the offsets of entries that lie in one another, or reach into the table of contents at *end*."""
    torn: dict[int, str] = {}
    before: zipfile.ZipInfo | None = None
    reached = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < reached and before is not None:
            torn[entry.header_offset] = torn[before.header_offset] = "it lies in another file's place"
        finish = entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        if finish > end:
            torn[entry.header_offset] = "it reaches beyond the end of the archive's files"
        if finish > reached:
            reached, before = finish, entry
    return torn
