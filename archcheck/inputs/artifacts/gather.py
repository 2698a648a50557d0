"""From the members of an archive, a folder or an image to what counts: texts of metadata, and native files.

Each member is looked at when it comes by and never again, so that tar files can be streamed. What is read of
one is bounded, whatever it says of itself; what could not be read is said.
"""

from __future__ import annotations

import lzma
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from msgspec.structs import replace

from archcheck.binaries import directory
from archcheck.binaries.elf import read_needs
from archcheck.binaries.formats import read_head
from archcheck.binaries.model import ArchiveContents, NativeFile, Unreadable
from archcheck.binaries.sparse import NeedRange
from archcheck.inputs.parsing.messages import escaped, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_MEMBERS: Final = 500_000
_BYTECODE: Final = ".pyc"
_HEAD: Final = 4096  # bytes: a PE file's own header stands behind a stub of DOS
_MOST_TEXT: Final = 16 * 2**20
_MOST_TEXTS: Final = 64 * 2**20  # all together
_MOST_NATIVES: Final = 20_000
_MOST_MEMBER: Final = 512 * 2**20
_ROUNDS: Final = 16
_MOST_SUSPECTS: Final = 1_000
_INFO = re.compile(r"(?:^|/)[^/]+\.(?:dist-info|egg-info)(?:/(?:METADATA|WHEEL|RECORD|REQUESTED|PKG-INFO|"
                   r"direct_url\.json|requires\.txt|top_level\.txt|installed-files\.txt))?$")  # fmt: skip
_ARCHIVE = re.compile(r"\.(?:zip|whl|egg|tar|tgz|tar\.(?:gz|bz2|xz|zst))$", re.IGNORECASE)
# serverless-python-requirements' `zip: true`, and eggs; the wheels that virtualenv carries are data.
_IMPORTED = re.compile(r"(?:^|/)\.requirements\.zip$|\.egg$", re.IGNORECASE)
_TEXT = re.compile(
    r"\.(?:py[cwi]?|pyx|pxd|pth|txt|md|rst|json|ya?ml|toml|cfg|ini|in|csv|html?|css|js|ts|map|svg|png|jpe?g|gif"
    r"|[ch](?:pp|xx|c)?|f90|hpp|npy|npz|npmrc|po|mo|xml|xsd|pem|crt|ipynb|template|typed|sh|gz|bz2|xz|zst)$",
    re.IGNORECASE,
)
READ_ERRORS: Final = (*directory.READ_ERRORS, RuntimeError, LookupError, zlib.error, lzma.LZMAError)
"""What reading a member raises: where the zip file or a CRC is bad, or a method is not known."""


