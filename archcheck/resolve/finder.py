"""Which file pip would take from a project's page on one machine, version by version, in pip's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from archcheck.index.http.addresses import is_remote
from archcheck.platforms.nearness import OTHER_PYTHON, nearness
from archcheck.platforms.wheel_tags import Fit, Miss, MissKind, fit, fits, nearest
from archcheck.resolve.model import Pick
from archcheck.resolve.versions import Remembered, Versions, is_pinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from packaging.version import Version

    from archcheck.index.model import IndexFile, Project
    from archcheck.platforms.nearness import Nearness
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Options

_ANY = SpecifierSet()
_SDIST_RANK = 1 << 30
_NOT_FINAL = "only final releases are admitted"


class Finder:
    """Candidates for one machine under one set of options; answers are remembered, pages are not fetched.

    The resolver and whoever asks the index ahead of it share one, in their own threads. Where a method takes
    *hashes*, files are admitted that have one of them, or whose hash the page does not tell; an empty set
    admits all. Finders for several machines may share their *versions*.
    """

    def __init__(self, machine: Machine, options: Options, versions: Versions | None = None) -> None:
        self.machine = machine
        self._options = options
        self._releases: dict[tuple[int, Version, frozenset[str]], tuple[Pick, ...]] = {}
        self._picks: dict[object, Remembered[Pick]] = {}
        self._nearness: dict[tuple[int, Version], Nearness] = {}
        self.versions = versions or Versions()

    def picks(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str] = frozenset()
    ) -> Iterator[Pick]:
        """Yield what installs, best first; prereleases and yanked files as pip has them (PEP 440, 592)."""
        key = (*self.versions.key(project, specifier), hashes)
        found = self._picks.get(key)
        if found is None:
            picks = self._find(project, specifier, hashes)
            found = self._picks.setdefault(key, Remembered(_promised(pick, hashes) for pick in picks))
        return iter(found)

    def _find(self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]) -> Iterator[Pick]:
        waiting: dict[tuple[bool, bool], list[Pick]] = {}
        yanked: list[Pick] = []
        live = False
        for release in self._applicable(project, specifier, hashes):
            best = next((pick for pick in release if pick.file and not pick.file.yanked), None)
            if best is None:
                yanked.append(release[0])
                continue
            live = True
            behind = (
                bool(hashes) and not _is_among(hashes, best),
                self._options.prefer_binary and best.fit is None,
            )
            if any(behind):
                waiting.setdefault(behind, []).append(best)
            else:
                yield best
        for behind in sorted(waiting):
            yield from waiting[behind]
        if not live and is_pinned(specifier):
            yield from yanked

    def rejected(
        self,
        project: Project,
        specifier: SpecifierSet,
        hashes: frozenset[str] = frozenset(),
        prefer: Version | None = None,
        refused: Sequence[Pick] = (),
    ) -> Iterator[Pick]:
        """Yield the versions that *specifier* admits but that pip does not take, each with its problem.

        *prefer* (what the other architecture took) comes first, then the one that misses by least, of several
        the newest: of onnxruntime on Python 3.10 with glibc 2.26 that is 1.23.2, which needs glibc 2.27, and
        not the newest, which has no wheel for that Python and may ask for others that have none either. What
        is yanked, or a prerelease that nobody asked for, comes last. *refused* are picks that fit by their
        tags, and that pip refuses for what their metadata says.
        """
        pre = self._prereleases(project, specifier)
        others = {pick.version: pick for pick in refused}
        order = sorted(
            self.admitted(project, specifier),
            key=lambda version: (
                version != prefer,
                all(file.yanked for file in project.releases[version]),
                version.is_prerelease and not pre,
                OTHER_PYTHON if version in others else self._near(project, version),
            ),
        )
        for version in order:
            found = self._release(project, version, hashes)
            if version in others:
                yield others[version]
            elif not found:
                yield self._explain(project, version, hashes)
            elif all(pick.file and pick.file.yanked for pick in found) and not is_pinned(specifier):
                yield found[0].refused("it was yanked, and pip takes it only where it is pinned")
            elif version.is_prerelease and pre is False:
                yield found[0].refused(_NOT_FINAL)

    def pinned(self, project: Project, version: Version, hashes: frozenset[str] = frozenset()) -> Pick:
        """Return what `picks` and `rejected` begin with where *version*, one of the project's, is pinned."""
        found = self._release(project, version, hashes)
        if not found:
            return self._explain(project, version, hashes)
        if version.is_prerelease and self._options.prereleases(project.name) is False:
            return found[0].refused(_NOT_FINAL)
        return next((pick for pick in found if pick.file and not pick.file.yanked), found[0])

    def as_of(self, release: tuple[IndexFile, ...]) -> tuple[IndexFile, ...]:
        """Return the files of *release* that were there on the day of `--exclude-newer`.

        No rule may speak of the others: gilknocker 0.4.2 got its aarch64 wheel half a year after the first
        ones, and before that no lock could have left it out.
        """
        cutoff = self._options.exclude_newer
        if cutoff is None:
            return release
        return tuple(file for file in release if _before(file.upload_time or "", cutoff) is not False)

    def admitted(self, project: Project, specifier: SpecifierSet = _ANY) -> Iterator[Version]:
        """Yield the versions that *specifier* admits, prereleases too, newest first, fitting or not.

        One that has no file yet on the day of `--exclude-newer` is none.
        """
        versions = self.versions.admitted(project, specifier)
        return (version for version in versions if self.as_of(project.releases[version]))

    def why_none(self, project: Project) -> str:
        """Return why *project* has no version at all."""
        cutoff = self._options.exclude_newer
        later = cutoff is not None and bool(project.releases)
        return f"all of it was uploaded after {cutoff:%Y-%m-%d}" if later else "it lists no files"

    def _near(self, project: Project, version: Version) -> Nearness:
        key = id(project), version
        found = self._nearness.get(key)
        if found is None:
            sdists = self._options.formats.allows(project.name)[1]
            files = self.as_of(project.releases[version])
            found = self._nearness[key] = nearness(files, self.machine, sdists=sdists)
        return found

    def _prereleases(self, project: Project, specifier: SpecifierSet) -> bool | None:
        said = self._options.prereleases(project.name)
        return specifier.prereleases if said is None else said

    def _applicable(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]
    ) -> Iterator[tuple[Pick, ...]]:
        """Yield the admitted files of each version, lazily: pages hold thousands, and the first often does.

        Prereleases stand in where no final release *installs*: pip filters the files that fit.
        """
        matching = self.versions.admitted(project, specifier)
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
        release = self.as_of(project.releases[version])
        allowed = self._options.formats.allows(project.name)
        ranked = []
        for place, file in enumerate(release):
            is_wheel = file.is_wheel
            if self._refusal(file, allowed, hashes, is_wheel=is_wheel) is not None:
                continue
            verdict = fits(file.filename, self.machine) if is_wheel else None
            if is_wheel and verdict is None:
                continue
            rank, build = (verdict.rank, verdict.build) if verdict else (_SDIST_RANK, ())
            pick = Pick(name=project.name, version=version, file=file, release=release, fit=verdict)
            ranked.append(((_is_among(hashes, pick), -rank, build, place), pick))
        ranked.sort(key=lambda entry: entry[0], reverse=True)
        return tuple(pick for _, pick in ranked)

    def _file(
        self, file: IndexFile, allowed: tuple[bool, bool], hashes: frozenset[str]
    ) -> Fit | Miss | str | None:
        """Return how *file* fits (None for an sdist), the miss, or in words why it is not admitted."""
        is_wheel = file.is_wheel
        why = self._refusal(file, allowed, hashes, is_wheel=is_wheel)
        if why is not None:
            return why
        return fit(file.filename, self.machine) if is_wheel else None

    def _refusal(
        self, file: IndexFile, allowed: tuple[bool, bool], hashes: frozenset[str], *, is_wheel: bool
    ) -> str | None:
        """Return in words why *file* is not admitted, whatever machine it is for; None where it is.

        *allowed* says whether wheels are, and whether sdists.
        """
        if not allowed[0 if is_wheel else 1]:
            return "wheels are not allowed (--no-binary)" if is_wheel else "sdists are not allowed"
        if hashes and file.hashes and hashes.isdisjoint(file.hashes):
            return "its hash is not among those given"
        cutoff = self._options.exclude_newer
        if cutoff is not None and (file.upload_time is None or not _before(file.upload_time, cutoff)):
            return f"uploaded after {cutoff:%Y-%m-%d}" if file.upload_time else "no upload time is known"
        if not self.machine.admits(file.requires_python):
            return f"requires Python {file.requires_python}"
        return None

    def _explain(self, project: Project, version: Version, hashes: frozenset[str]) -> Pick:
        """Return the pick for a version of which no file is admitted: its nearest miss, and why."""
        release = project.releases[version]
        allowed = self._options.formats.allows(project.name)
        verdicts = [(self._file(file, allowed, hashes), file) for file in release]
        misses = [(verdict, file) for verdict, file in verdicts if isinstance(verdict, Miss)]
        near = nearest(miss for miss, _ in misses)
        words = sorted({verdict for verdict, _ in verdicts if isinstance(verdict, str)})
        told = not any(file.is_wheel for verdict, file in verdicts if isinstance(verdict, str))
        return Pick(
            name=project.name,
            version=version,
            file=next((file for miss, file in misses if miss is near), release[0]),
            release=self.as_of(release),
            fit=near,
            problem="; ".join([*([_no_wheel_fits(near, told=told)] if near else []), *words]),
        )


