"""The documents of an index as the cache keeps them: a project page, a per-version document, find-links."""

from __future__ import annotations

import msgspec

from archcheck.index.pages.listing import Listing
from archcheck.manifest.distribution import IndexFile  # noqa: TC001 - msgspec reads the annotations


class Reading(msgspec.Struct, frozen=True):
    """Which document the answer of an index is to be read as, and what the cache knows it by.

    `kind` is "page", "release" (the per-version document) or "links"; `name` and `version` are the project's.
    """

    kind: str
    url: str
    name: str = ""
    version: str = ""


class Release(msgspec.Struct, frozen=True, array_like=True):
    """A per-version document: its files, and what one of them said about dependencies (None: unknown)."""

    files: tuple[IndexFile, ...]
    requires_dist: tuple[str, ...] | None
    requires_python: str | None


class Links(msgspec.Struct, frozen=True, array_like=True):
    """A find-links page: itself, since it may list any number of projects."""

    url: str
    content_type: str
    body: bytes


decode_page = msgspec.msgpack.Decoder(Listing).decode
decode_release = msgspec.msgpack.Decoder(Release).decode
decode_links = msgspec.msgpack.Decoder(Links).decode
