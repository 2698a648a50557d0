"""What a lock file says: the typed values that every lock reader returns.

A lock is read, not resolved again: its versions and its files are the truth, and markers choose among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from packaging.specifiers import SpecifierSet

from archcheck.manifest.manifest import IndexOptions, IndexSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.manifest.built import Built
    from archcheck.manifest.distribution import IndexFile
    from archcheck.manifest.manifest import Location, Skipped, Source


_ANY = SpecifierSet()


class LockedDependency(Struct, frozen=True, kw_only=True):
    """An edge of the lock: who is needed, with which extras, and when (`marker`, None for always).

    `version` says which of several locked versions is meant, None where there is one. `specifier` is what
    the project declares, where the lock (or the manifest beside it) tells.
    """

    name: NormalizedName
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    version: Version | None = None
    specifier: SpecifierSet = field(default_factory=lambda: _ANY)
    location: Location | None = None


class LockedPackage(Struct, frozen=True, kw_only=True):
    """One pinned version. `optional` holds the dependencies of each extra, by its normalised name.

    `listed` is False where the lock names hashes at most, and the files must be asked of the index. `marker`
    is the package's own condition, in the formats that put it there. `version` is None for sources that
    have none (a folder, a VCS checkout). `virtual` is True for a part of the project itself, a member of its
    workspace: its dependencies are installed, it is not audited, and what it requires is direct.
    """

    name: NormalizedName
    version: Version | None
    source: Source = field(default_factory=IndexSource)
    files: tuple[IndexFile, ...] = ()
    listed: bool = True
    virtual: bool = False
    hashes: tuple[str, ...] = ()
    marker: Marker | None = None
    dependencies: tuple[LockedDependency, ...] = ()
    optional: Mapping[NormalizedName, tuple[LockedDependency, ...]] = field(default_factory=dict)
    location: Location


class Lock(Struct, frozen=True, kw_only=True):
    """One lock file, parsed. `sha256` is of the file's bytes, `kind` as `archcheck.formats` has it.

    `requirements` are the project's own, of the extras and groups that were selected. Where `flat`, every
    package whose own marker holds is installed, whoever needs it; else those that the requirements lead to.
    `limits` says in words what the lock was pruned to (other platforms' files may be left out of it), and
    `environments` as markers: the lock is for machines on which one of them holds; none means all. `demanded`
    are those for which a release without an sdist has to have a wheel (uv). `built` is what is really there,
    where the packages are not to be installed but lie there already. `extras` are those of the selected ones
    that exclude some others (uv's `conflicts`), and `others` the same lock with the other choices among them.
    `member` is the one project of a workspace that it was narrowed to, and `folder` where that is, as seen
    from the lock's own folder.
    """

    path: str
    kind: str = ""
    sha256: str
    requirements: tuple[LockedDependency, ...] = ()
    packages: tuple[LockedPackage, ...] = ()
    flat: bool = False
    options: IndexOptions = field(default_factory=IndexOptions)
    requires_python: SpecifierSet | None = None
    skipped: tuple[Skipped, ...] = ()
    limits: tuple[str, ...] = ()
    environments: tuple[Marker, ...] = ()
    demanded: tuple[Marker, ...] = ()
    warnings: tuple[str, ...] = ()
    built: Built | None = None
    extras: tuple[str, ...] = ()
    member: NormalizedName | None = None
    folder: str = "."
    others: tuple[Lock, ...] = ()
