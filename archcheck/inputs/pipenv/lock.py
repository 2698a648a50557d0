"""Pipfile.lock: pins with hashes; their files are the index's to list."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.inputs.parsing.input_file import folder_of, read_named
from archcheck.inputs.parsing.messages import a_few, escaped, failure, shown, words
from archcheck.inputs.parsing.urls import file_url, filename_of
from archcheck.inputs.pipenv.pipfile import read_pipfile
from archcheck.inputs.pipenv.tables import (
    Index,
    Requires,
    category_of,
    entry_of,
    index_options,
    marker_of,
    pipenv_source,
    python_of,
)
from archcheck.inputs.sibling_manifest import direct, manifest_beside, versions_of
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import IndexSource, Location, PathSource, UrlSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.pipenv.tables import Entry
    from archcheck.manifest.manifest import Selection, Source

SPEC: Final = 6
_LIMIT: Final = (
    "pipenv locks for the machine it runs on; what only another architecture needs is not in the lock"
)


class _Meta(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    pipfile_spec: int
    requires: Requires = Requires()
    sources: tuple[Index, ...] = ()


def read_pipfile_lock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the Pipfile.lock at *path* says, with the Pipfile beside it where there is one.

    `default` is installed, and the categories selected as groups (`dev` means `develop`), each package
    whose marker holds. Raises InputError.
    """
    reading = _PipfileLock(path, files, cwd)
    chosen = reading.categories(selection)
    packages, pinned = reading.packages(chosen)
    manifest = manifest_beside(
        path, "Pipfile", read_pipfile, files=files, environ=environ, cwd=cwd, selection=selection
    )
    requirements, warnings = direct(
        manifest, "Pipfile", lock=path, versions=versions_of(packages), otherwise=packages
    )
    return Lock(
        path=path,
        sha256=reading.sha256,
        requirements=(*requirements, *reading.unpinned),
        packages=packages,
        flat=True,
        options=index_options(reading.meta.sources, pinned, environ),
        requires_python=reading.requires_python(),
        limits=(_LIMIT,),
        warnings=warnings,
    )


class _PipfileLock:
    """One run over one lock."""

    def __init__(self, path: str, files: Files, cwd: str) -> None:
        self._path = path
        self._folder = folder_of(path, cwd)
        data = read_named(path, files=files, cwd=cwd, expected="a Pipfile.lock")
        self.sha256 = hashlib.sha256(data).hexdigest()
        try:
            table = msgspec.json.decode(data, type=dict[str, Any])
            self._text = data.decode()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._refuse(f"not a JSON object: {words(error)}; expected a Pipfile.lock")
        self._table = table
        self.meta = self._meta()
        self.unpinned: list[LockedDependency] = []

    def _refuse(self, message: str, *, key: str = "", line: int = 0) -> NoReturn:
        place = Location(path=self._path, line=line)
        raise failure(place, escaped(f"{key}: {message}" if key else message))

    def _meta(self) -> _Meta:
        try:
            meta = msgspec.convert(self._table.get("_meta"), _Meta)
        except (ValueError, RecursionError) as error:
            self._refuse(words(error), key="_meta")
        if meta.pipfile_spec != SPEC:
            message = f"{meta.pipfile_spec} is not supported; expected {SPEC}, the version known"
            self._refuse(message, key="_meta.pipfile-spec")
        return meta

    def requires_python(self) -> SpecifierSet | None:
        """Return the Pythons that the lock is for."""
        try:
            return python_of(self.meta.requires)
        except ValueError as error:
            self._refuse(words(error), key="_meta.requires")

    def categories(self, selection: Selection) -> tuple[str, ...]:
        """Return the tables to read, `default` first; raises InputError for categories it has not."""
        known = {canonicalize_name(name): name for name in self._table if name != "_meta"}
        chosen = ["default"]
        for group in sorted(selection.groups):
            category = category_of(group, default="default", develop="develop")
            if category not in {"default", "develop", *known}:
                there = a_few(known)
                self._refuse(f"no category {shown(group)}; expected one of: {there}")
            chosen.append(known.get(canonicalize_name(category), category))
        return tuple(dict.fromkeys(chosen))

    def packages(
        self, categories: tuple[str, ...]
    ) -> tuple[tuple[LockedPackage, ...], list[tuple[str, str]]]:
        """Return the packages of *categories*, and which of them name their source."""
        found: list[LockedPackage] = []
        pinned: list[tuple[str, str]] = []
        for category in categories:
            for written, value, line in self._entries(category):
                key = f"{category}.{written}"
                try:
                    name = canonicalize_name(written, validate=True)
                    entry = entry_of(value)
                    package = self._package(name, entry, line)
                except (ValueError, RecursionError) as error:
                    self._refuse(words(error), key=key, line=line)
                if package.version is None and package.source == IndexSource():
                    unpinned = LockedDependency(name=name, marker=package.marker, location=package.location)
                    self.unpinned.append(unpinned)
                    continue
                found.append(package)
                if entry.index:
                    pinned.append((name, entry.index))
        return tuple(found), pinned

    def _entries(self, category: str) -> Iterator[tuple[str, Any, int]]:
        """Yield the entries of *category* with their lines, counted on from one to the next."""
        table = self._table.get(category, {})
        if not isinstance(table, dict):
            self._refuse("expected an object of packages", key=category)
        start = self._text.find(f'"{category}":')
        line = self._text.count("\n", 0, max(start, 0)) + 1
        for written, value in table.items():
            place = self._text.find(f'"{written}":', max(start, 0))
            if place >= 0:
                line += self._text.count("\n", max(start, 0), place)
                start = place
            yield written, value, line if place >= 0 else 0

    def _package(self, name: NormalizedName, entry: Entry, line: int) -> LockedPackage:
        source = pipenv_source(entry, self._folder)
        return LockedPackage(
            name=name,
            version=_version(entry),
            source=source,
            files=_files(source, entry),
            listed=source != IndexSource(),
            hashes=entry.hashes,
            marker=marker_of(entry),
            location=Location(path=self._path, line=line),
        )


def _version(entry: Entry) -> Version | None:
    """Return the pinned version; None for `*`, which pipenv writes for what it could not resolve here."""
    text = (entry.version or "*").strip()
    if text == "*":
        return None
    try:
        return Version(text.lstrip("="))
    except InvalidVersion:
        raise ValueError(f"version: {shown(text)}; expected a pin, as in '==1.0'") from None


def _files(source: Source, entry: Entry) -> tuple[IndexFile, ...]:
    """Return the one file of a direct source; a folder has none."""
    match source:
        case UrlSource():
            url = source.url
        case PathSource() if filename_of(source.path).endswith((".whl", ".gz", ".zip")):
            url = file_url(source.path)
        case _:
            return ()
    return (IndexFile(filename=filename_of(url), url=url, hashes=entry.hashes),)
