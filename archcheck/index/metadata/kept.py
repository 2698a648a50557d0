"""What was read of single files before: all that a run needs whose answers are in the cache."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from archcheck.index.documents import FOREVER
from archcheck.index.http.addresses import is_remote
from archcheck.index.model import Metadata

if TYPE_CHECKING:
    from archcheck.index.documents import Documents
    from archcheck.index.model import IndexFile

_decode_metadata = msgspec.msgpack.Decoder(Metadata).decode


class KeptMetadata:
    """The metadata of wheels, as *documents* keep it.

    A wheel on the disk is read each time: it may be another one by now, and then pip refuses its hash.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def metadata(self, wheel: IndexFile) -> Metadata | None:
        """Return what is known of the *wheel*; None where it has to be read."""
        if not is_remote(wheel.url):
            return None
        return self._documents.recall("metadata", key_of(wheel), _decode_metadata)

    def remember(self, wheel: IndexFile, found: Metadata) -> None:
        """Keep what was *found* in the *wheel*."""
        if is_remote(wheel.url):
            self._documents.remember("metadata", key_of(wheel), found, until=lasting(wheel))


def lasting(file: IndexFile) -> float:
    """Return until when holds what was read of *file*: only with a hash it cannot become another."""
    return FOREVER if file.hashes or file.metadata else time.time()


def key_of(file: IndexFile) -> str:
    """Return the key under which is kept what *file* says."""
    # by address as well as by hash: what is read by ranges is not held against the hash, so an index
    # that states the hash of another's file must not decide what that other file says
    return f"{file.url}#{','.join(file.hashes) or f'{file.size},{file.upload_time},{file.metadata}'}"
