"""METADATA out of a wheel of which only some bytes are at hand (ranged reads); no I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.index.model import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRange:
    """The bytes [start, end) of the file are needed next; `end` is exclusive."""

    start: int
    end: int


def first_tail(size: int | None) -> int:
    """Return how many bytes to ask for from the end first, so that most wheels need no second request."""
    raise NotImplementedError


def read_metadata(filename: str, size: int, segments: Mapping[int, bytes]) -> bytes | NeedRange | Unavailable:
    """Return METADATA of the wheel *filename* of *size* bytes, or the range to read next.

    *segments* maps offsets to the bytes there. A whole wheel is `{0: data}`.
    """
    raise NotImplementedError
