"""pylock.toml and pylock.NAME.toml (PEP 751)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from packaging.pylock import Pylock, PylockUnsupportedVersionError, PylockValidationError
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from archcheck.files import absolute
from archcheck.inputs.parsing.lock_version import check_versions, format_version, newer
from archcheck.inputs.parsing.messages import a_few, escaped, redacted, shown
from archcheck.inputs.parsing.partial_markers import settle
from archcheck.inputs.parsing.pylock_repairs import mended
from archcheck.inputs.parsing.toml_documents import read_toml, utc_text
from archcheck.inputs.parsing.urls import checked_url, file_url, filename_of, vcs_url
from archcheck.manifest.distribution import MAX_SIZE, IndexFile
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import IndexOptions, IndexSource, Location, PathSource, UrlSource, VcsSource
from archcheck.manifest.specifiers import parse_dependency, parse_specifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.pylock import Package, PackageArchive, PackageSdist, PackageWheel

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.manifest.manifest import Selection, Source

VERSION: Final = Version("1.0")


def read_pylock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the pylock file at *path* says.

    As installers do by default, the lock's `default-groups` are installed, and no extras; *selection* adds to
    them. Everything whose marker holds is installed, whoever needs it. Raises InputError.
    """
    _ = environ  # a lock fills no variables in
    document = read_toml(path, files=files, cwd=cwd, expected="a pylock.toml (PEP 751)")
    version = format_version(document, "lock-version", oldest=VERSION, newest=VERSION)
    table, faults = mended(document.table)
    pylock = _parsed(document, table)
    reading = _PylockPackages(document, pylock, _Included.of(document, pylock, selection))
    return Lock(
        path=path,
        sha256=document.sha256,
        requirements=tuple(reading.requirements()),
        packages=reading.packages,
        flat=True,
        options=IndexOptions(package_indexes=tuple(sorted(reading.indexes()))),
        requires_python=pylock.requires_python,
        environments=tuple(pylock.environments or ()),
        limits=tuple(_limits(pylock)),
        warnings=(
            *(escaped(f"{path}: {fault}") for fault in faults),
            *newer(document, "lock-version", version, VERSION, None),
        ),
    )


def _parsed(document: Document, table: Mapping[str, Any]) -> Pylock:
    # A newer minor version is read as the known one: packaging would log that, and stderr is not its to use.
    try:
        pylock = Pylock.from_dict({**table, "lock-version": str(VERSION)})
        parse_specifier(str(pylock.requires_python or ""))
    except (PylockValidationError, PylockUnsupportedVersionError) as error:
        message = getattr(error, "message", str(error))
        document.refuse(_first_line(message), key=getattr(error, "context", None) or "")
    except ValueError:
        document.refuse("expected a range of Pythons", key="requires-python")
    except RecursionError:
        document.refuse("a marker is nested too deeply")
    return pylock


def _first_line(text: str) -> str:
    line = redacted(text.partition("\n")[0])[:200]
    return line[:1].lower() + line[1:]


class _Included(Struct, frozen=True):
    """The extras and groups that are installed, by normalised name."""

    extras: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, document: Document, pylock: Pylock, selection: Selection) -> _Included:
        """Return what *selection* adds to the lock's defaults; raises InputError for names it has not."""
        extras = _normalised(pylock.extras)
        groups = _normalised(pylock.dependency_groups)
        _check(document, "extra", selection.extras, extras)
        _check(document, "group", selection.groups, groups)
        return cls(
            extras=extras if selection.all_extras else selection.extras,
            groups=_normalised(pylock.default_groups) | selection.groups,
        )

    def decide(self, left: str, operator: str, right: str) -> bool | None:
        """Answer `"x" in extras` and `"x" in dependency_groups`; all else depends on the machine."""
        names = {"extras": self.extras, "dependency_groups": self.groups}.get(right)
        if names is None or operator not in {"in", "not in"}:
            return None
        return (canonicalize_name(left[1:-1]) in names) == (operator == "in")


def _normalised(names: Iterable[str] | None) -> frozenset[str]:
    return frozenset(canonicalize_name(name) for name in names or ())


def _check(document: Document, what: str, asked: frozenset[str], known: frozenset[str]) -> None:
    for name in sorted(asked - known):
        names = f"expected one of: {a_few(known)}" if known else "the lock has none"
        document.refuse(f"no {what} is called {shown(name)}; {names}")


