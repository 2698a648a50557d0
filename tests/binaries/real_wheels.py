"""Real wheels of which some bytes are recorded, and what readelf, unzip and auditwheel said of all of them."""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archcheck.binaries.archive import cut, heads, joined, look
from archcheck.binaries.directory import read_directory
from archcheck.binaries.members import Directory
from archcheck.binaries.sparse import NeedRange

if TYPE_CHECKING:
    from archcheck.binaries.model import ArchiveContents

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Recorded(msgspec.Struct):
    """A wheel's length, and those bytes of it that are recorded, by their offset."""

    size: int
    parts: dict[int, bytes]


@cache
def said() -> dict[str, Any]:
    """Return what the tools said, by the wheel's file name."""
    return json.loads((FIXTURES / "oracle" / "wheels.json").read_text())["wheels"]


@cache
def recorded(filename: str) -> Recorded:
    """Return what is recorded of a wheel."""
    packed = (FIXTURES / "wheels" / f"{filename}.parts").read_bytes()
    return msgspec.msgpack.decode(lzma.decompress(packed), type=Recorded)


def with_zeros(wheel: Recorded) -> bytes:
    """Return the wheel with zeros in place of what is not recorded."""
    data = bytearray(wheel.size)
    for start, part in wheel.parts.items():
        data[start : start + len(part)] = part
    return bytes(data)


def contents_of(wheel: Recorded) -> tuple[Directory, ArchiveContents]:
    """Return what the wheel holds, reading what is recorded alone."""
    segments: dict[int, bytes] = {}
    while isinstance(found := read_directory(wheel.size, segments), NeedRange):
        end = max(wheel.parts)  # the table of contents is recorded from its own beginning
        start = max(found.start, end)
        segments[start] = wheel.parts[end][start - end : found.end - end]
        if start > found.start:
            segments[found.start] = bytes(start - found.start)
    assert isinstance(found, Directory)
    spans = joined(heads(found), 0)
    return found, look(found, dict(zip((each.start for each in spans), cut(wheel.parts, spans), strict=True)))
