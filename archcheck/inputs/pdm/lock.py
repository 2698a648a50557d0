"""pdm.lock, version 4: strategies, targets, groups, and one more entry for each set of extras."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.inputs.parsing.lock_version import check_versions, format_version, newer
from archcheck.inputs.parsing.messages import a_few, shown, words
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.pdm.schema import LockFile, index_file, pdm_source
from archcheck.inputs.pdm.targets import environments, limits
from archcheck.inputs.pyproject.reader import read_pyproject
from archcheck.inputs.sibling_manifest import direct, manifest_beside, meant
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import IndexOptions, IndexSource, Location, PathSource
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pdm.schema import File, Package
    from archcheck.inputs.sibling_manifest import Versions
    from archcheck.manifest.manifest import Manifest, Selection

OLDEST: Final = Version("4.0")
NEWEST: Final = Version("4.5.0")
DEFAULT: Final = "default"


def read_pdm_lock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the pdm.lock at *path* says, with the pyproject.toml beside it where there is one.

    By default the main dependencies alone are required (PDM itself adds the `dev` groups). Under the
    strategy `inherit_metadata` each package says which groups need it and when; other locks are walked from
    the requirements of the pyproject.toml, and without it every package counts. Raises InputError.
    """
    document = read_toml(path, files=files, cwd=cwd, expected="a pdm.lock")
    version = format_version(document, "metadata", "lock_version", oldest=OLDEST, newest=NEWEST)
    lock = convert(document, LockFile)
    if selection.package and (selection.extras or selection.groups):
        name = shown(selection.package)
        document.refuse(f"PDM locks no extras and no groups of members; expected none for {name}")
    manifest = manifest_beside(
        path, "pyproject.toml", read_pyproject, files=files, environ=environ, cwd=cwd, selection=selection
    )
    warnings = newer(document, "lock_version", version, NEWEST, LockFile)
    found = _PdmLock(document, lock, selection).lock(manifest, warnings)
    return _narrowed(found, selection, document) if selection.package else found


def _narrowed(lock: Lock, selection: Selection, document: Document) -> Lock:
    """Return *lock* with what one member of the workspace leads to; PDM locks no extras of members."""
    folders = {each.name: each.source.path for each in lock.packages if isinstance(each.source, PathSource)}
    name = canonicalize_name(selection.package)
    if name not in folders:
        there = a_few(folders) if folders else "none"
        document.refuse(f"no member of the workspace is called {shown(name)}; expected one of: {there}")
    return replace(
        lock,
        requirements=(LockedDependency(name=name),),
        packages=tuple(replace(each, virtual=each.virtual or each.name == name) for each in lock.packages),
        flat=False,
        member=name,
        folder=os.path.relpath(folders[name], document.folder),
    )


