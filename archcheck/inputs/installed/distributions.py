"""The distributions in one `site-packages` folder, told by their metadata alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.files import absolute
from archcheck.inputs.parsing.messages import escaped, words
from archcheck.inputs.parsing.urls import checked_url, filename_of, vcs_url
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.manifest import IndexSource, Location, PathSource, Skipped, UrlSource, VcsSource
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.requirements import Requirement
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.manifest.manifest import Source


class _VcsInfo(msgspec.Struct, frozen=True, kw_only=True):
    vcs: str
    commit_id: str | None = None
    requested_revision: str | None = None


class _DirInfo(msgspec.Struct, frozen=True, kw_only=True):
    editable: bool = False


class _DirectUrl(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    subdirectory: str = ""
    vcs_info: _VcsInfo | None = None
    dir_info: _DirInfo | None = None


class Installed(Struct, frozen=True, kw_only=True):
    """One distribution as it lies there; `requested` where pip was told its name."""

    name: NormalizedName
    version: Version
    folder: str
    requires: tuple[Requirement, ...] = ()
    source: Source = field(default_factory=IndexSource)
    files: tuple[IndexFile, ...] = ()
    requested: bool = False


def read_installed(site: str, files: Files) -> Iterator[Installed | Skipped]:
    """Yield the distributions in the absolute folder *site*, and why one of them could not be read."""
    for name in files.entries(site):
        folder = absolute(site, name)
        try:
            match name.lower().rpartition(".")[2]:
                case "dist-info":
                    yield _from_metadata(folder, files.read(absolute(folder, "METADATA")), files)
                case "egg-info":
                    info = absolute(folder, "PKG-INFO") if files.is_folder(folder) else folder
                    yield _from_pkg_info(folder, files.read(info), files)
                case "egg" if files.is_folder(folder):
                    inside = absolute(folder, "EGG-INFO")
                    yield _from_pkg_info(inside, files.read(absolute(inside, "PKG-INFO")), files)
        except (OSError, ValueError, RecursionError) as error:
            reason = f"it cannot be read: {words(error)}"
            yield Skipped(text=escaped(name), reason=reason, location=Location(path=site))


def _from_metadata(folder: str, data: bytes, files: Files) -> Installed:
    found = _headers(folder, data)
    source, archive = _direct(folder, files)
    return replace(
        found,
        source=source,
        files=archive,
        requested=files.is_file(absolute(folder, "REQUESTED")),
    )


def _from_pkg_info(folder: str, data: bytes, files: Files) -> Installed:
    """Return what setuptools or distutils installed; its requirements have a file of their own."""
    found = _headers(folder, data)
    try:
        listed = files.read(absolute(folder, "requires.txt")).decode("utf-8", "replace")
    except OSError:
        return found
    return replace(found, requires=_parsed(_sections(listed)))


def _headers(folder: str, data: bytes) -> Installed:
    raw, _ = parse_email(data)
    name, version = raw.get("name"), raw.get("version")
    if not name or not version:
        raise ValueError("its metadata has no name or no version")
    return Installed(
        name=canonicalize_name(name, validate=True),
        version=Version(version),
        folder=folder,
        requires=_parsed(raw.get("requires_dist", [])),
    )


def _parsed(texts: Iterable[str]) -> tuple[Requirement, ...]:
    return tuple(parse_dependency(text) for text in texts)


def _sections(text: str) -> Iterator[str]:
    """Yield the lines of a requires.txt as PEP 508: `[extra:marker]` above some lines is their condition."""
    condition = ""
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
            parts = [f"({marker})"] if marker else []
            condition = " and ".join([*parts, *([f'extra == "{extra}"'] if extra else [])])
        elif line:
            yield f"{line}; {condition}" if condition else line


def _direct(folder: str, files: Files) -> tuple[Source, tuple[IndexFile, ...]]:
    """Return where direct_url.json (PEP 610) says that it came from; from an index where there is none."""
    path = absolute(folder, "direct_url.json")
    if not files.is_file(path):
        return IndexSource(), ()
    stated = msgspec.json.decode(files.read(path), type=_DirectUrl)
    if stated.vcs_info is not None:
        revision = stated.vcs_info.commit_id or stated.vcs_info.requested_revision or ""
        url = vcs_url(stated.url, revision, kind=stated.vcs_info.vcs, subdirectory=stated.subdirectory)
        return VcsSource(url=url), ()
    if stated.dir_info is not None:
        place = unquote(urlsplit(stated.url).path)
        return PathSource(path=place, editable=stated.dir_info.editable, subdirectory=stated.subdirectory), ()
    url = checked_url(stated.url)
    archive = IndexFile(filename=filename_of(url), url=url)
    if url.startswith("file:"):
        return PathSource(path=unquote(urlsplit(url).path), subdirectory=stated.subdirectory), (archive,)
    return UrlSource(url=url, subdirectory=stated.subdirectory), (archive,)
