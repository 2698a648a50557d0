"""The files of a project page by version, packed: of 3,700 files on a page a search looks at a handful.

A page is held as a `Listing` both in memory and in the cache. A release is unpacked when it is first asked
for, and a version is parsed when the search comes to it. A `Row` and an `Entry` are therefore part of the
cache's layout: whoever changes one of them raises the layout's version.
"""

from __future__ import annotations

import re
import struct
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, overload

import msgspec
from packaging.version import Version

from archcheck.index.pages.entries import Entry, absolute, index_file
from archcheck.manifest.distribution import IndexFile, Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Row(msgspec.Struct, array_like=True, gc=False):
    """A file at root + `folder` + its name; or the `entry` itself, where that says what does not fit here.

    `name` may be the number of the tail that follows the stem. `metadata` is the SHA-256 of the metadata file
    or, where none is stated, whether there is one.
    """

    name: int | str
    folder: str = ""
    sha256: bytes = b""
    requires_python: str | None = None
    size: Size | None = None
    upload_time: str | None = None
    metadata: bytes | bool = False
    yanked: bool | str | None = False
    entry: Entry | None = None


class _Versioned(msgspec.Struct, array_like=True, gc=False):
    version: str


class Stretch(_Versioned, array_like=True, gc=False):
    """Files that follow one another on the page from *position* on, all of one version ("" for none).

    `stem` is what their names begin with where a tail follows.
    """

    position: int
    stem: str
    rows: list[Row]


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """The page at `url`, of `count` distributions, by release: newest version first, what has none at last.

    `packed` has the stretches of each release (msgpack), one release after the other, and `bounds` tells
    where each begins and ends. These are two long strings, since an object for each release would weigh more.
    """

    url: str
    count: int
    root: str
    tails: msgspec.Raw
    bounds: bytes
    packed: memoryview


_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
_PLAIN = re.compile(rf"(?:{_NAME}/)*{_NAME}")  # what follows a root as it stands
_PLAIN_ROOT = rf"https?://{_NAME}(?::[0-9]+)?/(?:{_NAME}/)*|/?(?:(?:\.\.|{_NAME})/)+"
_BOUND = 4  # bytes
_BOUNDS = struct.Struct("<II")
_read = msgspec.msgpack.Decoder(list[Stretch]).decode
_read_version = msgspec.msgpack.Decoder(list[_Versioned]).decode
_read_tails = msgspec.msgpack.Decoder(list[str]).decode


class LazyFiles(Sequence["IndexFile"]):
    """Files of one project, in the order of their pages, that nobody may ever look at one by one."""

    @property
    @abstractmethod
    def _files(self) -> tuple[IndexFile, ...]:
        """All of them; made when somebody looks."""

    @overload
    def __getitem__(self, position: int) -> IndexFile: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[IndexFile, ...]: ...
    def __getitem__(self, position: int | slice) -> IndexFile | tuple[IndexFile, ...]:
        return self._files[position]

    def __iter__(self) -> Iterator[IndexFile]:
        return iter(self._files)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._files == tuple(other)

    def __hash__(self) -> int:
        return hash(self._files)