class _PdmLock:
    """One run over one lock."""

    def __init__(self, document: Document, lock: LockFile, selection: Selection) -> None:
        self._document = document
        self._lock = lock
        self._inherits = "inherit_metadata" in lock.metadata.strategy
        known = frozenset(canonicalize_name(group) for group in lock.metadata.groups)
        self._check(selection, known)
        optional = selection.extras | selection.groups
        # PDM keeps extras and groups under one roof, and does not say which of the two a name is.
        self._groups = known if selection.all_extras else frozenset({DEFAULT, *optional})
        self._lines = document.lines_of("package", len(lock.package))
        check_versions(document, "package", (canonicalize_name(package.name) for package in lock.package))
        self._versions: Versions = {}
        self._excluded: frozenset[NormalizedName] = frozenset()
        for number, package in enumerate(lock.package):
            version = self._parsed_version(number, package)
            versions = self._versions.setdefault(canonicalize_name(package.name), [])
            if version is not None and version not in versions:
                versions.append(version)

    def _check(self, selection: Selection, known: frozenset[NormalizedName]) -> None:
        for name in sorted((selection.extras | selection.groups) - known):
            there = a_few(known - {DEFAULT})
            message = f"{shown(name)} is not among the groups that were locked; expected one of: {there}"
            self._document.refuse(message, key="metadata.groups")

    def lock(self, manifest: Manifest | None, warnings: Iterable[str]) -> Lock:
        """Return the whole; *warnings* are about the format."""
        path = self._document.path
        self._excluded = manifest.excluded if manifest is not None else frozenset()
        packages = tuple(self._packages())
        requirements, notes = direct(
            manifest, "pyproject.toml", lock=path, versions=self._versions, otherwise=packages
        )
        try:
            covered = environments(self._lock.metadata)
            requires_python = self._requires_python()
        except ValueError as error:
            self._document.refuse(words(error), key="metadata.targets")
        return Lock(
            path=path,
            sha256=self._document.sha256,
            requirements=requirements,
            packages=packages,
            flat=self._inherits,
            options=IndexOptions() if manifest is None else manifest.options,
            requires_python=requires_python,
            limits=tuple(limits(self._lock.metadata)),
            environments=covered,
            warnings=(*notes, *warnings),
        )

    def _requires_python(self) -> SpecifierSet | None:
        """Return the range of Pythons where all targets have the same."""
        stated = {target.requires_python for target in self._lock.metadata.targets}
        return SpecifierSet(stated.pop() or "") if len(stated) == 1 else None

    def _packages(self) -> Iterator[LockedPackage]:
        """Yield the packages of the selected groups; what their extras need is put beside."""
        entries = list(zip(self._lock.package, self._lines, strict=True))
        optional: dict[tuple[str, str | None], dict[NormalizedName, tuple[LockedDependency, ...]]] = {}
        for number, (package, line) in enumerate(entries):
            if package.extras:
                needed = tuple(self._dependencies(number, package, line))
                of_package = optional.setdefault((canonicalize_name(package.name), package.version), {})
                for extra in package.extras:
                    name = canonicalize_name(extra)
                    of_package[name] = (*of_package.get(name, ()), *needed)
        bare = {
            (canonicalize_name(each.name), each.version) for each in self._lock.package if not each.extras
        }
        for number, (package, line) in enumerate(entries):
            key = (canonicalize_name(package.name), package.version)
            # An entry with extras stands for the package itself only where no other does.
            if (not package.extras or key not in bare) and self._is_selected(package):
                bare.add(key)
                yield self._package(number, package, line, optional)

    def _is_selected(self, package: Package) -> bool:
        if not self._inherits or package.groups is None:
            return True
        return any(canonicalize_name(group) in self._groups for group in package.groups)

    def _package(
        self,
        number: int,
        package: Package,
        line: int,
        optional: Mapping[tuple[str, str | None], Mapping[NormalizedName, tuple[LockedDependency, ...]]],
    ) -> LockedPackage:
        name = canonicalize_name(package.name)
        try:
            source = pdm_source(package, self._document.folder)
            files = tuple(index_file(file, source) for file in self._files(package))
            marker = Marker(package.marker) if package.marker else None
        except (ValueError, RecursionError) as error:
            self._document.refuse(words(error), key=f"package[{number}]", line=line)
        return LockedPackage(
            name=name,
            version=Version(package.version) if package.version else None,
            source=source,
            files=files,
            listed=bool(files) or not isinstance(source, IndexSource),
            marker=marker,
            dependencies=tuple(self._dependencies(number, package, line)),
            optional=optional.get((name, package.version), {}),
            location=Location(path=self._document.path, line=line),
        )

    def _files(self, package: Package) -> tuple[File, ...]:
        return package.files or self._lock.metadata.files.get(f"{package.name} {package.version}", ())

    def _parsed_version(self, number: int, package: Package) -> Version | None:
        try:
            if package.version is None and pdm_source(package, self._document.folder) == IndexSource():
                self._document.refuse(
                    "expected a version", key=f"package[{number}].version", line=self._lines[number]
                )
            return Version(package.version) if package.version else None
        except ValueError as error:
            self._document.refuse(words(error), key=f"package[{number}]", line=self._lines[number])

    def _dependencies(self, number: int, package: Package, line: int) -> Iterator[LockedDependency]:
        own = canonicalize_name(package.name)
        for place, text in enumerate(package.dependencies):
            try:
                needed = parse_dependency(text)
            except ValueError:
                message = f"{shown(text)} is no requirement; expected PEP 508"
                self._document.refuse(message, key=f"package[{number}].dependencies[{place}]", line=line)
            name = canonicalize_name(needed.name)
            if package.extras and name == own and not needed.extras:
                continue  # the entry with extras leads to the one without
            if name in self._excluded:
                continue  # PDM writes down what a package asks for all the same
            yield LockedDependency(
                name=name,
                extras=frozenset(canonicalize_name(extra) for extra in needed.extras),
                marker=needed.marker,
                version=meant(name, needed.specifier, self._versions),
                specifier=needed.specifier,
            )
