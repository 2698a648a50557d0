"""uv.lock, and the lock of a script (`NAME.py.lock`).

A lock may hold several versions of one package, each for some environments ("forks", `resolution-markers`).
Here each of them becomes a `LockedPackage` with the marker of its environments (`_fork`). `selection` says
which edges the chosen extras and groups lead to. Which of several versions an edge means on one machine is
decided when the lock is read for that machine (`resolve.lockfile`).
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.errors import InputError
from archcheck.files import absolute
from archcheck.inputs.parsing.lock_version import MAX_VERSIONS, newer
from archcheck.inputs.parsing.messages import a_few, escaped, shown
from archcheck.inputs.parsing.partial_markers import either
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.pyproject.uv_settings import Settings, read_settings
from archcheck.inputs.uv.choices import choices
from archcheck.inputs.uv.graph import Graph, normal
from archcheck.inputs.uv.schema import LockFile
from archcheck.inputs.uv.selection import choose
from archcheck.inputs.uv.sources import index_file, uv_source
from archcheck.inputs.uv.staleness import asked_since
from archcheck.inputs.uv.text import parse_uv_lock
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import Location, Skipped
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.markers import Marker

    from archcheck.files import Files
    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.uv.schema import Edge, Package
    from archcheck.inputs.uv.selection import Start
    from archcheck.manifest.distribution import IndexFile
    from archcheck.manifest.manifest import Selection

VERSION: Final = 1
NEWEST_REVISION: Final = 5


def read_uv_lock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the uv.lock at *path* says, with the `[tool.uv]` settings beside it where there are any.

    By default the dependencies of the project alone are required: no extras, no groups. `uv sync` adds the
    groups of `default-groups` (`dev`) to them. All members of a workspace are audited together, as by `uv
    sync --all-packages`, or the one that is selected, as by `uv sync --package`. Where all extras are asked
    for and some exclude each other, it is the lock with one choice of them, and has those with the other
    choices as its `others`. Raises InputError.
    """
    _ = environ  # uv fills no variables in
    document = read_toml(path, files=files, cwd=cwd, expected="a uv.lock", parse=parse_uv_lock)
    version = document.table.get("version")
    if version != VERSION:
        found = shown(str(version)) if version is not None else "none"
        document.refuse(f"{found} is not supported; expected {VERSION}, the version known", key="version")
    lock = convert(document, LockFile)
    package = selection.package
    divided = choices(document, lock, selection.groups, package) if selection.all_extras else None
    if divided is None:
        return _UvLock(document, lock, selection, files).lock()
    chosen = [replace(selection, all_extras=False, extras=divided.free.union(each)) for each in divided.taken]
    locks = [_UvLock(document, lock, each, files).lock() for each in chosen]
    first, *others = (replace(each, extras=taken) for each, taken in zip(locks, divided.taken, strict=True))
    return replace(
        first,
        others=tuple(others),
        warnings=(*first.warnings, *divided.warnings(document.path)),
        skipped=(*first.skipped, *divided.skipped(document.path)),
    )


