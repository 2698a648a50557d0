"""What was seen of wheels before: all that a run needs whose answers are in the cache.

It is kept for ever under the wheel's hash, each answer under what was wanted: so an answer is the same
whatever was read before.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archcheck.binaries.members import Directory  # noqa: TC001 - msgspec reads the annotations
from archcheck.binaries.model import ArchiveContents, NativeFile
from archcheck.index.documents import FOREVER
from archcheck.index.http.addresses import file_path
from archcheck.index.metadata.kept import key_of

if TYPE_CHECKING:
    from archcheck.binaries.model import Depth, Wanted
    from archcheck.index.documents import Documents
    from archcheck.index.model import IndexFile

_KEPT = "2"  # raised when more is read of a file than was before: what was kept lacks it


class Looked(Struct, frozen=True, kw_only=True):
    """What is kept of a wheel: what it holds, where in it that stands, and whether it comes in parts."""

    contents: ArchiveContents
    directory: Directory
    in_parts: bool


_decode_looked = msgspec.msgpack.Decoder(Looked).decode
_decode_natives = msgspec.msgpack.Decoder(tuple[NativeFile, ...]).decode


class KeptContents:
    """What *documents* keep of wheels; `seen` is what the run has looked at so far, by `key`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.seen: dict[str, Looked] = {}

    def contents(
        self, wheel: IndexFile, wanted: tuple[Wanted, ...], *, depth: Depth
    ) -> ArchiveContents | None:
        """Return what the *wheel* holds, as `Index.wheel` does; None where it has to be looked into."""
        first = key(wheel, depth)
        looked = self.seen.get(first) or self._documents.recall("wheel", first, _decode_looked)
        if looked is None:
            return None
        self.seen[first] = looked
        if not wanted:
            return looked.contents
        natives = self._documents.recall("needs", _key_of(wheel, wanted, depth), _decode_natives)
        return None if natives is None else replace(looked.contents, natives=natives)

    def remember(self, wheel: IndexFile, looked: Looked, *, depth: Depth) -> None:
        """Keep what was seen of the *wheel*."""
        self.seen[key(wheel, depth)] = looked
        self._keep("wheel", wheel, key(wheel, depth), looked)

    def remember_needs(
        self, wheel: IndexFile, wanted: tuple[Wanted, ...], natives: tuple[NativeFile, ...], *, depth: Depth
    ) -> None:
        """Keep the *natives* of the *wheel*, those that were *wanted* with what they need."""
        self._keep("needs", wheel, _key_of(wheel, wanted, depth), natives)

    def _keep(self, kind: str, wheel: IndexFile, name: str, value: object) -> None:
        if file_path(wheel.url) is None:
            self._documents.remember(kind, name, value, until=FOREVER if wheel.hashes else time.time())


def key(wheel: IndexFile, depth: Depth) -> str:
    """Return the key under which is kept what the *wheel* holds, as far as *depth* says."""
    return f"{key_of(wheel)}&{depth}&{_KEPT}"


def _key_of(wheel: IndexFile, wanted: tuple[Wanted, ...], depth: Depth) -> str:
    # A digest: scipy's hundred paths are more than the cache takes for a key.
    return f"{key(wheel, depth)}&{hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()}"
