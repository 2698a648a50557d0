"""The index itself: every question asked once, out of the cache or over the network."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from archcheck.index.coroutines import start
from archcheck.index.documents import Documents
from archcheck.index.http.addresses import is_remote, split_credentials
from archcheck.index.http.messages import Stats
from archcheck.index.metadata.direct import read_direct
from archcheck.index.metadata.sources import Files
from archcheck.index.model import NotFound, Project, Unavailable
from archcheck.index.multi_index import MultiIndex
from archcheck.manifest.manifest import UrlSource

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.cache.store import Cache
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.model import Direct, IndexFile, Metadata, SdistContents
    from archcheck.manifest.manifest import PathSource
    from archcheck.trace import Consulted

T = TypeVar("T")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


class NetworkIndex:
    """All configured indexes and find-links as one `Index` (see `model.Index`); use it in a `with` block.

    Nothing is imported, started or sent before a question needs it: with a warm cache, nothing at all.
    """

    def __init__(self, settings: IndexSettings, cache: Cache, *, jobs: int = 50) -> None:
        self.stats = Stats()
        self._documents = Documents(settings, cache, self.stats, jobs=jobs)
        self._lookup = MultiIndex(settings, self._documents)
        self._files = Files(self._documents, self._lookup, self)
        self._asked: dict[tuple[object, ...], Future[Any]] = {}
        self._lock = threading.Lock()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the answers were had; grows while questions are answered."""
        found = list(self._lookup.warnings)
        if self._documents.cache.warning:
            found.append(self._documents.cache.warning)
        if self._documents.oldest is not None:
            days = (time.time() - self._documents.oldest) / 86400
            found.append(
                f"--offline: some answers come from the cache past their time, up to {days:.1f} days old"
            )
        return tuple(found)

    def notes(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return what the user should know of how several indexes were asked for the packages *names*."""
        return self._lookup.notes(names)

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        """Return the files of *name* in all places, as the installer puts them together."""
        if pin is not None:
            whole = self._asked.get(("project", name, None))
            if whole is not None:
                return whole
        return self._once(("project", name, pin), lambda: self._project(name, pin))

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        """Return the dependencies of *file*."""
        return self._once(("metadata", file.url, file.hashes), lambda: self._files.metadata(file, siblings))

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        """Return what the sdist *file* holds."""
        return self._once(("sdist", file.url, file.hashes), lambda: self._files.contents(file))

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that *source* points at."""
        return self._once(("direct", source, hashes), lambda: self._direct(source, hashes))

    def unchanged(self, documents: Iterable[Consulted]) -> bool:
        """Return whether the index still says what it said in *documents*; all are asked at once."""
        kept = [(each, self._documents.kept(each)) for each in documents]
        if any(head is None for _, head in kept):
            return False
        asked = [
            self._once(("still", each), partial(self._documents.still, each, head))
            for each, head in kept
            if head is not None
        ]
        said = [future.result() for future in asked]  # of all: what comes late need not be asked again
        return all(said)

    def evidence(self) -> tuple[tuple[Consulted, float], ...] | None:
        """Return the documents that the answers rest on, and until when each is fresh.

        None where they rest on other things too, or the cache no longer has what was read.
        """
        return self._documents.evidence()

    def close(self) -> None:
        """Give up what is under way; the answers had so far stay good."""
        self._documents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _once(self, key: tuple[object, ...], question: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        with self._lock:
            known = self._asked.get(key)
            if known is not None:
                return known
            future: Future[T] = Future()
            self._asked[key] = future
        start(question(), future)
        return future

    async def _direct(self, source: UrlSource | PathSource, hashes: frozenset[str]) -> Direct | Unavailable:
        self._documents.traceable = False
        if isinstance(source, UrlSource) and is_remote(source.url):
            try:
                bare, credential = split_credentials(source.url)
            except ValueError:
                return Unavailable(reason="a direct URL is not an address that can be read")
            source = replace(source, url=bare)
            if credential is not None:
                self._documents.add_credential(credential)
        return await read_direct(source, hashes, self, self._files)

    async def _project(self, name: NormalizedName, pin: Version | None) -> Project | NotFound | Unavailable:
        if not _NAME.fullmatch(name):  # it would be part of a path; no index has such a project
            return NotFound(name=name, asked=())
        return await self._lookup.project(name, pin)
