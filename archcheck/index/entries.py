"""One file as an index states it, and what that says once it is read as an `IndexFile`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import msgspec

from archcheck.distribution import IndexFile, Size

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASHES = ("sha256", "sha512", "sha384", "sha224", "sha1", "md5")
_RESERVED = ":/?#[]@!$&'()*+,;=%~"  # what a URL holds unquoted (RFC 3986), and what is quoted already
_ABSOLUTE = ("https://", "http://")


class PageError(ValueError):
    """The index's answer is not a page; the text says which key or part, and what was expected there."""


class Entry(msgspec.Struct, rename="kebab", omit_defaults=True, gc=False):
    """An entry of `files` (PEP 691); PEP 714 tells where its metadata file is announced."""

    filename: str
    url: str
    hashes: dict[str, str] = {}
    requires_python: str | None = None
    size: Size | None = None
    upload_time: str | None = None
    yanked: bool | str | None = False
    core_metadata: bool | dict[str, str] | None = None
    dist_info_metadata: bool | dict[str, str] | None = None


def plain(entry: Entry) -> bool:
    """Return whether `index_file` can surely read *entry*, told at a glance.

    A page has thousands of links, of which a few are followed: to join each to its address would be half
    the work.
    """
    return "/" not in entry.filename and "\\" not in entry.filename and _leads_somewhere(entry.url)


def check(entry: Entry, page_url: str) -> None:
    """Raise `PageError` where `index_file` could make nothing of *entry*."""
    if "/" in entry.filename or "\\" in entry.filename:
        raise PageError(f"Expected a file name, got {entry.filename!r} - at `$.files[...].filename`")
    if absolute(entry.url, page_url) is None:
        raise PageError(
            f"Expected the address of {entry.filename}, got {entry.url!r} - at `$.files[...].url`"
        )


def index_file(entry: Entry, page_url: str) -> IndexFile:
    """Return what *entry* of the page at *page_url* (after redirects) says; raise `PageError`."""
    check(entry, page_url)
    announced = entry.core_metadata
    if announced is None:
        announced = entry.dist_info_metadata
    return IndexFile(
        filename=entry.filename,
        url=absolute(entry.url, page_url) or "",
        hashes=_one_hash(entry.hashes),
        requires_python=entry.requires_python or None,
        size=entry.size,
        upload_time=entry.upload_time,
        yanked=bool(entry.yanked),
        metadata=_announced(announced),
    )


def _announced(value: bool | dict[str, str] | None) -> str | None:  # noqa: FBT001 - PEP 714 has it so
    if not value and not isinstance(value, dict):
        return None
    sha256 = value.get("sha256") if isinstance(value, dict) else None
    return f"sha256:{sha256.lower()}" if sha256 else ""


def _one_hash(hashes: Mapping[str, str]) -> tuple[str, ...]:
    for algorithm in _HASHES:
        if algorithm in hashes:
            return (f"{algorithm}:{hashes[algorithm].lower()}",)
    return ()


def _leads_somewhere(link: str) -> bool:
    """Return whether `absolute` surely finds an address in *link*; where it may not, that is asked."""
    return link.isascii() and "[" not in link and (link.startswith(_ABSOLUTE) or ":" not in link)


def absolute(link: str, base: str) -> str | None:
    """Return *link* as an absolute URL without fragment and credentials; None where it leads nowhere.

    A page from the network may only link to the network: `file:` links are for pages that are files.
    """
    try:
        plain = link.startswith("https://") or (link.startswith(_ABSOLUTE) and _leads_somewhere(link))
        url = link if plain else urljoin(base, link.strip())
    except ValueError:  # such as http://[::1
        return None
    scheme, colon, rest = url.partition("://")
    if not colon or not (scheme in {"https", "http"} or (scheme == "file" and base.startswith("file:"))):
        return None
    if "#" in rest:
        rest = rest.partition("#")[0]
    if "@" in rest:
        host, slash, path = rest.partition("/")
        rest = host.rpartition("@")[2] + slash + path
    if not rest.isascii() or " " in rest or not rest.isprintable():
        rest = quote(rest, safe=_RESERVED)
    return f"{scheme}://{rest}"
