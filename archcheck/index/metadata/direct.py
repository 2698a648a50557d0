"""What a direct reference (PEP 508) points at: a file at a URL, a local archive, or a project folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.coroutines import shared
from archcheck.index.http.addresses import file_path, file_url, filename_of, host, is_remote
from archcheck.index.metadata.dynamic_version import dynamic_version
from archcheck.index.metadata.sources import identify
from archcheck.index.metadata.static import parse_metadata, sdist_guess, sdist_metadata
from archcheck.index.model import Direct, IndexFile, Metadata, SdistContents, Told, Unavailable
from archcheck.index.pages.filenames import is_distribution
from archcheck.manifest.manifest import PathSource
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.index.metadata.sources import MetadataSources
    from archcheck.index.model import Index
    from archcheck.manifest.manifest import UrlSource

_UNTOLD = Version("0")


async def read_direct(
    source: UrlSource | PathSource, hashes: frozenset[str], questions: Index, files: MetadataSources
) -> Direct | Unavailable:
    """Return the distribution at *source*, whose URL carries no credentials; see `Index.direct`."""
    found = _locate(source, tuple(sorted(hashes)))
    if isinstance(found, Path):
        return read_project(found)
    if isinstance(found, Unavailable):
        return found
    if not is_distribution(found.filename):
        return Unavailable(reason=f"{found.filename or found.url}: neither a wheel nor an sdist, by its name")
    if found.is_wheel:
        return await _wheel(found, questions)
    if source.subdirectory:
        return await _part(found, source.subdirectory, files)
    return await _sdist(found, questions)


def _locate(source: UrlSource | PathSource, hashes: tuple[str, ...]) -> IndexFile | Path | Unavailable:
    """Return the archive or the folder that *source* means."""
    location = source.path if isinstance(source, PathSource) else source.url
    if is_remote(location):
        return IndexFile(filename=filename_of(location), url=location, hashes=hashes)
    path = file_path(location)
    if path is None:
        return Unavailable(reason=f"{host(location)}: not an address that can be read")
    try:
        if Path(path).is_dir():
            return Path(path) / source.subdirectory
        size = Path(path).stat().st_size
        return IndexFile(filename=Path(path).name, url=file_url(path), size=size, hashes=hashes)
    except (OSError, ValueError) as error:
        return Unavailable(reason=f"{path}: {getattr(error, 'strerror', None) or 'no such file or folder'}")


async def _wheel(file: IndexFile, questions: Index) -> Direct | Unavailable:
    identity = identify(file.filename)
    if identity is None:
        return Unavailable(reason=f"{file.filename}: the file name tells no project and version")
    metadata = await shared(questions.metadata(file, ()))
    if isinstance(metadata, Unavailable):
        if metadata.incomplete:
            return metadata
        metadata = replace(metadata, refused=metadata.refused or metadata.mismatch)
    return Direct(name=identity[0], version=identity[1], file=file, metadata=metadata)


async def _sdist(file: IndexFile, questions: Index) -> Direct | Unavailable:
    contents = await shared(questions.sdist(file))
    identity = identify(file.filename)
    if not isinstance(contents, Unavailable):
        return _described(contents, file, identity, file.filename)
    if identity is None or not contents.mismatch:
        return contents
    return Direct(name=identity[0], version=identity[1], file=file, metadata=replace(contents, refused=True))


async def _part(file: IndexFile, subdirectory: str, files: MetadataSources) -> Direct | Unavailable:
    """Return the project in the *subdirectory* of an archive, whose own name says nothing about it."""
    contents = await files.contents(file, subdirectory)
    if isinstance(contents, Unavailable):
        return contents
    return _described(contents, file, None, f"{file.filename}#subdirectory={subdirectory}")


def read_project(folder: Path, told: Told | None = None) -> Direct | Unavailable:
    """Return the project in *folder*, which is not an sdist yet; *told* is what its own files say of it.

    Metadata that a build left there as final (an unpacked sdist) goes before that, and what one left as a
    guess counts where nothing else is known.
    """
    from archcheck.index.metadata.sdist import read_folder  # noqa: PLC0415 - tarfile, where there is a folder

    contents = read_folder(folder)
    if isinstance(contents, Unavailable):
        return contents
    found = _described(contents, None, None, str(folder))
    if told is not None and not _is_final(found):
        metadata = told.metadata
        if isinstance(metadata, Unavailable) and isinstance(found, Direct):
            metadata = found.metadata if isinstance(found.metadata, Metadata) else metadata
        found = Direct(name=told.name, version=told.version, file=None, metadata=metadata, contents=contents)
    if isinstance(found, Direct) and found.version is None:
        version = dynamic_version(folder, contents.pyproject, contents.setup_cfg)
        return replace(found, version=version)
    return found


def _is_final(found: Direct | Unavailable) -> bool:
    if isinstance(found, Unavailable) or isinstance(found.metadata, Unavailable):
        return False
    return found.metadata.origin == "pkg-info" and not found.metadata.approximate


def _described(
    contents: SdistContents,
    file: IndexFile | None,
    named: tuple[NormalizedName, Version] | None,
    shown: str,
) -> Direct | Unavailable:
    """Return the project in *contents*; its own word for name and version goes before the file's name."""
    name, version = _own_identity(contents) or named or (None, None)
    if name is None:
        return Unavailable(reason=f"{shown}: tells no project name without being built")
    known = version or _UNTOLD
    metadata = sdist_metadata(contents, name=name, version=known) or sdist_guess(
        contents, name=name, version=known
    )
    return Direct(
        name=name,
        version=version,
        file=file,
        metadata=metadata or Unavailable(reason=f"{shown} states its dependencies only when it is built"),
        contents=contents,
    )


def _own_identity(contents: SdistContents) -> tuple[NormalizedName, Version | None] | None:
    """Return name and version out of PKG-INFO, else out of pyproject.toml; the version may be dynamic."""
    if contents.pkg_info is not None:
        stated = parse_metadata(contents.pkg_info.encode(), origin="pkg-info")
        if isinstance(stated, Metadata):
            return canonicalize_name(stated.name), Version(stated.version)
    try:
        project = parse_toml(contents.pyproject or "")["project"]
        name = project["name"]
        version = project.get("version")
        return canonicalize_name(name, validate=True), None if version is None else Version(version)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
