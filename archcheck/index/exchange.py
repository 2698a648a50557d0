"""What passes between a question and the HTTP client; nothing here imports the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that is worth reading, whatever its status; header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Stats:
    """What talking to the index has cost so far; `received` counts bytes of bodies after decoding."""

    requests: int = 0
    received: int = 0
    cache_hits: int = 0
