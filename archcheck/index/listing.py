"""The files of a page by version, kept packed: a page of 3,700 files is asked for a handful of them.

A `Listing` is what the cache keeps of a page, and how a page is held in memory. A release is unpacked when
it is first asked for, and a version's text is parsed when the search comes to it. So what an `Entry` is
belongs to the cache's layout: who changes it raises the version there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, overload

import msgspec
from packaging.version import Version

from archcheck.index.entries import Entry, check, index_file, plain
from archcheck.index.filenames import is_distribution, version_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packaging.utils import NormalizedName

    from archcheck.distribution import IndexFile

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Entry]).decode


class _Run(NamedTuple):
    """Files that follow one another on the page and have the same version text; "" where it says none."""

    version: str
    entries: msgspec.Raw


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """The page at `url`, of `count` distributions: its runs in the page's order, and what makes a release.

    `releases` are numbers of runs, newest version first; runs whose version cannot be read are in none.
    """

    url: str
    count: int
    runs: tuple[_Run, ...]
    releases: tuple[tuple[int, ...], ...]


def listed(entries: Iterable[Entry], *, url: str, name: NormalizedName) -> Listing:
    """Return the distributions among *entries* of the page at *url* (after redirects); raise `PageError`."""
    runs: list[tuple[str, list[Entry]]] = []
    last = None
    for entry in entries:
        text = version_text(entry.filename, name) or ""
        if not text and not is_distribution(entry.filename):
            continue
        if not plain(entry):
            check(entry, url)
        if entry.core_metadata is not None:
            entry.dist_info_metadata = None  # its old name, which then says nothing more (PEP 714)
        if text != last:
            last, run = text, list[Entry]()
            runs.append((text, run))
        run.append(entry)
    return Listing(
        url=url,
        count=sum(len(run) for _, run in runs),
        runs=tuple([_Run(text, msgspec.Raw(_pack(run))) for text, run in runs]),
        releases=_newest_first([text for text, _ in runs]),
    )


def _newest_first(texts: list[str]) -> tuple[tuple[int, ...], ...]:
    """Return the places in *texts* where each version stands, newest version first."""
    places: dict[Version, list[int]] = {}
    known: dict[str, list[int]] = {"": []}
    for place, text in enumerate(texts):
        if text not in known:
            try:
                known[text] = places.setdefault(Version(text), [])
            except ValueError:  # InvalidVersion is one; so is a number of more digits than int() reads
                known[text] = []
        known[text].append(place)
    return tuple([tuple(places[version]) for version in sorted(places, reverse=True)])


class ListedFiles(Sequence["IndexFile"]):
    """All files of a listing, in the page's order; `releases` has them by version, without reading all."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    @cached_property
    def releases(self) -> Releases:
        """The files by version, newest first."""
        return Releases(self._listing)

    @cached_property
    def _files(self) -> tuple[IndexFile, ...]:
        return _files_of(self._listing, range(len(self._listing.runs)))

    def __len__(self) -> int:
        return self._listing.count

    @overload
    def __getitem__(self, place: int) -> IndexFile: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[IndexFile, ...]: ...
    def __getitem__(self, place: int | slice) -> IndexFile | tuple[IndexFile, ...]:
        return self._files[place]

    def __iter__(self) -> Iterator[IndexFile]:
        return iter(self._files)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._files == tuple(other)

    def __hash__(self) -> int:
        return hash(self._files)


class Releases(Mapping[Version, "tuple[IndexFile, ...]"]):
    """The files of a listing by version, newest first; what nobody asks for is not unpacked."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._versions: list[Version | None] = [None] * len(listing.releases)
        self._places: dict[Version, int] = {}
        self._files: dict[int, tuple[IndexFile, ...]] = {}

    def __len__(self) -> int:
        return len(self._versions)

    def __iter__(self) -> Iterator[Version]:
        return map(self._version, range(len(self._versions)))

    def __contains__(self, version: object) -> bool:
        return isinstance(version, Version) and self._place(version) is not None

    def __getitem__(self, version: Version) -> tuple[IndexFile, ...]:
        place = self._place(version)
        if place is None:
            raise KeyError(version)
        if place not in self._files:
            self._files[place] = _files_of(self._listing, self._listing.releases[place])
        return self._files[place]

    def since(self, admits: Callable[[Version], bool]) -> Iterator[Version]:
        """Yield the versions from the newest that *admits* on; it has to admit all that are older, too."""
        count, reach = len(self), 1
        while reach < count and not admits(self._version(reach - 1)):
            reach *= 2
        places = range(reach // 2, min(reach, count))
        first = bisect_left(places, True, key=lambda place: admits(self._version(place)))  # noqa: FBT003
        return map(self._version, range(places.start + first, count))

    def _version(self, place: int) -> Version:
        version = self._versions[place]
        if version is None:
            version = Version(self._listing.runs[self._listing.releases[place][0]].version)
            self._versions[place] = version
            self._places[version] = place
        return version

    def _place(self, wanted: Version) -> int | None:
        """Return where *wanted* stands, by halving: they are sorted."""
        if wanted in self._places:
            return self._places[wanted]
        low, high = 0, len(self._versions)
        while low < high:
            middle = (low + high) // 2
            if self._version(middle) > wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._versions) and self._version(low) == wanted else None


def _files_of(listing: Listing, runs: Iterable[int]) -> tuple[IndexFile, ...]:
    entries = chain.from_iterable(_unpack(listing.runs[run].entries) for run in runs)
    return tuple([index_file(entry, listing.url) for entry in entries])
