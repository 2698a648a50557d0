"""The index itself: every question asked once, out of the cache or over the network."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from archcheck.index.coroutines import shared, start
from archcheck.index.http.addresses import is_remote, is_secure, split_credentials
from archcheck.index.http.messages import Stats, Unavailable
from archcheck.index.model import NotFound, Project
from archcheck.manifest.manifest import UrlSource

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import ArchiveContents, Depth, Wanted
    from archcheck.index.cache.store import Cache
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.contents.kept import KeptContents
    from archcheck.index.contents.wheels import WheelContents
    from archcheck.index.documents import Documents
    from archcheck.index.http.patience import Patience
    from archcheck.index.metadata.kept import KeptMetadata
    from archcheck.index.metadata.sources import MetadataSources
    from archcheck.index.model import Direct, IndexFile, Metadata, SdistContents
    from archcheck.index.multi_index import MultiIndex
    from archcheck.manifest.manifest import PathSource

T = TypeVar("T")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


class _Opened(Struct, frozen=True):
    """What answers, once there is a question."""

    documents: Documents
    multi_index: MultiIndex
    metadata: KeptMetadata
    contents: KeptContents


class _Readers(Struct, frozen=True):
    """What reads files, once there is one of which nothing is kept."""

    files: MetadataSources
    contents: WheelContents


class IndexClient:
    """All configured indexes and find-links as one `Index` (see `model.Index`); use it in a `with` block.

    Nothing is imported, started or sent before a question needs it: for a lock with its own files nothing at
    all, with a warm cache nothing of the network. *looked_into*: whoever asks will look into the wheels.
    """

    def __init__(
        self,
        settings: IndexSettings,
        cache: Cache,
        *,
        jobs: int = 50,
        patience: Patience | None = None,
        looked_into: bool = False,
    ) -> None:
        self.stats = Stats()
        self._settings = settings
        self._cache = cache
        self._looked_into = looked_into
        self._jobs = jobs
        self._patience = patience
        self._opened: _Opened | None = None
        self._readers: _Readers | None = None
        self._asked: dict[tuple[object, ...], Future[Any]] = {}
        self._lock = threading.RLock()
        self._closed = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the answers were had; grows while questions are answered."""
        if self._has_nothing_to_say:
            return ()
        opened = self._open()
        documents, multi_index = opened.documents, opened.multi_index
        found = list(multi_index.warnings)
        if self._cache.warning:
            found.append(self._cache.warning)
        if documents.oldest is not None:
            days = (time.time() - documents.oldest) / 86400
            found.append(
                f"--offline: some answers come from the cache past their time, up to {days:.1f} days old"
            )
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of how several indexes are asked."""
        return () if self._has_nothing_to_say else self._open().multi_index.notes

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        """Return the project's files in all places, as the installer puts them together."""
        self.stats.found.add(name)
        whole = None if pin is None else self._asked.get(("project", name, None))
        return self._once(("project", name, pin), lambda: self._project(name, pin, whole))

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        """Return the dependencies of *file*; *siblings* are all files of the same version."""
        key = ("metadata", file.url, file.hashes)
        return self._once(key, lambda: self._metadata(file, siblings))

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        """Return what the sdist *file* holds."""
        return self._once(("sdist", file.url, file.hashes), lambda: self._read().files.contents(file))

    def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...] = (), *, depth: Depth = "heads"
    ) -> Future[ArchiveContents | Unavailable]:
        """Return what the wheel *file* holds, and of the native files that are *wanted* what they need."""
        key = ("wheel", file.url, file.hashes, wanted, depth)
        return self._once(key, lambda: self._wheel(file, wanted, depth))

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that *source* points at."""
        return self._once(("direct", source, hashes), lambda: self._direct(source, hashes))

    def close(self) -> None:
        """Give up what is under way; the answers had so far stay good."""
        with self._lock:
            self._closed = True
        if self._opened is not None:
            self._opened.documents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _once(self, key: tuple[object, ...], question: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Start *question*, but where it was asked before; two threads may ask at once."""
        with self._lock:
            known = self._asked.get(key)
            if known is not None:
                return known
            future: Future[T] = Future()
            self._asked[key] = future
        start(question(), future)
        return future

    async def _metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Metadata | Unavailable:
        known = self._open().metadata.metadata(file) if file.is_wheel else None
        return await self._read().files.metadata(file, siblings) if known is None else known

    async def _wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...], depth: Depth
    ) -> ArchiveContents | Unavailable:
        known = self._open().contents.contents(file, wanted, depth=depth)
        return await self._read().contents.wheel(file, wanted, depth=depth) if known is None else known

    async def _direct(self, source: UrlSource | PathSource, hashes: frozenset[str]) -> Direct | Unavailable:
        from archcheck.index.metadata.direct import read_direct  # noqa: PLC0415 - few requirements are direct

        opened = self._open()
        documents, files = opened.documents, self._read().files
        if isinstance(source, UrlSource) and is_remote(source.url):
            try:
                bare, credential = split_credentials(source.url)
            except ValueError:
                return Unavailable(reason="a direct URL is not an address that can be read")
            source = replace(source, url=bare)
            if credential is not None:
                documents.add_credential(credential)
        return await read_direct(source, hashes, self, files)

    async def _project(
        self,
        name: NormalizedName,
        pin: Version | None,
        whole: Future[Project | NotFound | Unavailable] | None,
    ) -> Project | NotFound | Unavailable:
        """Ask for the project; an answer to *whole*, the question for all of it, does for a *pin* too."""
        try:
            return await self._asked_for(name, pin, whole)
        finally:
            self.stats.answered.add(name)

    async def _asked_for(
        self,
        name: NormalizedName,
        pin: Version | None,
        whole: Future[Project | NotFound | Unavailable] | None,
    ) -> Project | NotFound | Unavailable:
        if whole is not None and pin is not None:
            found = await shared(whole)
            if isinstance(found, NotFound) or (isinstance(found, Project) and found.tells_all_of(pin)):
                return found
        if not _NAME.fullmatch(name):  # it would be part of a path; no index has such a project
            return NotFound(name=name, asked=())
        return await self._open().multi_index.project(name, pin)

    def _open(self) -> _Opened:
        """Return what answers; a lock file with its own files needs none of it, nor the time to import it."""
        with self._lock:
            if self._opened is None:
                from archcheck.index.contents.kept import KeptContents  # noqa: PLC0415
                from archcheck.index.documents import Documents  # noqa: PLC0415
                from archcheck.index.metadata.kept import KeptMetadata  # noqa: PLC0415
                from archcheck.index.multi_index import MultiIndex  # noqa: PLC0415

                documents = Documents(
                    self._settings, self._cache, self.stats, jobs=self._jobs, patience=self._patience
                )
                multi_index = MultiIndex(self._settings, documents)
                self._opened = _Opened(
                    documents, multi_index, KeptMetadata(documents), KeptContents(documents)
                )
                if self._closed:
                    documents.close()
            return self._opened

    def _read(self) -> _Readers:
        """Return what reads files; with a warm cache none of it is needed, nor the time to import it."""
        opened = self._open()
        with self._lock:
            if self._readers is None:
                from archcheck.index.contents.wheels import WheelContents  # noqa: PLC0415
                from archcheck.index.metadata.ranges import Ranges  # noqa: PLC0415
                from archcheck.index.metadata.sources import MetadataSources  # noqa: PLC0415

                documents = opened.documents
                ranges = Ranges(documents)
                self._readers = _Readers(
                    MetadataSources(
                        documents,
                        opened.multi_index,
                        self,
                        ranges,
                        opened.metadata,
                        looked_into=self._looked_into,
                    ),
                    WheelContents(documents, ranges, self, self.stats, opened.contents),
                )
            return self._readers

    @property
    def _has_nothing_to_say(self) -> bool:
        """Whether nothing was asked, and the settings are not worth a word either."""
        settings = self._settings
        return (
            self._opened is None
            and not settings.warnings
            and len(settings.indexes) <= 1
            and all(
                is_remote(place) and is_secure(place, settings.trusted_hosts) for place in settings.places
            )
        )
