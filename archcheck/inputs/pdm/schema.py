"""pdm.lock as its tables are written (version 4), and the addresses in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archcheck.files import absolute
from archcheck.inputs.parsing.sources import Checkout, file_address
from archcheck.inputs.parsing.urls import checked_url, filename_of
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Source


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel or an sdist: by its address under `static_urls`, else by its name."""

    url: str | None = None
    file: str | None = None
    hash: str | None = None


class Package(Checkout, frozen=True, kw_only=True):
    """One `[[package]]`; a package that is needed with extras has a second entry that names them."""

    name: str
    version: str | None = None
    extras: tuple[str, ...] = ()
    requires_python: str = ""
    summary: str = ""
    groups: tuple[str, ...] | None = None
    marker: str | None = None
    dependencies: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    revision: str | None = None
    url: str | None = None
    path: str | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One machine, or a range of them, that the lock was made for."""

    requires_python: str | None = None
    platform: str | None = None
    implementation: str | None = None
    gil_disabled: bool = False


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """`[metadata]`; `files` stood here, by name and version, until 4.3."""

    lock_version: str
    groups: tuple[str, ...] = ("default",)
    strategy: tuple[str, ...] = ()
    cross_platform: bool | None = None
    static_urls: bool | None = None
    targets: tuple[Target, ...] = ()
    files: dict[str, tuple[File, ...]] = {}
    content_hash: str | None = None


class LockFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    metadata: Metadata
    package: tuple[Package, ...] = ()


def pdm_source(package: Package, folder: str) -> Source:
    """Return where *package* comes from, paths seen from *folder*; raises ValueError."""
    if checkout := package.vcs_source(package.revision or package.ref):
        return checkout
    if package.path is not None:
        path = absolute(folder, package.path)
        return PathSource(path=path, editable=package.editable, subdirectory=package.subdirectory)
    if package.url is not None:
        return UrlSource(url=checked_url(package.url), subdirectory=package.subdirectory)
    return IndexSource()


def index_file(file: File, source: Source) -> IndexFile:
    """Return *file*, by its address where the lock or the source tells it; raises ValueError."""
    url = file_address(source, file.url, file.file or "")
    name = filename_of(file.file or url)
    if not name:
        raise ValueError("files: expected a url or a file")
    return IndexFile(filename=name, url=url, hashes=(file.hash,) if file.hash else ())
