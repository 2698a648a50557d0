"""What the run and the worker that asks the index for it tell each other, as messages and as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archcheck.index.cache.store import Mode  # noqa: TC001
from archcheck.index.http.addresses import Credential  # noqa: TC001 - msgspec reads the annotations
from archcheck.index.http.messages import Access, Reading, Reply, Unavailable  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 4


class Opening(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The first message: whom to ask and how, and where documents are kept (see `Client` and `Cache`)."""

    access: Access
    jobs: int
    folder: str
    mode: Mode


class Password(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One credential more than the settings have."""

    credential: Credential


class Errand(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One address to ask; its body comes in `Part`s where it is `long`, else with the reply."""

    number: int
    url: str
    headers: dict[str, str]
    limit: int
    long: bool = False
    reading: Reading | None = None


class Part(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A part of the body of a long answer; `again` where it comes anew, from its beginning."""

    number: int
    data: bytes
    again: bool = False


class Done(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The end of an errand, and what all of them have cost so far (see `Stats`).

    It ended with a reply, a failure, or a fault of ours: the traceback.
    """

    number: int
    requests: int
    received: int
    reply: Reply | None = None
    failure: Unavailable | None = None
    fault: str = ""


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The first message of a worker."""


Down = Opening | Password | Errand
Up = Part | Done | Ready
decode_down = msgspec.msgpack.Decoder(Down).decode
decode_up = msgspec.msgpack.Decoder(Up).decode
_encode = msgspec.msgpack.Encoder().encode


def framed(message: Down | Up) -> bytes:
    """Return *message* as the bytes that `Frames` takes apart."""
    data = _encode(message)
    return b"".join((len(data).to_bytes(_LENGTH, "big"), data))


def is_framable(message: Down) -> bool:
    """Return whether *message* can be framed: a path or an address that is no UTF-8 cannot (PEP 383)."""
    try:
        _encode(message)
    except UnicodeEncodeError:
        return False
    return True


class Frames:
    """The messages in a stream of bytes that comes in pieces of any length."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield each message that is complete with *piece*."""
        self._data += piece
        while len(self._data) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._data[:_LENGTH], "big")
            if len(self._data) < end:
                return
            message = bytes(memoryview(self._data)[_LENGTH:end])
            del self._data[:end]
            yield message
