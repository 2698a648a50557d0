"""The files that several pages have of one project, as one list: of each version when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING

from packaging.version import Version

from archcheck.index.pages.listing import LazyFiles, Releases, is_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.manifest.distribution import IndexFile

    ByVersion = Mapping[Version, tuple[IndexFile, ...]]
    """Files by version, newest version first."""


class MergedFiles(LazyFiles):
    """The files of *pages* together; each page is all its files, and the same by version.

    Of files that nothing else tells apart the last is taken: the page to be believed first comes last.
    """

    def __init__(self, pages: Sequence[tuple[Sequence[IndexFile], ByVersion]]) -> None:
        self._pages = pages

    @cached_property
    def releases(self) -> MergedReleases:
        """The files by version, newest first."""
        return MergedReleases([releases for _, releases in self._pages])

    @cached_property
    def _files(self) -> tuple[IndexFile, ...]:
        return _last_of_each(chain.from_iterable(files for files, _ in self._pages))

    def __len__(self) -> int:
        return len(self._files)

    def __bool__(self) -> bool:
        return any(files for files, _ in self._pages)


class MergedReleases(Mapping[Version, "tuple[IndexFile, ...]"]):
    """The files of several pages by version, newest first; what nobody asks for is not looked at."""

    def __init__(self, pages: Sequence[ByVersion]) -> None:
        self._pages = pages
        self._files: dict[Version, tuple[IndexFile, ...]] = {}

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Version]:
        return _merged(self._pages)

    def __contains__(self, version: object) -> bool:
        return any(version in page for page in self._pages)

    def __getitem__(self, version: Version) -> tuple[IndexFile, ...]:
        if version not in self._files:
            found = [page[version] for page in self._pages if version in page]
            if not found:
                raise KeyError(version)
            self._files[version] = _last_of_each(chain.from_iterable(found))
        return self._files[version]

    def up_to(self, newest: Version) -> Iterator[Version]:
        """Yield the versions from *newest* on down, the first of which are its local ones (PEP 440)."""
        return _merged(
            page.up_to(newest)
            if isinstance(page, (Releases, MergedReleases))
            else (version for version in page if is_within(version, newest))
            for page in self._pages
        )


def _merged(pages: Iterable[Iterable[Version]]) -> Iterator[Version]:
    """Yield the versions of *pages*, each newest first, in that order and once."""
    last = None
    for version in merge(*pages, reverse=True):
        if version != last:
            yield version
        last = version


def _last_of_each(files: Iterable[IndexFile]) -> tuple[IndexFile, ...]:
    """Return *files*, of those with one name and one hash the last; one without a hash gives way to any.

    One name may stand for two files, each with a hash of its own: a private index has wheels that were built
    again for it.
    """
    found: dict[tuple[str, tuple[str, ...]], IndexFile] = {}
    for file in files:
        found.pop((file.filename, ()), None)
        found.pop((file.filename, file.hashes), None)
        found[file.filename, file.hashes] = file
    return tuple(found.values())
