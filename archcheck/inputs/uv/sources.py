"""uv.lock: where a package comes from and which files it has."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from archcheck.files import absolute
from archcheck.inputs.parsing.toml_documents import utc_text
from archcheck.inputs.parsing.urls import checked_url, file_url, filename_of, vcs_url
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource, VcsSource

if TYPE_CHECKING:
    from archcheck.inputs.uv.schema import File
    from archcheck.inputs.uv.schema import Source as Stated
    from archcheck.manifest.manifest import Source


def uv_source(stated: Stated, folder: str) -> Source:
    """Return the source that *stated* names, paths seen from *folder*; raises ValueError."""
    if stated.registry is not None:
        return IndexSource()
    if stated.git is not None:
        return VcsSource(url=_git_url(stated.git))
    if stated.url is not None:
        return UrlSource(url=checked_url(stated.url), subdirectory=stated.subdirectory or "")
    if stated.path is not None:
        return PathSource(path=absolute(folder, stated.path))
    if stated.folder is not None:
        return PathSource(path=absolute(folder, stated.folder), editable=stated.editable is not None)
    raise ValueError("expected one of registry, git, url, path, directory, editable, virtual")


def _git_url(url: str) -> str:
    """Return uv's `https://host/repo?rev=v1&subdirectory=x#commit` as pip writes it."""
    parts = urlsplit(url)
    subdirectory = parse_qs(parts.query).get("subdirectory", [""])[0]
    return vcs_url(url, parts.fragment, subdirectory=subdirectory)


def index_file(file: File, stated: Stated, folder: str) -> IndexFile:
    """Return *file* of a package from *stated*; raises ValueError for an address that is none.

    A file of a flat index has its path, that of a direct source (a URL or a path) takes its address.
    """
    if file.url is not None:
        url = checked_url(file.url)
    elif file.path is not None:
        url = file_url(absolute(_flat_index(stated, folder), file.path))
    elif stated.url is not None:
        url = checked_url(stated.url)
    elif stated.path is not None:
        url = file_url(absolute(folder, stated.path))
    elif file.filename is not None:
        url = file.filename
    else:
        raise ValueError("expected a url, a path or a filename")
    return IndexFile(
        filename=file.filename or filename_of(url),
        url=url,
        hashes=(file.hash,) if file.hash else (),
        size=file.size,
        upload_time=utc_text(file.upload_time),
    )


def _flat_index(stated: Stated, folder: str) -> str:
    """Return the folder of a flat index, which older locks name by a `file:` URL."""
    registry = stated.registry or ""
    if registry.startswith("file:"):
        registry = unquote(urlsplit(registry).path)
    return absolute(folder, registry)
