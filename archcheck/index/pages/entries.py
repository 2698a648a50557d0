"""One file as an index lists it (PEP 691), and the `IndexFile` that is made of that."""

from __future__ import annotations

from urllib.parse import quote, urljoin

import msgspec
from msgspec import UNSET, UnsetType

from archcheck.manifest.distribution import IndexFile, Size

_RESERVED = ":/?#[]@!$&'()*+,;=%~"  # what a URL holds unquoted (RFC 3986), and what is quoted already
_ABSOLUTE = ("https://", "http://")


class PageError(ValueError):
    """The index's answer is not a page; the text says which key or part, and what was expected there."""


class Hashes(msgspec.Struct, frozen=True, gc=False):
    """The digests of a file in hexadecimal, by algorithm: those that pip knows, the one to go by first."""

    sha256: str | UnsetType = UNSET
    sha512: str | UnsetType = UNSET
    sha384: str | UnsetType = UNSET
    sha224: str | UnsetType = UNSET
    sha1: str | UnsetType = UNSET
    md5: str | UnsetType = UNSET


class Entry(msgspec.Struct, rename="kebab", omit_defaults=True, gc=False):
    """An entry of `files` (PEP 691); PEP 714 tells where its metadata file is announced."""

    filename: str
    url: str
    hashes: Hashes = Hashes()
    requires_python: str | None = None
    size: Size | None = None
    upload_time: str | None = None
    yanked: bool | str | None = False
    core_metadata: bool | Hashes | None = None
    dist_info_metadata: bool | Hashes | None = None


def check_name(filename: str) -> None:
    """Raise `PageError` for a *filename* that is a path."""
    if "/" in filename or "\\" in filename:
        raise PageError(f"Expected a file name, got {filename!r} - at `$.files[...].filename`")


def check_address(entry: Entry, page_url: str) -> None:
    """Raise `PageError` where the link of *entry* leads nowhere.

    A page has thousands of links, of which a few are followed: to join each to its address would be half
    the work.
    """
    if not _leads_somewhere(entry.url) and absolute(entry.url, page_url) is None:
        raise PageError(
            f"Expected the address of {entry.filename}, got {entry.url!r} - at `$.files[...].url`"
        )


def index_file(entry: Entry, page_url: str) -> IndexFile:
    """Return what *entry* of the page at *page_url* (after redirects) says; raise `PageError`."""
    check_name(entry.filename)
    check_address(entry, page_url)
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


def _announced(value: bool | Hashes | None) -> str | None:  # noqa: FBT001 - PEP 714 has it so
    if value is None or value is False:
        return None
    sha256 = value.sha256 if isinstance(value, Hashes) else None
    return f"sha256:{sha256.lower()}" if sha256 else ""


def _one_hash(hashes: Hashes) -> tuple[str, ...]:
    for algorithm in Hashes.__struct_fields__:
        digest = getattr(hashes, algorithm)
        if digest is not UNSET:
            return (f"{algorithm}:{digest.lower()}",)
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
