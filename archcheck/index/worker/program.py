"""The worker: does errands in an asyncio loop, as the program of a process of its own or in a thread.

It asks the index, reads project pages and puts them into the cache: the half of a cold run that needs
nothing of the other half, which resolves. As a process it takes its errands from standard input, and it ends
when nobody can give it any more.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.index.cache.store import Cache
from archcheck.index.http.client import Client
from archcheck.index.http.freshness import fresh_until
from archcheck.index.http.messages import Reply, Stats, Unavailable
from archcheck.index.worker.messages import (
    Done,
    Errand,
    Frames,
    Opening,
    Part,
    Password,
    Ready,
    decode_down,
    framed,
)
from archcheck.index.worker.process import STDERR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from archcheck.index.http.messages import Reading
    from archcheck.index.worker.messages import Down, Up

_OK = 200
_ALLOCATIONS = 50_000
_MEANWHILE = 0.01  # seconds after the first errand: it is under way then, and seldom back


class Worker:
    """Does the errands of one run, and tells each outcome with *tell*; lives in one asyncio loop."""

    def __init__(self, opening: Opening, tell: Callable[[Up], Awaitable[None]]) -> None:
        self._tell = tell
        self._stats = Stats()
        self._credentials = list(opening.access.credentials)
        self._client = Client(opening.access, self._stats, self._credentials, jobs=opening.jobs)
        self._cache = Cache(Path(opening.folder), mode=opening.mode)
        self._can_read = False

    async def do(self, message: Errand | Password) -> None:
        """Do what *message* asks for."""
        if isinstance(message, Password):
            self._credentials.append(message.credential)
            return
        reply: Reply | None = None
        failure: Unavailable | None = None
        fault = ""
        try:
            found = await self._ask(message)
            reply, failure = (found, None) if isinstance(found, Reply) else (None, found)
        except Exception:  # noqa: BLE001 - a fault of ours: raised again where the answer is asked for
            fault = traceback.format_exc()
        stats = self._stats
        await self._tell(Done(message.number, stats.requests, stats.received, reply, failure, fault))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _ask(self, errand: Errand) -> Reply | Unavailable:
        if errand.reading is not None and not self._can_read:
            self._can_read = True
            asyncio.get_running_loop().call_later(_MEANWHILE, import_module, "archcheck.index.pages.readers")
        into = _Parts(errand.number, self._tell) if errand.long else None
        found = await self._client.get(errand.url, headers=errand.headers, into=into, limit=errand.limit)
        if errand.reading is not None and isinstance(found, Reply) and found.status == _OK:
            return self._read(errand.reading, found)
        return found

    def _read(self, reading: Reading, reply: Reply) -> Reply | Unavailable:
        """Return *reply* with the document that its body is, or with that document's place in the cache."""
        from archcheck.index.pages.readers import packed  # noqa: PLC0415 - 30 ms: see `_ask`

        document = packed(reading, reply)
        if isinstance(document, Unavailable):
            return document
        kept, headers = None, reply.headers
        until = fresh_until(headers, time.time())
        if until is not None:
            kept = self._cache.put(reading.kind, reading.url, document, fresh_until=until, headers=headers)
        return replace(reply, body=b"", document=document if kept is None else None, kept=kept)


class _Parts:
    """The body of a long answer on its way, in parts."""

    def __init__(self, number: int, tell: Callable[[Up], Awaitable[None]]) -> None:
        self._number = number
        self._tell = tell
        self._again = False

    def restart(self) -> None:
        self._again = True

    async def write(self, chunk: bytes) -> None:
        again, self._again = self._again, False
        await self._tell(Part(self._number, chunk, again))


class _Desk(asyncio.Protocol):
    """Where the errands of another process arrive, and the outcomes leave."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._worker: Worker | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._outgoing: asyncio.WriteTransport | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def open(self, incoming: int, outgoing: int) -> None:
        """Begin to take errands from the pipe *incoming*; answer into the pipe *outgoing*."""
        loop = asyncio.get_running_loop()
        outward = os.fdopen(outgoing, "wb", 0)
        self._outgoing, _ = await loop.connect_write_pipe(lambda: self, outward)
        await self._tell(Ready())
        await loop.connect_read_pipe(lambda: self, os.fdopen(incoming, "rb", 0))

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._frames.feed(data):
                self._take(decode_down(frame))
        except Exception:  # noqa: BLE001 - it makes no sense: another version was installed meanwhile
            os._exit(1)  # nobody may wait for ever

    def connection_lost(self, _: Exception | None) -> None:
        os._exit(0)  # whoever gave the errands is gone, or has all that was wanted

    def pause_writing(self) -> None:
        self._flowing.clear()

    def resume_writing(self) -> None:
        self._flowing.set()

    def _take(self, message: Down) -> None:
        if isinstance(message, Opening):
            self._worker = Worker(message, self._tell)
        elif self._worker is not None:
            task = asyncio.get_running_loop().create_task(self._worker.do(message))
            self._tasks.add(task)  # the loop itself holds its tasks by weak references only
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.exception() is not None:
            os._exit(1)  # as above

    async def _tell(self, message: Up) -> None:
        await self._flowing.wait()
        if self._outgoing is not None:
            self._outgoing.write(framed(message))


def main() -> None:
    """Be the worker of the process that holds the other ends of standard input and output."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the run, whose end is this one's too
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    gc.set_threshold(_ALLOCATIONS)
    os.dup2(STDERR, 2)
    os.close(STDERR)
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what a keyring reads and prints is no message
    os.dup2(2, 1)
    sys.stdout = sys.stderr  # which does not wait for a full buffer to show what a keyring asks
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_Desk().open(incoming, outgoing))
    loop.run_forever()