def _no_wheel_fits(near: Miss, *, told: bool) -> str:
    """Say what the nearest wheel is for, where *told*: where no other is kept out for another reason."""
    whose = f" (the nearest is for {near.needs})" if told and near.kind is not MissKind.UNREADABLE else ""
    return f"no wheel fits{whose}"


def _is_among(hashes: frozenset[str], pick: Pick) -> bool:
    """Return whether the page tells of the file one of *hashes*: pip takes such a file before others."""
    return pick.file is not None and not hashes.isdisjoint(pick.file.hashes)


def _promised(pick: Pick, hashes: frozenset[str]) -> Pick:
    """Return *pick* with *hashes* as what its file must have, where it is local: no page tells its hash.

    pip settles which file it takes, and then refuses the whole set where that is another one.
    """
    if not hashes or pick.file is None or pick.file.hashes or is_remote(pick.file.url):
        return pick
    return replace(pick, promised=tuple(sorted(hashes)))


def _before(upload_time: str, cutoff: datetime) -> bool | None:
    """Return whether *upload_time* lies before *cutoff*; None where it tells no moment."""
    from datetime import datetime  # noqa: PLC0415 - only --exclude-newer needs it

    try:
        return datetime.fromisoformat(upload_time) < cutoff
    except (ValueError, TypeError):
        return None
