"""Which file pip would take from a project's page on one machine, version by version, in pip's order."""

from __future__ import annotations

import threading
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Generic, TypeVar

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.fit import Fit, Miss, fit, nearest
from archcheck.index.listing import Releases
from archcheck.resolve.model import Pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from archcheck.index.model import IndexFile, Project
    from archcheck.resolve.model import Options
    from archcheck.targets import Machine

T = TypeVar("T")

_ANY = SpecifierSet()
_VERSIONS = 8_192
_UPPER = frozenset({"<", "<=", "=="})
_LOWER = frozenset({">", ">=", "==", "~="})
_SDIST_RANK = 1 << 30
_NOT_FINAL = "only final releases are admitted"


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


class _Remembered(Generic[T]):
    """What an iterator yields, taken from it once for all who look, as far as anybody has looked."""

    def __init__(self, rest: Iterator[T]) -> None:
        self._rest = rest
        self._seen: list[T] = []
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
            return place < len(self._seen)


class Finder:
    """Candidates for one machine under one set of options; answers are remembered, pages are not fetched.

    The resolver and whoever asks the index ahead of it share one, in their own threads. Where a method takes
    *hashes*, files are admitted that have one of them, or whose hash the page does not tell; an empty set
    admits all.
    """

    def __init__(self, machine: Machine, options: Options) -> None:
        self.machine = machine
        self._options = options
        self._releases: dict[tuple[int, Version, frozenset[str]], tuple[Pick, ...]] = {}
        self._versions: dict[object, _Remembered[Version]] = {}
        self._picks: dict[object, _Remembered[Pick]] = {}
        self._projects: dict[int, Project] = {}  # keeps the ids in the keys from being reused

    def picks(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str] = frozenset()
    ) -> Iterator[Pick]:
        """Yield what installs, best first; prereleases and yanked files as pip has them (PEP 440, 592)."""
        key = (*self._key(project, specifier), hashes)
        return self._remembered(self._picks, key, lambda: self._find(project, specifier, hashes))

    def _find(self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]) -> Iterator[Pick]:
        sdists: list[Pick] = []
        yanked: list[Pick] = []
        live = False
        for release in self._applicable(project, specifier, hashes):
            best = next((pick for pick in release if pick.file and not pick.file.yanked), None)
            if best is None:
                yanked.append(release[0])
                continue
            live = True
            if self._options.prefer_binary and best.fit is None:
                sdists.append(best)
            else:
                yield best
        yield from sdists
        if not live and is_pinned(specifier):
            yield from yanked

    def shut_out(
        self,
        project: Project,
        specifier: SpecifierSet,
        hashes: frozenset[str] = frozenset(),
        prefer: Version | None = None,
    ) -> Iterator[Pick]:
        """Yield the versions that *specifier* admits but that pip does not take, each with its problem.

        *prefer* (what the other architecture took) comes first, then the newest; what is yanked, or a
        prerelease that nobody asked for, comes last.
        """
        pre = self._prereleases(project, specifier)
        order = sorted(
            self.versions(project, specifier),
            key=lambda version: (
                version != prefer,
                all(file.yanked for file in project.releases[version]),
                version.is_prerelease and not pre,
            ),
        )
        for version in order:
            found = self._release(project, version, hashes)
            if not found:
                yield self._explain(project, version, hashes)
            elif all(pick.file and pick.file.yanked for pick in found) and not is_pinned(specifier):
                yield found[0].refused("it was yanked, and pip takes it only where it is pinned")
            elif version.is_prerelease and pre is False:
                yield found[0].refused(_NOT_FINAL)

    def pinned(self, project: Project, version: Version, hashes: frozenset[str] = frozenset()) -> Pick:
        """Return what `picks` and `shut_out` begin with where *version*, one of the project's, is pinned."""
        found = self._release(project, version, hashes)
        if not found:
            return self._explain(project, version, hashes)
        if version.is_prerelease and self._options.prereleases(project.name) is False:
            return found[0].refused(_NOT_FINAL)
        return next((pick for pick in found if pick.file and not pick.file.yanked), found[0])

    def versions(self, project: Project, specifier: SpecifierSet) -> Iterator[Version]:
        """Yield the versions that *specifier* admits, prereleases too, newest first, whether they fit or not.

        A search that goes back asks the same again and again of pages with thousands of versions (botocore):
        what was yielded once is remembered, and the rest is not looked at before it is needed.
        """
        key = self._key(project, specifier)
        return self._remembered(self._versions, key, lambda: _admitted(project.releases, specifier))

    def _key(self, project: Project, specifier: SpecifierSet) -> tuple[object, ...]:
        self._projects[id(project)] = project
        # SpecifierSet's own hash makes every version canonical, and costs more than what is saved.
        return id(project), frozenset((spec.operator, spec.version) for spec in specifier)

    @staticmethod
    def _remembered(
        known: dict[object, _Remembered[T]], key: object, look: Callable[[], Iterator[T]]
    ) -> Iterator[T]:
        found = known.get(key)
        if found is None:
            found = known.setdefault(key, _Remembered(look()))
        return iter(found)

    def _prereleases(self, project: Project, specifier: SpecifierSet) -> bool | None:
        said = self._options.prereleases(project.name)
        return specifier.prereleases if said is None else said

    def _applicable(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]
    ) -> Iterator[tuple[Pick, ...]]:
        """Yield the admitted files of each version, lazily: pages hold thousands, and the first often does.

        Prereleases stand in where no final release *installs*: pip filters the files that fit.
        """
        matching = self.versions(project, specifier)
        releases = (self._release(project, version, hashes) for version in matching)
        return _ANY.filter(
            filter(None, releases),
            prereleases=self._prereleases(project, specifier),
            key=lambda release: release[0].version,
        )

    def _release(self, project: Project, version: Version, hashes: frozenset[str]) -> tuple[Pick, ...]:
        key = (id(project), version, hashes)
        found = self._releases.get(key)
        if found is None:
            found = self._releases[key] = self._evaluate(project, version, hashes)
        return found

    def _evaluate(self, project: Project, version: Version, hashes: frozenset[str]) -> tuple[Pick, ...]:
        release = project.releases[version]
        allowed = self._options.formats.allows(project.name)
        ranked = []
        for place, file in enumerate(release):
            verdict = self._file(file, allowed, hashes)
            if isinstance(verdict, str | Miss):
                continue
            rank, build = (verdict.rank, verdict.build) if verdict else (_SDIST_RANK, ())
            pick = Pick(name=project.name, version=version, file=file, release=release, fit=verdict)
            ranked.append(((-rank, build, place), pick))
        ranked.sort(key=lambda entry: entry[0], reverse=True)
        return tuple(pick for _, pick in ranked)

    def _file(
        self, file: IndexFile, allowed: tuple[bool, bool], hashes: frozenset[str]
    ) -> Fit | Miss | str | None:
        """Return how *file* fits (None for an sdist), the miss, or in words why it is not admitted.

        *allowed* says whether wheels are, and whether sdists.
        """
        is_wheel = file.is_wheel
        if not allowed[0 if is_wheel else 1]:
            return "wheels are not allowed (--no-binary)" if is_wheel else "sdists are not allowed"
        if hashes and file.hashes and hashes.isdisjoint(file.hashes):
            return "its hash is not among those given"
        cutoff = self._options.exclude_newer
        if cutoff is not None and (file.upload_time is None or not _before(file.upload_time, cutoff)):
            return f"uploaded after {cutoff:%Y-%m-%d}" if file.upload_time else "no upload time is known"
        if not self.machine.admits(file.requires_python):
            return f"requires Python {file.requires_python}"
        return fit(file.filename, self.machine) if is_wheel else None

    def _explain(self, project: Project, version: Version, hashes: frozenset[str]) -> Pick:
        """Return the pick for a version of which no file is admitted: its nearest miss, and why."""
        release = project.releases[version]
        allowed = self._options.formats.allows(project.name)
        verdicts = [(self._file(file, allowed, hashes), file) for file in release]
        misses = [(verdict, file) for verdict, file in verdicts if isinstance(verdict, Miss)]
        near = nearest(miss for miss, _ in misses)
        words = sorted({verdict for verdict, _ in verdicts if isinstance(verdict, str)})
        return Pick(
            name=project.name,
            version=version,
            file=next((file for miss, file in misses if miss is near), release[0]),
            release=release,
            fit=near,
            problem="; ".join([*(["no wheel fits"] if near else []), *words]),
        )


def _admitted(releases: Mapping[Version, object], specifier: SpecifierSet) -> Iterator[Version]:
    """Yield the versions that *specifier* admits; of a long page, only those between its bounds are read."""
    if specifier.is_unsatisfiable():
        return iter(())
    ceiling = min(_bounds(specifier, _UPPER), default=None)
    if ceiling is None or not isinstance(releases, Releases):
        return specifier.filter(releases, prereleases=True)
    versions = releases.up_to(ceiling)
    if floor := max(_bounds(specifier, _LOWER), default=None):
        versions = takewhile(floor.__le__, versions)
    return specifier.filter(versions, prereleases=True)


def _bounds(specifier: SpecifierSet, operators: AbstractSet[str]) -> list[Version]:
    found = (spec for spec in specifier if spec.operator in operators)
    return [_version(spec.version) for spec in found if not spec.version.endswith(".*")]


def _before(upload_time: str, cutoff: datetime) -> bool:
    from datetime import datetime  # noqa: PLC0415 - only --exclude-newer needs it

    try:
        return datetime.fromisoformat(upload_time) < cutoff
    except (ValueError, TypeError):
        return False
