"""uv.lock as its tables are written: version 1, revisions 0 to 5."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from typing import Any

import msgspec

from archcheck.manifest.distribution import Size  # noqa: TC001 - msgspec reads the annotations


class Source(msgspec.Struct, frozen=True, rename="kebab"):
    """Where a package comes from: one of the keys is there."""

    registry: str | None = None
    git: str | None = None
    url: str | None = None
    path: str | None = None
    directory: str | None = None
    editable: str | None = None
    virtual: str | None = None
    subdirectory: str | None = None

    @property
    def folder(self) -> str | None:
        """The folder of a project's own sources; None for what is no folder."""
        return self.editable or self.virtual or self.directory


class File(msgspec.Struct, frozen=True, rename="kebab"):
    """A wheel or an sdist; a path is relative to the flat index."""

    url: str | None = None
    path: str | None = None
    filename: str | None = None
    hash: str | None = None
    size: Size | None = None
    upload_time: datetime | None = None
    zstd: Any = None


class Edge(msgspec.Struct, frozen=True, rename="kebab"):
    """A dependency on a package of the lock; version and source where the name is not enough."""

    name: str
    version: str | None = None
    source: Source | None = None
    extra: tuple[str, ...] = ()
    marker: str | None = None


class Declared(msgspec.Struct, frozen=True, rename="kebab"):
    """A requirement as a project declares it; where it comes from is told by the package."""

    name: str
    extras: tuple[str, ...] = ()
    marker: str | None = None
    specifier: str | None = None


class Metadata(msgspec.Struct, frozen=True, rename="kebab"):
    """What a project's own metadata says; revision 4 may leave it out."""

    requires_dist: tuple[Declared, ...] = ()
    provides_extras: tuple[str, ...] = ()
    requires_dev: dict[str, tuple[Declared, ...]] = {}


class Package(msgspec.Struct, frozen=True, rename="kebab"):
    """One locked version of one package."""

    name: str
    source: Source
    version: str | None = None
    resolution_markers: tuple[str, ...] = ()
    dependencies: tuple[Edge, ...] = ()
    sdist: File | None = None
    wheels: tuple[File, ...] = ()
    optional_dependencies: dict[str, tuple[Edge, ...]] = {}
    dev_dependencies: dict[str, tuple[Edge, ...]] = {}
    metadata: Metadata = Metadata()


class Conflict(msgspec.Struct, frozen=True, rename="kebab"):
    """One of several that exclude each other: an extra, a group, or a package's own dependencies."""

    package: str
    extra: str | None = None
    group: str | None = None


class Manifest(msgspec.Struct, frozen=True, rename="kebab"):
    """What was resolved beside the projects: the members, and requirements without a project."""

    members: tuple[str, ...] = ()
    requirements: tuple[Declared, ...] = ()
    dependency_groups: dict[str, tuple[Declared, ...]] = {}
    constraints: Any = None
    overrides: Any = None
    excludes: tuple[str, ...] = ()
    build_constraints: Any = None
    dependency_metadata: Any = None


class LockFile(msgspec.Struct, frozen=True, rename="kebab"):
    """The whole file."""

    version: int
    revision: int = 0
    requires_python: str | None = None
    resolution_markers: tuple[str, ...] = ()
    supported_markers: tuple[str, ...] = ()
    required_markers: tuple[str, ...] = ()
    conflicts: tuple[tuple[Conflict, ...], ...] = ()
    options: Any = None
    manifest: Manifest = Manifest()
    package: tuple[Package, ...] = ()
