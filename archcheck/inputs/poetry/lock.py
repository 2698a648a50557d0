"""poetry.lock, as Poetry 1.0 to 2.x write it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.inputs.parsing.lock_version import check_versions, format_version, newer
from archcheck.inputs.parsing.messages import a_few, shown, words
from archcheck.inputs.parsing.partial_markers import either
from archcheck.inputs.parsing.poetry_constraint import translate
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.parsing.urls import checked_url
from archcheck.inputs.poetry.schema import LockFile, index_file, poetry_source
from archcheck.inputs.pyproject.poetry import condition_of, tables_of, with_extras
from archcheck.inputs.pyproject.reader import read_pyproject
from archcheck.inputs.sibling_manifest import direct, manifest_beside, meant
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import IndexOptions, IndexSource, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.poetry.schema import File, Package
    from archcheck.inputs.pyproject.poetry import PoetryDependency
    from archcheck.inputs.sibling_manifest import Versions
    from archcheck.manifest.manifest import Manifest, Selection

OLDEST: Final = Version("1.0")
NEWEST: Final = Version("2.1")
GROUPS_SINCE: Final = Version("2.1")
MAIN: Final = "main"


def read_poetry_lock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the poetry.lock at *path* says, with the pyproject.toml beside it where there is one.

    By default the main dependencies alone are required; `poetry install` adds every group that is not
    optional. Since 2.1 a lock says of each package which groups need it and when; older ones are walked from
    the requirements of the pyproject.toml, and without it every package counts. Raises InputError.
    """
    document = read_toml(path, files=files, cwd=cwd, expected="a poetry.lock")
    version = format_version(document, "metadata", "lock-version", oldest=OLDEST, newest=NEWEST)
    lock = convert(document, LockFile)
    manifest = manifest_beside(
        path, "pyproject.toml", read_pyproject, files=files, environ=environ, cwd=cwd, selection=selection
    )
    reading = _PoetryLock(document, lock, selection, grouped=version >= GROUPS_SINCE)
    if manifest is None:
        reading.check_selection()
    return reading.lock(manifest, newer(document, "lock-version", version, NEWEST, LockFile))


