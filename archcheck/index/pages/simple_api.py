"""Parses project pages and per-version documents of an index (PEP 503, 691, 700, 714).

One malformed entry makes the whole page an error. To leave a file out could turn "has an aarch64 wheel" into
"has none", so an index that breaks its own format is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.index.pages.codec import Release
from archcheck.index.pages.entries import Entry, Hashes, PageError, absolute, index_file
from archcheck.index.pages.filenames import is_distribution, version_text
from archcheck.index.pages.packing import listed
from archcheck.manifest.distribution import Size  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from archcheck.index.pages.listing import Listing

_HTML_TYPES = ("text/html", "application/vnd.pypi.simple.v1+html", "application/xhtml+xml")


class _Meta(msgspec.Struct, rename="kebab"):
    api_version: str = "1.0"


class _Page(msgspec.Struct):
    files: list[Entry]
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Upload(msgspec.Struct):
    """An entry of `urls` in the per-version document."""

    filename: str
    url: str
    digests: Hashes = Hashes()
    requires_python: str | None = None
    size: Size | None = None
    upload_time_iso_8601: str | None = None
    yanked: bool = False


class _Info(msgspec.Struct):
    name: str
    version: str
    requires_dist: list[str] | None = None
    requires_python: str | None = None


class _Document(msgspec.Struct):
    info: _Info
    urls: list[_Upload]
    last_serial: int


_decode_page = msgspec.json.Decoder(_Page).decode
_decode_document = msgspec.json.Decoder(_Document).decode
_MOST_OBJECTS = 240_000  # four for each file: no page that is known has half as many, and each takes memory
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeError, RecursionError)


def parse_json(body: bytes, *, url: str, name: NormalizedName) -> Listing:
    """Return the files that a PEP 691 page at *url* (after redirects) lists; raise `PageError`."""
    if body.count(b"{") > _MOST_OBJECTS:
        raise PageError(f"Expected fewer than {_MOST_OBJECTS:,} files and hashes")
    try:
        page = _decode_page(_in_utf8(body))
    except _DECODE_ERRORS as error:
        raise PageError(str(error)) from error
    _check_api_version(page.meta.api_version, "$.meta.api-version")
    return listed(page.files, url=url, name=name)


def _in_utf8(body: bytes) -> bytes:
    """Return *body* as it is read: pip reads UTF-8 with a byte order mark, UTF-16 and UTF-32 as well."""
    if body[:1] == b"{" and body[1:2] != b"\0":
        return body
    from json import detect_encoding  # noqa: PLC0415 - what pip asks, where the page begins oddly

    encoding = detect_encoding(body)
    return body if encoding == "utf-8" else body.decode(encoding).encode()


def _check_api_version(text: str, where: str) -> None:
    if text.partition(".")[0] != "1":
        raise PageError(f"Expected version 1 of the simple repository API, got {text!r} - at `{where}`")


def parse_html(body: bytes, *, url: str, name: NormalizedName, content_type: str | None = None) -> Listing:
    """Return the files of *name* that an HTML page at *url* links to; raise `PageError`.

    The page may be a project page (PEP 503), a find-links page or a web server's listing of a folder:
    links to anything else than distributions of *name* are no files of it.
    """
    from archcheck.index.pages.html import has_room, read_anchors  # noqa: PLC0415 - html.parser, for HTML-only indexes

    kind, _, parameters = (content_type or _HTML_TYPES[0]).partition(";")
    if kind.strip().lower() not in _HTML_TYPES:
        raise PageError(f"Expected an HTML page, got content of type {kind.strip()!r}")
    if not has_room(body):
        raise PageError("Expected an HTML page, got one of too many tags, or too long ones")
    try:
        page = read_anchors(_decode(body, parameters))
    except (AssertionError, RecursionError) as error:  # html.parser asserts on `<![x[` before Python 3.13
        raise PageError("Expected an HTML page, got broken markup") from error
    if page.api_version is not None:
        _check_api_version(page.api_version, "meta pypi:repository-version")
    base = absolute(page.base, url) if page.base else None
    files = (_linked_file(anchor, base or url, name) for anchor in page.anchors)
    try:
        return listed([file for file in files if file is not None], url=url, name=name)
    except UnicodeEncodeError as error:  # some charsets can spell half a character
        raise PageError("Expected an HTML page, got text that is no Unicode") from error


def _decode(body: bytes, parameters: str) -> str:
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        return body.decode(charset or "utf-8-sig", "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")


def _linked_file(anchor: Mapping[str, str | None], base: str, name: NormalizedName) -> Entry | None:
    link = (anchor.get("href") or "").strip()
    target, _, fragment = link.partition("#")
    filename = unquote(target.partition("?")[0].rpartition("/")[2])
    if "/" in filename or "\\" in filename or version_text(filename, name) is None:
        return None
    url = absolute(target, base)
    if url is None:
        return None
    announced = anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
    return Entry(
        filename=filename,
        url=url,
        hashes=_hashes(fragment),
        requires_python=anchor.get("data-requires-python") or None,
        yanked="data-yanked" in anchor,
        core_metadata=None if announced in {None, "false"} else _hashes(announced or ""),
    )


def _hashes(text: str) -> Hashes:
    """Return the `algorithm=digest` parts of a URL's fragment; parts of another shape say nothing."""
    pairs = (part.partition("=") for part in text.split("&"))
    stated = {key.lower(): value for key, equals, value in pairs if equals and value.isalnum()}
    return msgspec.convert(stated, Hashes)


def parse_version_json(body: bytes, *, url: str, name: NormalizedName, version: Version) -> Release | None:
    """Return the per-version document, or None where it is none, or one of another project or version.

    The document is a shortcut that no standard describes, so that anything odd about it sends the caller to
    the project page instead. `last_serial` tells the index's own answer from a look-alike of a mirror.
    """
    try:
        document = _decode_document(body)
        info = document.info
        if canonicalize_name(info.name) != name or Version(info.version) != version:
            return None
        uploads = [upload for upload in document.urls if is_distribution(upload.filename)]
        files = tuple(index_file(_as_entry(upload), url) for upload in uploads)
    except (*_DECODE_ERRORS, PageError, InvalidVersion):
        return None
    return Release(
        files=files,
        requires_dist=None if info.requires_dist is None else tuple(info.requires_dist),
        requires_python=info.requires_python or None,
    )


def _as_entry(upload: _Upload) -> Entry:
    return Entry(
        filename=upload.filename,
        url=upload.url,
        hashes=upload.digests,
        requires_python=upload.requires_python,
        size=upload.size,
        upload_time=upload.upload_time_iso_8601,
        yanked=upload.yanked,
    )
