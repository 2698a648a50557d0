"""What passes between a question and the HTTP client; nothing here imports the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_LIMIT = 64 * 1024 * 1024


class Reply(Struct, frozen=True, kw_only=True):
    """An answer that is worth reading, whatever its status; header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Stats(Struct, kw_only=True):
    """What talking to the index has cost so far; `received` counts bytes of bodies after decoding."""

    requests: int = 0
    received: int = 0
    cache_hits: int = 0
