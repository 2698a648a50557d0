"""Reads an answer of an index, by its content type, into the document that the cache keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from packaging.version import Version

from archcheck.index.http.addresses import host
from archcheck.index.http.messages import Unavailable
from archcheck.index.pages.codec import Links, Release
from archcheck.index.pages.entries import PageError
from archcheck.index.pages.simple_api import parse_html, parse_json, parse_version_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from archcheck.index.http.messages import Reply
    from archcheck.index.pages.codec import Reading
    from archcheck.index.pages.listing import Listing
    from archcheck.manifest.distribution import IndexFile

_JSON = {"application/vnd.pypi.simple.v1+json", "application/json"}
_pack = msgspec.msgpack.Encoder().encode


def packed(reading: Reading, reply: Reply) -> bytes | Unavailable:
    """Return the body of *reply* as the cache keeps a document of that kind."""
    try:
        return _pack(_read(reading, reply))
    except PageError as error:
        reason = f"{host(reply.url)} answered with something else: {error}"
        return Unavailable(reason=reason, incomplete=True)


def _read(reading: Reading, reply: Reply) -> Listing | Release | Links:
    content_type = reply.headers.get("content-type")
    if reading.kind == "links":
        return Links(reply.url, content_type or "", reply.body)
    name = cast("NormalizedName", reading.name)
    if reading.kind == "page":
        return read_listing(reply.body, reply.url, content_type, name)
    found = parse_version_json(reply.body, url=reply.url, name=name, version=Version(reading.version))
    if found is None:
        raise PageError("no per-version document")
    return msgspec.structs.replace(found, files=_with_metadata(found.files))


def read_listing(body: bytes, url: str, content_type: str | None, name: NormalizedName) -> Listing:
    """Return the files on a page of either format, told apart by its content type; raise `PageError`."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in _JSON:
        return parse_json(body, url=url, name=name)
    return parse_html(body, url=url, name=name, content_type=content_type)


def _with_metadata(files: Iterable[IndexFile]) -> tuple[IndexFile, ...]:
    """Return *files* with metadata presumed beside each wheel: the document does not say which have it."""
    return tuple(msgspec.structs.replace(file, metadata="") if file.is_wheel else file for file in files)
