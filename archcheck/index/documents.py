"""Documents of an index by address: out of the cache while they are fresh, else asked for again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec import Struct

from archcheck.index.cache.store import Entry
from archcheck.index.coroutines import shared
from archcheck.index.http.messages import PAGE_LIMIT, Reply, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from archcheck.index.cache.store import Cache, Header
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.messages import Stats
    from archcheck.index.http.patience import Patience
    from archcheck.index.http.worker import Worker
    from archcheck.index.pages.codec import Reading

T = TypeVar("T")
FOREVER = float("inf")
NOT_CACHED = Unavailable(reason="not in the cache (--offline)", incomplete=True)
_OK, _NOT_MODIFIED, _NOT_FOUND, _GONE = 200, 304, 404, 410


class Absent(Struct, frozen=True, kw_only=True):
    """The server answered that there is no such document, with this status."""

    status: int


class Document(Struct, Generic[T], frozen=True, kw_only=True):
    """What is asked for, and how it is had back from the form in which the cache keeps it."""

    reading: Reading
    accept: str
    decode: Callable[[bytes], T]


class Documents:
    """The cache and the index behind it as one; the index is reached out to when it is first needed.

    What asks it and judges its answers is imported then: a run out of the cache has no use for that.
    """

    def __init__(
        self,
        settings: IndexSettings,
        cache: Cache,
        stats: Stats,
        *,
        jobs: int,
        patience: Patience | None = None,
    ) -> None:
        self.cache = cache
        self.oldest: float | None = None
        """When the oldest answer was stored that `--offline` took past its time; seconds since the epoch."""
        self._settings = settings
        self._stats = stats
        self._jobs = jobs
        self._patience = patience
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._closed = False

    async def ask(self, document: Document[T]) -> T | Absent | Unavailable:
        """Return the document; what the cache keeps of it answers as long as it may."""
        kind, url = document.reading.kind, document.reading.url
        now = time.time()
        kept, stale = self.cache.look(kind, url, now), None
        if isinstance(kept, Entry):
            known = _decoded(kept, document)
            if known is not None:
                self._count(kept, now)
                return known
        else:
            stale = kept
        accept = {"Accept": document.accept}
        reply = await self.fetch(url, {**accept, **(stale.validators if stale is not None else {})})
        if stale is not None and isinstance(reply, Reply) and reply.status == _NOT_MODIFIED:
            known = _decoded(self.cache.get(kind, url), document)
            if known is not None:
                self._renew(stale, reply)
                return known
            reply = await self.fetch(url, accept)  # what is kept cannot be read
        if isinstance(reply, Unavailable):
            return reply
        return self._answer(document, reply)

    def _answer(self, document: Document[T], reply: Reply) -> T | Absent | Unavailable:
        from archcheck.index.http.failures import FORBIDDEN, is_code_artifact, refused  # noqa: PLC0415 - see above

        url = document.reading.url
        if reply.status in {_NOT_FOUND, _GONE}:
            self._keep(document.reading, reply, b"")
            return Absent(status=_NOT_FOUND)
        if reply.status == FORBIDDEN and not is_code_artifact(url):
            return Absent(status=FORBIDDEN)
        if reply.status != _OK:
            return Unavailable(reason=refused(url, reply.status), incomplete=True)
        from archcheck.index.pages.readers import packed  # noqa: PLC0415 - see `_get_ready_to_read`

        body = packed(document.reading, reply)
        if isinstance(body, Unavailable):
            return body
        self._keep(document.reading, reply, body)
        return document.decode(body)

    async def fetch(
        self, url: str, headers: Mapping[str, str], *, into: BinaryIO | None = None, limit: int = PAGE_LIMIT
    ) -> Reply | Unavailable:
        """Return what *url* answers now, past the cache; nothing is asked under `--offline`."""
        if self.cache.mode == "offline":
            return NOT_CACHED
        return await shared(self._asking().ask(url, headers, into=into, limit=limit))

    def add_credential(self, credential: Credential) -> None:
        """Use *credential* too for what is asked from now on."""
        self._asking().add_credential(credential)

    def recall(self, kind: str, key: str, decode: Callable[[bytes], T]) -> T | None:
        """Return what `remember` kept, where it still counts."""
        now = time.time()
        entry = self.cache.get(kind, key, usable_at=now)
        if entry is None:
            return None
        try:
            value = decode(entry.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        self._count(entry, now)
        return value

    def remember(self, kind: str, key: str, value: object, *, until: float = FOREVER) -> None:
        """Keep what was worked out of an answer, until the moment *until*."""
        try:
            body = msgspec.msgpack.encode(value)
        except UnicodeEncodeError:  # a lone surrogate: a file name in an archive may hold anything
            return
        self.cache.put(kind, key, body, fresh_until=until, headers={})

    def close(self) -> None:
        """Give up what is under way, and whoever waits for it."""
        with self._lock:
            self._closed = True
            worker = self._worker
        if worker is not None:
            worker.close()

    def _asking(self) -> Worker:
        """Return who asks the index, from the first question on; none is asked after the run."""
        with self._lock:
            if self._worker is None:
                from archcheck.index.http.worker import Worker  # noqa: PLC0415 - see above

                self._worker = Worker(
                    self._settings,
                    self._stats,
                    jobs=self._jobs,
                    patience=self._patience,
                    meanwhile=_get_ready_to_read,
                )
                if self._closed:
                    self._worker.close()
            return self._worker

    def _count(self, entry: Entry, now: float) -> None:
        self._stats.cache_hits += 1
        header = entry.header
        if self.cache.mode == "offline" and not header.immutable and not header.is_fresh(now):
            stored = header.stored_at
            self.oldest = stored if self.oldest is None else min(stored, self.oldest)

    def _keep(self, reading: Reading, reply: Reply, body: bytes) -> None:
        until = _fresh_until(reply)
        if until is None:
            return
        status = _NOT_FOUND if reply.status in {_NOT_FOUND, _GONE} else _OK
        self.cache.put(
            reading.kind, reading.url, body, fresh_until=until, status=status, headers=reply.headers
        )

    def _renew(self, header: Header, reply: Reply) -> None:
        """Take note that what is kept under *header* still holds; what a 304 does not say again, too."""
        until = _fresh_until(reply)
        if until is not None:
            self.cache.renew(header, fresh_until=until, headers=reply.headers)


def _fresh_until(reply: Reply) -> float | None:
    from archcheck.index.http.freshness import fresh_until  # noqa: PLC0415 - see `Documents`

    return fresh_until(reply.headers, time.time())


def _get_ready_to_read() -> None:
    """Import what reads pages, while the first of them is on its way: 30 ms."""
    import archcheck.index.pages.readers  # noqa: F401, PLC0415


def _decoded(entry: Entry | None, document: Document[T]) -> T | Absent | None:
    """Return what *entry* holds; None where it holds nothing that this version of archcheck can read."""
    if entry is None:
        return None
    if entry.header.status == _NOT_FOUND:
        return Absent(status=_NOT_FOUND)
    try:
        return document.decode(entry.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