class _PylockPackages:
    """One run over one lock; `packages` are those that the selection does not rule out."""

    def __init__(self, document: Document, pylock: Pylock, included: _Included) -> None:
        self._document = document
        self._stated = pylock.packages
        check_versions(document, "packages", (package.name for package in pylock.packages))
        self._lines = document.lines_of("packages", len(pylock.packages))
        self._included = included
        self._by_pipenv = pylock.created_by == "pipenv"
        self.packages = tuple(self._packages())

    def requirements(self) -> Iterator[LockedDependency]:
        """Yield the packages that no other is said to need: the project's own, as far as the lock tells."""
        needed = {each.name for package in self.packages for each in package.dependencies}
        for package in self.packages:
            if package.name not in needed:
                yield LockedDependency(
                    name=package.name,
                    marker=package.marker,
                    version=package.version,
                    location=package.location,
                )

    def indexes(self) -> set[tuple[str, str]]:
        """Return the index of each package, where the lock names it."""
        found = set[tuple[str, str]]()
        for number, package in enumerate(self._stated):
            if package.index:
                try:
                    found.add((package.name, checked_url(package.index)))
                except ValueError as error:
                    self._document.refuse(str(error), key=f"packages[{number}].index")
        return found

    def _packages(self) -> Iterator[LockedPackage]:
        for number, package in enumerate(self._stated):
            condition = settle(package.marker, self._included.decide)
            if condition is False:
                continue
            try:
                source, files = self._source(package)
                version = package.version or _version_in(package)
            except ValueError as error:
                self._document.refuse(
                    _first_line(str(error)), key=f"packages[{number}]", line=self._lines[number]
                )
            invented = self._by_pipenv and _invented(package)
            yield LockedPackage(
                name=package.name,
                version=version,
                source=source,
                files=() if invented else files,
                listed=not invented,
                hashes=tuple(digest for file in files for digest in file.hashes) if invented else (),
                marker=None if condition is True else condition,
                dependencies=tuple(self._dependencies(number, package)),
                location=Location(path=self._document.path, line=self._lines[number]),
            )

    def _source(self, package: Package) -> tuple[Source, tuple[IndexFile, ...]]:
        """Return where *package* comes from and its files; raises ValueError for an address that is none."""
        if package.vcs is not None:
            vcs = package.vcs
            address = vcs.url or file_url(self._place(vcs.path or ""))
            url = vcs_url(address, vcs.commit_id, kind=vcs.type, subdirectory=vcs.subdirectory or "")
            return VcsSource(url=url), ()
        if package.directory is not None:
            folder = self._place(package.directory.path)
            editable = bool(package.directory.editable)
            subdirectory = package.directory.subdirectory or ""
            return PathSource(path=folder, editable=editable, subdirectory=subdirectory), ()
        requires_python = str(package.requires_python) if package.requires_python is not None else None
        if package.archive is not None:
            file = self._file(package.archive, None, requires_python)
            subdirectory = package.archive.subdirectory or ""
            if package.archive.path is not None:
                return PathSource(path=self._place(package.archive.path), subdirectory=subdirectory), (file,)
            return UrlSource(url=file.url, subdirectory=subdirectory), (file,)
        listed = (*(package.wheels or ()), *((package.sdist,) if package.sdist else ()))
        return IndexSource(), tuple(self._file(each, each.filename, requires_python) for each in listed)

    def _file(
        self,
        stated: PackageArchive | PackageSdist | PackageWheel,
        filename: str | None,
        requires_python: str | None,
    ) -> IndexFile:
        # PEP 751: where both are there, the path is tried first.
        url = file_url(self._place(stated.path)) if stated.path is not None else checked_url(stated.url or "")
        return IndexFile(
            filename=filename or filename_of(url),
            url=url,
            hashes=tuple(f"{algorithm}:{digest}" for algorithm, digest in stated.hashes.items()),
            requires_python=requires_python,
            size=stated.size if 0 <= (stated.size or 0) <= MAX_SIZE else None,
            upload_time=utc_text(stated.upload_time),
        )

    def _place(self, path: str) -> str:
        return absolute(self._document.folder, path)

    def _dependencies(self, number: int, package: Package) -> Iterator[LockedDependency]:
        """Yield the packages that *package* is said to need; nothing is installed for their sake (PEP 751).

        PDM leaves `dependencies` out and keeps the requirements in a table of its own.
        """
        for place, stated in enumerate(package.dependencies or ()):
            key = f"packages[{number}].dependencies[{place}]"
            name, version = stated.get("name"), stated.get("version")
            if not isinstance(name, str) or not isinstance(version, str | None):
                self._document.refuse("expected a name, and a version as text", key=key)
            try:
                pin = Version(version) if version else None
            except ValueError:
                self._document.refuse(
                    f"{shown(version or '')} is no version; expected PEP 440", key=f"{key}.version"
                )
            yield LockedDependency(name=canonicalize_name(name), version=pin)
        for place, text in enumerate(_kept_by_pdm(package)):
            key = f"packages[{number}].tool.pdm.dependencies[{place}]"
            try:
                needed = parse_dependency(text)
            except ValueError:
                self._document.refuse(f"{shown(text)} is no requirement; expected PEP 508", key=key)
            yield LockedDependency(
                name=canonicalize_name(needed.name),
                extras=_normalised(needed.extras),
                marker=needed.marker,
                specifier=needed.specifier,
            )


def _invented(package: Package) -> bool:
    """Return whether the wheels of *package* are made up: Pipenv 2025 knew the hashes of its files alone.

    It wrote one name for all, `NAME-VERSION-py3-none-any.whl`, below the package's page; numpy was pure so.
    """
    page = f"{(package.index or '').rstrip('/')}/"
    files = package.wheels or ()
    return (
        any(
            file.filename.endswith("-py3-none-any.whl")
            and (file.url or "").startswith(page)
            and (file.url or "").endswith(f"/{file.filename}")
            for file in files
        )
        and len({file.filename for file in files}) == 1
    )


def _kept_by_pdm(package: Package) -> tuple[str, ...]:
    table = (package.tool or {}).get("pdm")
    stated = table.get("dependencies") if isinstance(table, dict) else None
    return tuple(text for text in stated if isinstance(text, str)) if isinstance(stated, list) else ()


def _version_in(package: Package) -> Version | None:
    """Return the version that the file names tell, where the package itself does not."""
    if package.wheels:
        return parse_wheel_filename(package.wheels[0].filename)[1]
    return parse_sdist_filename(package.sdist.filename)[1] if package.sdist else None


def _limits(pylock: Pylock) -> Iterator[str]:
    if pylock.environments:
        covered = " or ".join(escaped(str(marker)) for marker in pylock.environments)
        yield f"the lock covers {covered} only; what others need may have been left out of it"
    if pylock.created_by == "pip":
        yield "pip locks for the machine it runs on; packages and wheels for others were left out"