class Member(NamedTuple):
    """One file: its path in it with `/`, its sizes in bytes, and how it is opened while it comes by.

    `problem` says why it cannot be read, where that is known beforehand.
    """

    path: str
    size: int
    packed: int
    executable: bool
    open: Callable[[], BinaryIO]
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What was found in one tree; `texts` are metadata files by their path.

    `sizes` are those of each file, unpacked and packed; `shipped` adds up all that is shipped, where that is
    more than those files.
    """

    texts: dict[str, bytes] = field(default_factory=dict)
    natives: dict[str, NativeFile] = field(default_factory=dict)
    suspects: dict[str, str] = field(default_factory=dict)
    nested: list[str] = field(default_factory=list)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    shipped: int = 0
    held: int = 0
    needs: bool = True

    def suspect(self, path: str, reason: str) -> None:
        """Take note of a file that could not be looked at."""
        if len(self.suspects) < _MOST_SUSPECTS:
            self.suspects.setdefault(escaped(path), reason)

    def contents(self) -> ArchiveContents:
        """Return it as a value."""
        found = self.contents_of(self.sizes)
        return replace(found, suspects=tuple(sorted(self.suspects.items())))

    def contents_of(self, paths: Iterable[str]) -> ArchiveContents:
        """Return what the files at *paths* come to."""
        files = packed = unpacked = bytecode = 0
        natives = []
        for path in paths:
            size, taken = self.sizes[path]
            files += 1
            packed += taken
            if path.endswith(_BYTECODE):
                bytecode += size
            else:
                unpacked += size
            if path in self.natives:
                natives.append(path)
        return ArchiveContents(
            files=files,
            packed=packed,
            unpacked=unpacked,
            bytecode=bytecode,
            natives=tuple(self.natives[path] for path in sorted(natives)),
        )


def gather(members: Iterable[Member], *, needs: bool = True) -> Gathered:
    """Return what *members* come to; of two members of one path the later one counts, as in unpacking.

    Without *needs* only the first bytes of native files are read.
    """
    found = Gathered(needs=needs)
    for number, member in enumerate(members):
        if number >= MOST_MEMBERS:
            found.suspect(member.path, f"it and what comes after it: only {MOST_MEMBERS:,} files are read")
            break
        take(found, member)
    return found


def take(found: Gathered, member: Member) -> None:
    """Add one member to what was *found*."""
    # A size that deflate cannot come to is a lie: of what is not read, no more counts than is there.
    size = min(member.size, member.packed) if member.problem else member.size
    found.sizes[member.path] = size, member.packed
    if member.path.endswith(_BYTECODE):
        return
    if _INFO.search(member.path):
        _keep(found, member)
    elif not _TEXT.search(member.path):
        _look(found, member)


def _keep(found: Gathered, member: Member) -> None:
    """Keep a text of metadata; of a RECORD, what may be native, and what tells whose folders are."""
    if member.problem or member.size > _MOST_TEXT:
        found.suspect(member.path, member.problem or "metadata of over 16 MiB")
        return
    try:
        with member.open() as file:
            data = file.read(_MOST_TEXT + 1)
    except READ_ERRORS as error:
        found.suspect(member.path, words(error))
        return
    if member.path.endswith("/RECORD"):
        data = b"\n".join(_telling(data))
    elif member.path.endswith("/METADATA"):
        data = data.partition(b"\n\n")[0] if b"\r\n\r\n" not in data else data.partition(b"\r\n\r\n")[0]
    found.held += len(data)
    if found.held > _MOST_TEXTS:
        found.suspect(member.path, "the metadata in it is larger than 64 MiB")
        return
    found.texts[member.path] = data


def _telling(record: bytes) -> Iterator[bytes]:
    """Yield the lines of a RECORD that tell something: of many texts in a folder, one tells whose it is."""
    folders = set()
    for line in record.splitlines():
        path = _first_field(line)
        folder = path.rpartition("/")[0]
        if not folder or folder not in folders or not _TEXT.search(path):
            folders.add(folder)
            yield line


def _first_field(line: bytes) -> str:
    return line.rsplit(b",", 2)[0].decode("utf-8", "replace").strip('"')


def _look(found: Gathered, member: Member) -> None:
    """Look at the first bytes of a member that its name does not call a text."""
    found.natives.pop(member.path, None)
    if member.problem:
        found.suspect(member.path, member.problem)
        return
    try:
        with member.open() as file:
            head = read_head(file.read(_HEAD))
            if head is None:
                if _ARCHIVE.search(member.path):
                    _nested(found, member.path)
                return
            if isinstance(head, Unreadable):
                found.suspect(member.path, head.reason)
                return
            if len(found.natives) >= _MOST_NATIVES:
                found.suspect(member.path, f"it and what comes after it: only {_MOST_NATIVES:,} are read")
                return
            native = NativeFile(
                path=escaped(member.path),
                format=head.format,
                machine=head.machine,
                bits=head.bits,
                os_abi=head.os_abi,
                size=member.size,
                packed=member.packed,
                executable=member.executable,
            )
            found.natives[member.path] = (
                _with_needs(native, file) if found.needs and head.format == "elf" else native
            )
    except READ_ERRORS as error:
        found.suspect(member.path, words(error))


def _nested(found: Gathered, path: str) -> None:
    """Take note of an archive in it: of one that Python imports from, that it was not read."""
    if _IMPORTED.search(path):
        found.suspect(path, "an archive in it; name it by itself")
    elif len(found.nested) < _MOST_SUSPECTS:
        found.nested.append(escaped(path))


def _with_needs(native: NativeFile, file: BinaryIO) -> NativeFile:
    """Return *native* with what it needs, read from where its own tables say that it stands."""
    if native.size > _MOST_MEMBER:
        return replace(native, unread="it is larger than 512 MiB")
    known: dict[int, bytes] = {}
    for _ in range(_ROUNDS):
        needs = read_needs(native.size, known)
        if isinstance(needs, Unreadable):
            return replace(native, unread=needs.reason)
        if not isinstance(needs, NeedRange):
            return replace(native, needs=needs)
        if not file.seekable():
            return replace(native, unread="it is larger than what is held of a compressed layer")
        file.seek(needs.start)
        data = file.read(needs.end - needs.start)
        if len(data) < needs.end - needs.start:
            return replace(native, unread="it is cut off")
        known[needs.start] = data
    return replace(native, unread="its tables lead to ever more of it")