class _UvLock:
    """One run over one lock."""

    def __init__(self, document: Document, lock: LockFile, selection: Selection, files: Files) -> None:
        self._document = document
        self._lock = lock
        self._selection = selection
        self._disk = files
        self._graph = Graph(document, lock)
        self._lines = document.lines_of("package", len(lock.package))
        self._locations = [Location(path=document.path, line=line) for line in self._lines]
        self._chosen = choose(document, lock, selection)
        starts = [(start.edge, start.key) for start in self._chosen.starts]
        conflicts = [item for conflict in lock.conflicts for item in conflict]
        self._graph.activate(self._chosen.active, conflicts, starts)

    def lock(self) -> Lock:
        """Return the whole."""
        settings, unread = self._settings()
        requirements = tuple(each for start in self._chosen.starts for each in self._required(start))
        return Lock(
            path=self._document.path,
            sha256=self._document.sha256,
            requirements=(*requirements, *self._asked_since()),
            packages=tuple(self._packages()),
            options=settings.options(self._registries()),
            requires_python=self._specifier(self._lock.requires_python, "requires-python"),
            environments=self._markers("supported-markers", self._lock.supported_markers),
            demanded=self._markers("required-markers", self._lock.required_markers),
            skipped=tuple(self._skipped()),
            limits=tuple(self._limits()),
            warnings=(*self._warnings(), *unread),
            **self._narrowed(),
        )

    def _narrowed(self) -> dict[str, Any]:
        """Return the member that the lock is narrowed to, and its folder; nothing where it is not."""
        if not self._selection.package:
            return {}
        root = self._lock.package[self._chosen.roots[0]]
        return {"member": normal(root.name), "folder": root.source.folder or "."}

    def _markers(self, key: str, stated: Iterable[str]) -> tuple[Marker, ...]:
        return tuple(self._graph.parsed(marker, f"{key}[{place}]") for place, marker in enumerate(stated))

    def _asked_since(self) -> Iterator[LockedDependency]:
        known = frozenset(self._graph.named).union(map(normal, self._lock.manifest.excludes))
        for number in self._chosen.roots:
            member = self._lock.package[number].source.folder or "."
            yield from asked_since(self._document, member, known, self._selection, self._disk)

    def _settings(self) -> tuple[Settings, tuple[str, ...]]:
        """Return uv's settings, and a warning where they cannot be read: the lock can do without them."""
        folder = self._document.folder
        try:
            return read_settings(folder, files=self._disk), ()
        except InputError as error:
            return Settings(folder=folder), (f"{error}; uv's settings were left out",)

    def _required(self, start: Start) -> Iterator[LockedDependency]:
        for edge in self._edge(start.edge, start.key):
            yield replace(edge, specifier=self._declared(start))

    def _declared(self, start: Start) -> SpecifierSet:
        """Return what the project declares at *start*: of several forks, the one that admits the version."""
        number = self._graph.target(start.edge, start.key)
        version = self._graph.packages[number].version
        for each in islice(start.declared, MAX_VERSIONS):
            if not each.specifier:
                continue
            specifier = self._specifier(each.specifier, start.key)
            of_extra = start.extra is None or f"extra == '{start.extra}'" in (each.marker or "")
            if (
                specifier is not None
                and of_extra
                and version
                and specifier.contains(version, prereleases=True)
            ):
                return specifier
        return SpecifierSet()

    def _packages(self) -> Iterator[LockedPackage]:
        for number, package in enumerate(self._lock.package):
            fork = self._fork(number, package)
            if fork is not False:
                yield self._package(number, package, None if fork is True else fork)

    def _package(self, number: int, package: Package, fork: Marker | None) -> LockedPackage:
        key = f"package[{number}]"
        folder = self._document.folder
        try:
            source = uv_source(package.source, folder)
        except ValueError as error:
            self._document.refuse(str(error), key=f"{key}.source", line=self._lines[number])
        if package.version is None and package.source.registry is not None:
            self._document.refuse("expected a version", key=f"{key}.version", line=self._lines[number])
        return LockedPackage(
            name=normal(package.name),
            version=self._version(package.version, f"{key}.version"),
            source=source,
            files=tuple(self._files(number, package)),
            virtual=number in self._chosen.roots or package.source.virtual is not None,
            marker=fork,
            dependencies=self._edges(package.dependencies, f"{key}.dependencies"),
            optional={
                normal(extra): self._edges(edges, f"{key}.optional-dependencies.{extra}")
                for extra, edges in package.optional_dependencies.items()
            },
            location=self._locations[number],
        )

    def _files(self, number: int, package: Package) -> Iterator[IndexFile]:
        """Yield the files of *package*, wheels first."""
        sdist = (package.sdist,) if package.sdist is not None else ()
        for place, file in enumerate((*package.wheels, *sdist)):
            try:
                yield index_file(file, package.source, self._document.folder)
            except ValueError as error:
                where = f"wheels[{place}]" if place < len(package.wheels) else "sdist"
                key = f"package[{number}].{where}.url"
                self._document.refuse(str(error), key=key, line=self._lines[number])

    def _fork(self, number: int, package: Package) -> Settled:
        """Return the markers of the package's forks where an edge's name and version do not tell it.

        torch 2.9.1 may come from one index on Linux and from another on macOS.
        """
        same = (
            self._lock.package[other].version == package.version
            for other in self._graph.named[normal(package.name)]
            if other != number
        )
        if not package.resolution_markers or not any(same):
            return True
        key = f"package[{number}].resolution-markers"
        return either([self._graph.holds(marker, key) for marker in package.resolution_markers])

    def _edges(self, edges: Iterable[Edge], key: str) -> tuple[LockedDependency, ...]:
        return tuple(
            found for place, edge in enumerate(edges) for found in self._edge(edge, f"{key}[{place}]")
        )

    def _edge(self, edge: Edge, key: str) -> Iterator[LockedDependency]:
        """Yield *edge*, or nothing where the selection rules it out."""
        number = self._graph.target(edge, key)
        condition = self._graph.holds(edge.marker, f"{key}.marker")
        if condition is False:
            return
        name = normal(edge.name)
        several = len(self._graph.named[name]) > 1
        version = self._graph.packages[number].version if several else None
        yield LockedDependency(
            name=name,
            extras=frozenset(normal(extra) for extra in edge.extra),
            marker=None if condition is True else condition,
            version=self._version(version, key),
            location=self._locations[number],
        )

    def _registries(self) -> Counter[tuple[str, str]]:
        """Return the registry of each package by name, flat ones as absolute folders."""
        return Counter(
            (
                normal(package.name),
                registry if "://" in registry else absolute(self._document.folder, registry),
            )
            for package in self._lock.package
            if (registry := package.source.registry) is not None
        )

    def _version(self, text: str | None, key: str) -> Version | None:
        try:
            return Version(text) if text is not None else None
        except ValueError:  # InvalidVersion, and a number of more digits than int() reads
            self._document.refuse(f"{shown(text or '')} is no version; expected PEP 440", key=key)

    def _specifier(self, text: str | None, key: str) -> SpecifierSet | None:
        try:
            return parse_specifier(text) if text is not None else None
        except ValueError:
            self._document.refuse(f"{shown(text or '')} are no versions; expected PEP 440", key=key)

    def _skipped(self) -> Iterator[Skipped]:
        for number in self._chosen.left_out:
            reason = "the lock's conflicts exclude it beside the members before it"
            name = escaped(self._lock.package[number].name)
            yield Skipped(text=name, reason=reason, location=self._locations[number])

    def _limits(self) -> Iterator[str]:
        if self._lock.supported_markers:
            covered = " or ".join(escaped(marker) for marker in self._lock.supported_markers)
            yield f"the lock covers {covered} only; wheels for other platforms were left out of it"
        if self._lock.requires_python:
            pythons = escaped(self._lock.requires_python)
            yield f"the lock is for Python {pythons}; wheels for others were left out of it"

    def _warnings(self) -> Iterator[str]:
        yield from newer(self._document, "revision", self._lock.revision, NEWEST_REVISION, LockFile)
        if len(self._chosen.roots) > 1:
            names = a_few(self._lock.package[number].name for number in self._chosen.roots)
            yield (
                f"{escaped(self._document.path)}: the members of the workspace are audited together, "
                f"as `uv sync --all-packages` installs them: {names}"
            )
