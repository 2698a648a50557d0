"""Which versions of a project a range admits, and which it pins: remembered, and alike on all machines."""

from __future__ import annotations

import threading
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Generic, TypeVar

from packaging.version import Version

from archcheck.index.pages.listing import Releases
from archcheck.index.pages.merging import MergedReleases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from packaging.specifiers import SpecifierSet

    from archcheck.index.model import Project

T = TypeVar("T")

_VERSIONS = 8_192
_UPPER = frozenset({"<", "<=", "=="})
_LOWER = frozenset({">", ">=", "==", "~="})


def is_pinned(specifier: SpecifierSet) -> bool:
    """Return whether *specifier* names one exact version (`==1.2` or `===1.2`, no wildcard), as pip asks."""
    return any(
        spec.operator == "===" or (spec.operator == "==" and not spec.version.endswith(".*"))
        for spec in specifier
    )


def pin_of(specifier: SpecifierSet) -> Version | None:
    """Return the version that *specifier* pins with `==`, or None."""
    for spec in specifier:
        if spec.operator == "==" and not spec.version.endswith(".*"):
            return _version(spec.version)
    return None


@lru_cache(maxsize=_VERSIONS)
def _version(text: str) -> Version:
    return Version(text)


class Remembered(Generic[T]):
    """What an iterator yields, taken from it once for all who look, as far as anybody has looked."""

    def __init__(self, rest: Iterator[T]) -> None:
        self._rest = rest
        self._seen: list[T] = []
        self._ended = False
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[T]:
        place = 0
        while place < len(self._seen) or self._look(place):
            yield self._seen[place]
            place += 1

    def _look(self, place: int) -> bool:
        with self._lock:
            if place == len(self._seen):  # no other thread was faster
                self._seen.extend(islice(self._rest, 1))
                self._ended = place == len(self._seen)
            return place < len(self._seen)

    def seen(self) -> tuple[tuple[T, ...], bool]:
        """Return what anybody has looked at so far, and whether somebody came to the end."""
        return tuple(self._seen), self._ended


class Versions:
    """The versions that ranges admit, prereleases too, newest first, whether any of their files fits or not.

    A search that goes back asks the same again and again of pages with thousands of versions (botocore): what
    was yielded once is remembered, and the rest is not looked at before it is needed.
    """

    def __init__(self) -> None:
        self._known: dict[object, Remembered[Version]] = {}
        self._projects: dict[int, Project] = {}  # keeps the ids in the keys from being reused

    def admitted(self, project: Project, specifier: SpecifierSet) -> Iterator[Version]:
        """Yield the versions of *project* that *specifier* admits."""
        key = self.key(project, specifier)
        found = self._known.get(key)
        if found is None:
            found = self._known.setdefault(key, Remembered(_admitted(project.releases, specifier)))
        return iter(found)

    def key(self, project: Project, specifier: SpecifierSet) -> tuple[object, ...]:
        """Return what is the same for the same question; the answer holds as long as this object does."""
        self._projects[id(project)] = project
        # SpecifierSet's own hash makes every version canonical, and costs more than what is saved.
        return id(project), frozenset((spec.operator, spec.version) for spec in specifier)


def _admitted(releases: Mapping[Version, object], specifier: SpecifierSet) -> Iterator[Version]:
    """Yield the versions that *specifier* admits; of a long page, only those between its bounds are read."""
    if specifier.is_unsatisfiable():
        return iter(())
    ceiling = min(_bounds(specifier, _UPPER), default=None)
    if ceiling is None or not isinstance(releases, (Releases, MergedReleases)):
        return specifier.filter(releases, prereleases=True)
    versions = releases.up_to(ceiling)
    if floor := max(_bounds(specifier, _LOWER), default=None):
        versions = takewhile(floor.__le__, versions)
    return specifier.filter(versions, prereleases=True)


def _bounds(specifier: SpecifierSet, operators: AbstractSet[str]) -> list[Version]:
    found = (spec for spec in specifier if spec.operator in operators)
    return [_version(spec.version) for spec in found if not spec.version.endswith(".*")]
