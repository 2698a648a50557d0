"""poetry.lock as its tables are written (versions 1.0, 1.1, 2.0 and 2.1), and the addresses in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archcheck.files import absolute
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.sources import file_address
from archcheck.inputs.parsing.urls import checked_url, filename_of, vcs_url
from archcheck.manifest.distribution import IndexFile, Size
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource, VcsSource

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Source as Origin


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a package comes from, if not from the default index."""

    type: str
    url: str = ""
    reference: str = ""
    resolved_reference: str = ""
    subdirectory: str = ""


class File(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A wheel or an sdist; the newest Poetry may say more of it."""

    file: str
    hash: str | None = None
    url: str | None = None
    size: Size | None = None
    upload_time: str | None = None


class Package(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One `[[package]]`; `groups` and `markers` are there since 2.1, `category` was until 1.1."""

    name: str
    version: str
    optional: bool = False
    category: str = "main"
    groups: tuple[str, ...] | None = None
    markers: str | dict[str, str] = ""
    files: tuple[File, ...] | None = None
    dependencies: dict[str, Any] = {}
    extras: dict[str, tuple[str, ...]] = {}
    source: Source | None = None
    develop: bool = False
    description: str | None = None
    python_versions: str | None = None


class Metadata(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[metadata]`; `files` and `hashes` stood here before they stood with the packages."""

    lock_version: str
    python_versions: str = "*"
    files: dict[str, tuple[File, ...]] = {}
    hashes: dict[str, tuple[str, ...]] = {}
    content_hash: str | None = None


class LockFile(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The whole file."""

    metadata: Metadata
    package: tuple[Package, ...] = ()
    extras: dict[str, tuple[str, ...]] = {}


def poetry_source(package: Package, folder: str) -> Origin:
    """Return where *package* comes from, paths seen from *folder*; raises ValueError."""
    stated = package.source
    if stated is None or stated.type == "legacy":  # what Poetry calls any index but the default one
        return IndexSource()
    match stated.type:
        case "git":
            revision = stated.resolved_reference or stated.reference
            return VcsSource(url=vcs_url(stated.url, revision, subdirectory=stated.subdirectory))
        case "url":
            return UrlSource(url=checked_url(stated.url), subdirectory=stated.subdirectory)
        case "file":
            return PathSource(path=absolute(folder, stated.url))
        case "directory":
            return PathSource(path=absolute(folder, stated.url), editable=package.develop)
        case _:
            expected = "directory, file, git, legacy, url"
            raise ValueError(f"source.type: {shown(stated.type)}; expected one of {expected}")


def index_file(file: File, source: Origin) -> IndexFile:
    """Return *file*: the lock names it only, but the source of a direct one has the address."""
    return IndexFile(
        filename=filename_of(file.file),
        url=file_address(source, file.url, file.file),
        hashes=(file.hash,) if file.hash else (),
        size=file.size,
        upload_time=file.upload_time,
    )