class ListedFiles(LazyFiles):
    """All files of a listing, in the page's order; `releases` has them by version, without reading all."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    @cached_property
    def releases(self) -> Releases:
        """The files by version, newest first."""
        return Releases(self._listing)

    @cached_property
    def _files(self) -> tuple[IndexFile, ...]:
        return self.releases.on_page()

    def __len__(self) -> int:
        return self._listing.count


class Releases(Mapping[Version, "tuple[IndexFile, ...]"]):
    """The files of a listing by version, newest first; what nobody asks for is not unpacked."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._versions: list[Version | None] = [None] * (len(listing.bounds) // _BOUND - 2)
        self._positions: dict[Version, int] = {}
        self._files: dict[int, tuple[IndexFile, ...]] = {}

    @cached_property
    def _tails(self) -> list[str]:
        return _read_tails(self._listing.tails)

    @cached_property
    def _root(self) -> str | None:
        """The address of the root: joining each link to the page takes twenty times as long."""
        listing = self._listing
        return absolute(listing.root, listing.url) if re.fullmatch(_PLAIN_ROOT, listing.root) else None

    def on_page(self) -> tuple[IndexFile, ...]:
        """Return the files of all releases and of none, in the page's order."""
        stretches = [
            stretch for position in range(len(self) + 1) for stretch in _read(self._packed(position))
        ]
        return self._unpacked(sorted(stretches, key=attrgetter("position")))

    def __len__(self) -> int:
        return len(self._versions)

    def __iter__(self) -> Iterator[Version]:
        return map(self._version, range(len(self._versions)))

    def __contains__(self, version: object) -> bool:
        return isinstance(version, Version) and self._position(version) is not None

    def __getitem__(self, version: Version) -> tuple[IndexFile, ...]:
        position = self._position(version)
        if position is None:
            raise KeyError(version)
        if position not in self._files:
            self._files[position] = self._unpacked(_read(self._packed(position)))
        return self._files[position]

    def up_to(self, newest: Version) -> Iterator[Version]:
        """Yield the versions from *newest* on down, the first of which are its local ones (PEP 440)."""

        def is_older(position: int) -> bool:
            return is_within(self._version(position), newest)

        count, reach = len(self), 1
        while reach < count and not is_older(reach - 1):
            reach *= 2
        positions = range(reach // 2, min(reach, count))
        return map(self._version, range(positions.start + bisect_left(positions, True, key=is_older), count))  # noqa: FBT003

    def _version(self, position: int) -> Version:
        version = self._versions[position]
        if version is None:
            version = Version(_read_version(self._packed(position))[0].version)
            self._versions[position] = version
            self._positions[version] = position
        return version

    def _position(self, wanted: Version) -> int | None:
        """Return where *wanted* stands, by halving: they are sorted."""
        if wanted in self._positions:
            return self._positions[wanted]
        low, high = 0, len(self._versions)
        while low < high:
            middle = (low + high) // 2
            if self._version(middle) > wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._versions) and self._version(low) == wanted else None

    def _packed(self, position: int) -> memoryview:
        start, end = _BOUNDS.unpack_from(self._listing.bounds, position * _BOUND)
        return self._listing.packed[start:end]

    def _unpacked(self, stretches: Iterable[Stretch]) -> tuple[IndexFile, ...]:
        return tuple([self._file(row, stretch.stem) for stretch in stretches for row in stretch.rows])

    def _file(self, row: Row, stem: str) -> IndexFile:
        """Return the file that was kept as *row*: what `index_file` makes of its entry."""
        if row.entry is not None:
            return index_file(row.entry, self._listing.url)
        filename = stem + self._tails[row.name] if isinstance(row.name, int) else row.name
        metadata = f"sha256:{row.metadata.hex()}" if isinstance(row.metadata, bytes) else ""
        return IndexFile(
            filename=filename,
            url=self._address(row.folder + filename),
            hashes=(f"sha256:{row.sha256.hex()}",),
            requires_python=row.requires_python or None,
            size=row.size,
            upload_time=row.upload_time,
            yanked=bool(row.yanked),
            metadata=metadata if row.metadata else None,
        )

    def _address(self, rest: str) -> str:
        """Return where the file is that the page has at its root and *rest*; "" where that leads nowhere."""
        if self._root is not None and _PLAIN.fullmatch(rest):
            return self._root + rest
        return absolute(self._listing.root + rest, self._listing.url) or ""


def is_within(version: Version, newest: Version) -> bool:
    """Return whether *version* is at most *newest*, as a specifier counts: its local ones are (PEP 440)."""
    return version <= newest or (version.local is not None and Version(version.public) <= newest)