class _PoetryLock:
    """One run over one lock; *grouped* ones say the groups and markers of each package."""

    def __init__(self, document: Document, lock: LockFile, selection: Selection, *, grouped: bool) -> None:
        self._document = document
        self._lock = lock
        self._selection = selection
        self._grouped = grouped
        self._known_extras = frozenset(canonicalize_name(name) for name in lock.extras)
        self._extras = self._known_extras if selection.all_extras else selection.extras
        self._lines = document.lines_of("package", len(lock.package))
        check_versions(document, "package", (canonicalize_name(package.name) for package in lock.package))
        self._versions: Versions = {}
        for number, package in enumerate(lock.package):
            name = canonicalize_name(package.name)
            self._versions.setdefault(name, []).append(self._parsed_version(number, package))

    def check_selection(self) -> None:
        """Raise InputError for extras and groups that the lock does not know."""
        groups = {
            canonicalize_name(group) for package in self._lock.package for group in package.groups or ()
        }
        if not self._grouped:
            groups = {canonicalize_name("dev")}
        for what, wanted, known in (
            ("extra", self._selection.extras, self._known_extras),
            ("dependency group", self._selection.groups, groups),
        ):
            for name in sorted(wanted - known):
                there = a_few(known)
                self._document.refuse(f"no {what} {shown(name)}; expected one of: {there}")

    def lock(self, manifest: Manifest | None, warnings: Iterable[str]) -> Lock:
        """Return the whole; *warnings* are about the format."""
        path = self._document.path
        packages = tuple(self._packages())
        requirements, notes = direct(
            manifest, "pyproject.toml", lock=path, versions=self._versions, otherwise=self._direct(packages)
        )
        if not self._grouped:
            packages = tuple(_told_apart(packages, requirements))
        options = IndexOptions() if manifest is None else manifest.options
        return Lock(
            path=path,
            sha256=self._document.sha256,
            requirements=requirements,
            packages=packages,
            flat=self._grouped,
            options=replace(options, package_indexes=tuple(sorted(self._indexes()))),
            requires_python=self._requires_python(),
            warnings=(*notes, *warnings),
        )

    def _requires_python(self) -> SpecifierSet:
        try:
            return translate(self._lock.metadata.python_versions).specifier
        except ValueError as error:
            self._document.refuse(str(error), key="metadata.python-versions")

    def _direct(self, packages: tuple[LockedPackage, ...]) -> Iterator[LockedPackage]:
        """Yield what counts as required where no manifest tells: less what only extras or groups need."""
        if self._grouped:
            yield from packages
            return
        of_extras = {
            canonicalize_name(name)
            for extra, names in self._lock.extras.items()
            if canonicalize_name(extra) in self._extras
            for name in names
        }
        for package, stated in zip(packages, self._lock.package, strict=True):
            in_groups = stated.category == MAIN or "dev" in self._selection.groups
            if package.name in of_extras or (in_groups and not stated.optional):
                yield package

    def _packages(self) -> Iterator[LockedPackage]:
        for number, package in enumerate(self._lock.package):
            key, line = f"package[{number}]", self._lines[number]
            try:
                condition = self._condition(package)
                if condition is False:
                    continue
                marker = condition if isinstance(condition, Marker) else None
                yield self._package(package, marker, line)
            except (ValueError, InvalidMarker, RecursionError) as error:
                self._document.refuse(words(error), key=key, line=line)

    def _package(self, stated: Package, marker: Marker | None, line: int) -> LockedPackage:
        name = canonicalize_name(stated.name)
        source = poetry_source(stated, self._document.folder)
        files = tuple(index_file(file, source) for file in self._files(stated))
        dependencies, optional = self._edges(stated)
        return LockedPackage(
            name=name,
            version=Version(stated.version),
            source=source,
            files=files,
            listed=bool(files) or not isinstance(source, IndexSource),
            hashes=() if files else self._lock.metadata.hashes.get(stated.name, ()),
            marker=marker,
            dependencies=dependencies,
            optional=optional,
            location=Location(path=self._document.path, line=line),
        )

    def _parsed_version(self, number: int, package: Package) -> Version:
        try:
            return Version(package.version)
        except ValueError:
            message = f"{shown(package.version)} is no version; expected PEP 440"
            self._document.refuse(message, key=f"package[{number}].version", line=self._lines[number])

    def _condition(self, package: Package) -> Settled:
        """Return when the selected groups and extras need *package*; raises ValueError."""
        if not self._grouped:
            return True
        if package.groups is None:
            raise ValueError("expected groups, which say who needs it")
        chosen = {MAIN, *self._selection.groups}
        groups = [group for group in package.groups if canonicalize_name(group) in chosen]
        markers = package.markers
        # One marker for all groups, or one for each that has one.
        texts = [markers if isinstance(markers, str) else markers.get(group, "") for group in groups]
        return either([with_extras(_marker(text), self._extras) for text in texts])

    def _files(self, package: Package) -> tuple[File, ...]:
        if package.files is not None:
            return package.files
        return self._lock.metadata.files.get(package.name, ())

    def _edges(
        self, package: Package
    ) -> tuple[tuple[LockedDependency, ...], dict[NormalizedName, tuple[LockedDependency, ...]]]:
        """Return what *package* always needs, and what each of its extras does; raises ValueError."""
        always: list[LockedDependency] = []
        optional: dict[NormalizedName, list[LockedDependency]] = {}
        extras = {canonicalize_name(extra): listed for extra, listed in package.extras.items()}
        for written, value in package.dependencies.items():
            name = canonicalize_name(written)
            for declared in tables_of(value):
                condition = condition_of(declared)
                base = with_extras(condition, ())
                if base is not False and not declared.optional:
                    always.append(self._edge(name, declared, base))
                    continue
                for extra, listed in extras.items():
                    left = with_extras(condition, (extra,))
                    # The oldest locks name the extras of an optional dependency in [package.extras] alone.
                    if left is not False and (base is False or _names(listed, name)):
                        optional.setdefault(extra, []).append(self._edge(name, declared, left))
        return tuple(always), {extra: tuple(edges) for extra, edges in optional.items()}

    def _edge(self, name: NormalizedName, declared: PoetryDependency, condition: Settled) -> LockedDependency:
        specifier = translate(declared.version or "*").specifier
        return LockedDependency(
            name=name,
            extras=frozenset(canonicalize_name(extra) for extra in declared.extras),
            marker=condition if isinstance(condition, Marker) else None,
            version=meant(name, specifier, self._versions),
            specifier=specifier,
        )

    def _indexes(self) -> Iterator[tuple[str, str]]:
        for number, package in enumerate(self._lock.package):
            if package.source is not None and package.source.type == "legacy":
                try:
                    yield canonicalize_name(package.name), checked_url(package.source.url)
                except ValueError as error:
                    self._document.refuse(str(error), key=f"package[{number}].source.url")


def _marker(text: str) -> Marker | None:
    return Marker(text) if text and text != "*" else None


def _names(listed: tuple[str, ...], name: NormalizedName) -> bool:
    """Return whether one of the requirements *listed* (`PySocks (>=1.5.6)`) is on *name*."""
    return any(canonicalize_name(re.split(r"[\s(\[;<>=!~]", each, maxsplit=1)[0]) == name for each in listed)


def _told_apart(
    packages: tuple[LockedPackage, ...], requirements: tuple[LockedDependency, ...]
) -> Iterator[LockedPackage]:
    """Yield *packages*, those with several versions under the conditions of the edges that mean each.

    Locks before 2.1 leave it to Poetry to resolve again which of them (numpy 1 and 2) is installed where.
    """
    several = {name for name, count in Counter(package.name for package in packages).items() if count > 1}
    conditions: dict[tuple[str, Version | None], list[Settled]] = {}
    listed = (each for package in packages for each in (package.dependencies, *package.optional.values()))
    edges = (*requirements, *(edge for each in listed for edge in each))
    for edge in edges:
        if edge.name in several and edge.version is not None:
            conditions.setdefault((edge.name, edge.version), []).append(edge.marker or True)
    for package in packages:
        condition = either(conditions.get((package.name, package.version), [True]))
        yield replace(package, marker=condition) if isinstance(condition, Marker) else package
