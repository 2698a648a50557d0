"""Documents of an index by address: out of the cache while they are fresh, else asked for again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec import Struct

from archcheck.index.coroutines import shared
from archcheck.index.http.freshness import fresh_until
from archcheck.index.http.messages import PAGE_LIMIT, Reply, Unavailable
from archcheck.index.http.refusals import FORBIDDEN, is_code_artifact, refused
from archcheck.index.worker.supervisor import Remote
from archcheck.trace import Consulted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from archcheck.index.cache.store import Cache, Entry, Header
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.messages import Reading, Stats

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
    """The cache and the index behind it as one; the index is reached out to when it is first needed."""

    def __init__(self, settings: IndexSettings, cache: Cache, stats: Stats, *, jobs: int) -> None:
        self.cache = cache
        self.oldest: float | None = None
        self._stats = stats
        self._remote = Remote(settings.access, stats, folder=str(cache.folder), mode=cache.mode, jobs=jobs)
        self._current: set[tuple[str, str]] = set()
        self._early: dict[tuple[str, str], Reply | Unavailable] = {}
        self._consulted: dict[tuple[str, str], tuple[str, Header]] = {}
        self.traceable = True
        """Whether the answers rest on documents alone that the cache keeps."""

    async def ask(self, document: Document[T]) -> T | Absent | Unavailable:
        """Return the document; what the cache keeps of it answers as long as it may."""
        found = await self._found(document)
        if isinstance(found, Unavailable):  # the next time it may be there
            self.traceable = False
        return found

    async def _found(self, document: Document[T]) -> T | Absent | Unavailable:
        known = self._fresh(document)
        if known is not None:
            return known
        kind, url = document.reading.kind, document.reading.url
        # Only its head: the body would lie about for as long as the index takes to answer.
        head = self.cache.head(kind, url)
        stale = head if head is not None and not self.cache.usable(head, time.time()) else None
        reply = self._early.pop((kind, url), None)
        if reply is None:
            reply = await self._asked(document, stale.validators if stale is not None else {})
        if stale is not None and isinstance(reply, Reply) and reply.status == _NOT_MODIFIED:
            known = _decoded(self.cache.get(kind, url), document)
            if known is not None:
                self._renew(document.accept, stale, reply)
                return known
            reply = await self._asked(document, {})  # what is kept cannot be read
        if isinstance(reply, Reply) and reply.kept is not None:
            entry = self.cache.get(kind, url)
            known = _decoded(entry, document)
            if entry is not None and known is not None:
                self._note(document.accept, entry.header)
                return known
            reply = await self.fetch(url, {"Accept": document.accept})  # somebody cleared the cache
        if isinstance(reply, Unavailable):
            return reply
        return self._answer(document, reply)

    async def _asked(self, document: Document[T], validators: Mapping[str, str]) -> Reply | Unavailable:
        """Return what the index answers, which the worker reads and keeps where it can."""
        headers = {"Accept": document.accept, **validators}
        return await self.fetch(document.reading.url, headers, reading=document.reading)

    def _fresh(self, document: Document[T]) -> T | Absent | None:
        """Return what the cache keeps of *document*, where that need not be asked for again."""
        now = time.time()
        kind, url = document.reading.kind, document.reading.url
        entry = self.cache.get(kind, url, usable_at=None if (kind, url) in self._current else now)
        known = _decoded(entry, document)
        if entry is not None and known is not None:
            self._count(entry, now)
            self._note(document.accept, entry.header)
        return known

    def _answer(self, document: Document[T], reply: Reply) -> T | Absent | Unavailable:
        url = document.reading.url
        if reply.status in {_NOT_FOUND, _GONE}:
            self._keep(document, reply, b"")
            return Absent(status=_NOT_FOUND)
        if reply.status == FORBIDDEN and not is_code_artifact(url):
            self.traceable = False
            return Absent(status=FORBIDDEN)
        if reply.status != _OK:
            return Unavailable(reason=refused(url, reply.status), incomplete=True)
        body = _packed(document.reading, reply) if reply.document is None else reply.document
        if isinstance(body, Unavailable):
            return body
        self._keep(document, reply, body)
        return document.decode(body)

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        into: BinaryIO | None = None,
        limit: int = PAGE_LIMIT,
        reading: Reading | None = None,
    ) -> Reply | Unavailable:
        """Return what *url* answers now, past the cache; nothing is asked under `--offline`.

        Where it has a *reading*, the answer may come as the document or its place in the cache (see `Reply`).
        """
        if self.cache.mode == "offline":
            return NOT_CACHED
        return await shared(self._remote.ask(url, headers, into=into, limit=limit, reading=reading))

    def add_credential(self, credential: Credential) -> None:
        """Use *credential* too for what is asked from now on."""
        self._remote.add_credential(credential)

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
        self._note("", entry.header)
        return value

    def remember(self, kind: str, key: str, value: object, *, until: float = FOREVER) -> None:
        """Keep what was worked out of an answer, until the moment *until*."""
        try:
            body = msgspec.msgpack.encode(value)
        except UnicodeEncodeError:  # a lone surrogate: a file name in an archive may hold anything
            return
        self._note("", self.cache.put(kind, key, body, fresh_until=until, headers={}))

    def kept(self, document: Consulted) -> Header | None:
        """Return what the cache knows of *document*, where that can be held against what it said.

        None where the cache has something else by now, or where the index would send it as a whole.
        """
        head = self.cache.head(document.kind, document.url)
        if head is None or head.sha256.hex() != document.digest:
            return None
        short = bool(head.validators) or head.status == _NOT_FOUND
        return head if self.cache.usable(head, time.time()) or (document.accept and short) else None

    async def still(self, document: Consulted, head: Header) -> bool:
        """Return whether *document*, `kept` under *head*, says what it said; what is stale is asked for."""
        if self.cache.usable(head, time.time()):
            self._note(document.accept, head)
            return True
        same = {_NOT_MODIFIED, *((_NOT_FOUND, _GONE) if head.status == _NOT_FOUND else ())}
        reply = await self.fetch(document.url, {"Accept": document.accept, **head.validators})
        if isinstance(reply, Unavailable) or reply.status not in same:
            self._early[document.kind, document.url] = reply
            return False
        self._renew(document.accept, head, reply)
        self._current.add((document.kind, document.url))
        return True

    def evidence(self) -> tuple[tuple[Consulted, float], ...] | None:
        """Return the documents that the answers rest on, with the moments until which they are fresh.

        None where the cache does not keep all of it, or has something newer by now.
        """
        found = []
        for _, (accept, header) in sorted(self._consulted.items()):
            where = self.cache.stamp_of(header)
            if where is None or not self.traceable:
                return None
            document = Consulted(header.kind, header.url, accept, header.sha256.hex(), *where)
            found.append((document, header.fresh_until))
        return tuple(found) if self.traceable else None

    def close(self) -> None:
        """Give up what is under way, and whoever waits for it."""
        self._remote.close()

    def _count(self, entry: Entry, now: float) -> None:
        self._stats.cache_hits += 1
        header = entry.header
        if self.cache.mode == "offline" and not header.immutable and not header.is_fresh(now):
            stored = header.stored_at
            self.oldest = stored if self.oldest is None else min(stored, self.oldest)

    def _keep(self, document: Document[T], reply: Reply, body: bytes) -> None:
        until = fresh_until(reply.headers, time.time())
        if until is None:
            self.traceable = False
            return
        status = _NOT_FOUND if reply.status in {_NOT_FOUND, _GONE} else _OK
        kind, url = document.reading.kind, document.reading.url
        header = self.cache.put(kind, url, body, fresh_until=until, status=status, headers=reply.headers)
        self._note(document.accept, header)

    def _renew(self, accept: str, header: Header, reply: Reply) -> None:
        """Take note that what is kept under *header* still holds; what a 304 does not say again, too."""
        until = fresh_until(reply.headers, time.time())
        if until is None:
            self.traceable = False
        else:
            self._note(accept, self.cache.renew(header, fresh_until=until, headers=reply.headers))

    def _note(self, accept: str, header: Header | None) -> None:
        if header is None or "\0" in header.url:
            self.traceable = False
        elif header.fresh_until != FOREVER:
            _, before = self._consulted.get((header.kind, header.url), (accept, header))
            if before.sha256 != header.sha256:  # what was answered so far rests on what it said before
                self.traceable = False
            self._consulted[header.kind, header.url] = accept, header


def _packed(reading: Reading, reply: Reply) -> bytes | Unavailable:
    from archcheck.index.pages.readers import packed  # noqa: PLC0415 - the worker does that, but for rare cases

    return packed(reading, reply)


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
