"""Which file pip would take from a project's page on one machine, version by version, in pip's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from archcheck.fit import Fit, Miss, fit, nearest
from archcheck.resolve.model import Pick

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from archcheck.index.model import IndexFile, Project
    from archcheck.resolve.model import Options
    from archcheck.targets import Machine

_SDIST_RANK = 1 << 30


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
            return Version(spec.version)
    return None


class Finder:
    """Candidates for one machine under one set of options; answers are remembered, pages are not fetched."""

    def __init__(self, machine: Machine, options: Options) -> None:
        self.machine = machine
        self._options = options
        self._releases: dict[tuple[int, Version, frozenset[str]], tuple[Pick, ...]] = {}
        self._pythons: dict[str, bool] = {}
        self._projects: dict[int, Project] = {}  # keeps the ids in `_releases` from being reused

    def picks(self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]) -> Iterator[Pick]:
        """Yield what installs, best first; prereleases and yanked files as pip has them (PEP 440, 592)."""
        later: list[Pick] = []
        yanked: list[Pick] = []
        live = False
        for found in self._admitted(project, specifier, hashes):
            fresh = [pick for pick in found if pick.file is None or not pick.file.yanked]
            if not fresh:
                yanked.append(found[0])
                continue
            live = True
            if self._options.prefer_binary and isinstance(fresh[0].fit, Fit) is False:
                later.append(fresh[0])
            else:
                yield fresh[0]
        yield from later
        if not live and is_pinned(specifier):
            yield from yanked

    def shut_out(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str], prefer: Version | None
    ) -> Iterator[Pick]:
        """Yield the versions that *specifier* admits but that do not install, each with its problem.

        *prefer* (what the other architecture took) comes first, then the newest; final releases go before
        prereleases.
        """
        admitted = [v for v in project.releases if specifier.contains(v, prereleases=True)]
        pre = self._options.pre or bool(specifier.prereleases)
        order = sorted(admitted, key=lambda v: (v != prefer, v.is_prerelease and not pre))
        for version in order:
            if not self._release(project, version, hashes):
                yield self._explain(project, version, hashes)

    def _admitted(
        self, project: Project, specifier: SpecifierSet, hashes: frozenset[str]
    ) -> Iterator[tuple[Pick, ...]]:
        held: list[tuple[Pick, ...]] = []
        final = False
        pre = self._options.pre or bool(specifier.prereleases)
        for version in project.releases:
            if not specifier.contains(version, prereleases=True):
                continue
            found = self._release(project, version, hashes)
            if not found:
                continue
            if version.is_prerelease and not pre:
                held.append(found)
                continue
            final = True
            yield found
        if not final:
            yield from held

    def _release(self, project: Project, version: Version, hashes: frozenset[str]) -> tuple[Pick, ...]:
        key = (id(project), version, hashes)
        if key not in self._releases:
            self._projects[id(project)] = project
            self._releases[key] = self._evaluate(project, version, hashes)
        return self._releases[key]

    def _evaluate(self, project: Project, version: Version, hashes: frozenset[str]) -> tuple[Pick, ...]:
        release = project.releases[version]
        ranked = []
        for place, file in enumerate(release):
            verdict = self._file(file, project.name, hashes)
            if isinstance(verdict, str | Miss):
                continue
            rank, build = (verdict.rank, verdict.build) if verdict else (_SDIST_RANK, ())
            pick = Pick(name=project.name, version=version, file=file, release=release, fit=verdict)
            ranked.append(((-rank, build, place), pick))
        ranked.sort(key=lambda entry: entry[0], reverse=True)
        return tuple(pick for _, pick in ranked)

    def _file(self, file: IndexFile, name: str, hashes: frozenset[str]) -> Fit | Miss | str | None:
        """Return how *file* fits (None for an sdist), the miss, or in words why it is not admitted."""
        wheels, sdists = self._options.formats.allows(name)
        if not (wheels if file.is_wheel else sdists):
            return "wheels are not allowed (--no-binary)" if file.is_wheel else "sdists are not allowed"
        if hashes and file.hashes and hashes.isdisjoint(file.hashes):
            return "its hash is not among those given"
        cutoff = self._options.exclude_newer
        if cutoff is not None and (file.upload_time is None or not _before(file.upload_time, cutoff)):
            return f"uploaded after {cutoff:%Y-%m-%d}" if file.upload_time else "no upload time is known"
        if not self.python_fits(file.requires_python):
            return f"requires Python {file.requires_python}"
        return fit(file.filename, self.machine) if file.is_wheel else None

    def python_fits(self, text: str | None) -> bool:
        """Return whether `requires-python` *text* admits the machine's Python; pip ignores an invalid one."""
        if not text:
            return True
        if text not in self._pythons:
            try:
                specifier = SpecifierSet(text)
            except InvalidSpecifier:
                self._pythons[text] = True
            else:
                self._pythons[text] = specifier.contains(self.machine.python_version, prereleases=True)
        return self._pythons[text]

    def _explain(self, project: Project, version: Version, hashes: frozenset[str]) -> Pick:
        release = project.releases[version]
        verdicts = [(self._file(file, project.name, hashes), file) for file in release]
        misses = [(verdict, file) for verdict, file in verdicts if isinstance(verdict, Miss)]
        near = nearest(miss for miss, _ in misses)
        words = sorted({verdict for verdict, _ in verdicts if isinstance(verdict, str)})
        problem = "no wheel fits" if near else ""
        file = next((file for miss, file in misses if miss is near), release[0])
        return Pick(
            name=project.name,
            version=version,
            file=file,
            release=release,
            fit=near,
            problem="; ".join(filter(None, [problem, *words])) or "no file",
        )


def _before(upload_time: str, cutoff: datetime) -> bool:
    from datetime import datetime  # noqa: PLC0415 - only --exclude-newer needs it

    try:
        return datetime.fromisoformat(upload_time) < cutoff
    except (ValueError, TypeError):
        return False
