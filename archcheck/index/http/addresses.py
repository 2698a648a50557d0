"""Addresses of indexes and files: without credentials, and between `file:` URLs and paths."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_USERINFO = r"//[^/?#\s@]+(?:@[^/?#\s@]+)*@"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Credential(NamedTuple):
    """A user name and password for the addresses that begin as `url` does; neither is ever printed."""

    url: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credential(url={self.url!r})"


def split_credentials(url: str) -> tuple[str, Credential | None]:
    """Return *url* without its `user:password@`, and what stood there."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    bare = urlunsplit(parts._replace(netloc=host))
    username, _, password = userinfo.partition(":")
    return bare, Credential(url=bare, username=unquote(username), password=unquote(password))


def without_passwords(text: str) -> str:
    """Return *text*, in which any address may stand, with `****` for each `user:password@`."""
    return re.sub(_USERINFO, "//****@", text)


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port: what a credential must have in common with an address (RFC 6454)."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:  # a page may link to anything, such as https://[x/
        return "", url, 0


def host(url: str) -> str:
    """Return the host of *url* as people write it, with the port where it is said; for messages."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or url
    except ValueError:
        return "an address that cannot be read"


def credential_for(url: str, credentials: Sequence[Credential]) -> Credential | None:
    """Return the credential of the same origin whose path agrees longest with that of *url*.

    One host may serve several private indexes, each with a token of its own (GitLab does).
    """
    same = [each for each in credentials if origin(each.url) == origin(url)]
    return max(same, key=lambda each: _agreement(each.url, url), default=None)


def _agreement(one: str, other: str) -> int:
    """Return how many parts of their paths two addresses have in common from the left."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), len(one))


def is_remote(url: str) -> bool:
    """Return whether *url* is fetched over HTTP."""
    return url[:8].lower().startswith(("http://", "https://"))


def page_url(index: str, name: str) -> str:
    """Return the address of the project page of *name* (PEP 503)."""
    return f"{index.rstrip('/')}/{quote(name)}/"


def version_url(index: str, name: str, version: str) -> str | None:
    """Return where the index would keep its per-version JSON, or None where there is no such place."""
    base = index.rstrip("/")
    if not (is_remote(index) and base.endswith("/simple")):
        return None
    return f"{base.removesuffix('/simple')}/pypi/{quote(name)}/{quote(version)}/json"


def file_path(location: str) -> str | None:
    """Return the local path that *location* (a path or a `file:` URL) names, or None where it is remote."""
    if is_remote(location):
        return None
    if location[:5].lower() != "file:":
        return location if "://" not in location else None
    parts = urlsplit(location)
    if parts.netloc not in {"", "localhost"}:
        return None
    path = unquote(parts.path)
    return path.lstrip("/") if os.name == "nt" else path


def file_url(path: str) -> str:
    """Return the absolute `file:` URL of *path*."""
    absolute = os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - links are not followed
    return "file://" + quote(absolute if absolute.startswith("/") else f"/{absolute}")


def metadata_url(url: str) -> str:
    """Return where the metadata file beside the distribution at *url* stands (PEP 658)."""
    path, mark, query = url.partition("?")
    return f"{path}.metadata{mark}{query}"


def filename_of(url: str) -> str:
    """Return the last part of the path of *url*, decoded."""
    return unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])


def end_of(url: str) -> str:
    """Return what *url* is asked for, by the end of its path: a token may be part of what stands before."""
    parts = urlsplit(url).path.strip("/").split("/")
    return "/".join(parts[-3:] if parts[-1] == "json" else parts[-1:])  # the per-version document


def is_secure(url: str, trusted: tuple[str, ...]) -> bool:
    """Return whether pip would read an index there: https, this very machine, or a host that is trusted."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    local = name in {"localhost", "::1"} or name.startswith("127.")
    return parts.scheme == "https" or local or name in trusted or host(url) in trusted
