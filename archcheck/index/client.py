"""An index that is opened when it is first asked: a lock file with its own files asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from archcheck.index.http.addresses import is_remote, is_secure
from archcheck.index.http.messages import Stats

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.cache.store import Cache
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.model import (
        Direct,
        IndexFile,
        Metadata,
        NotFound,
        Project,
        SdistContents,
        Unavailable,
    )
    from archcheck.index.network import NetworkIndex
    from archcheck.manifest.manifest import PathSource, UrlSource
    from archcheck.trace import Consulted


class IndexClient:
    """The `NetworkIndex` of the same arguments, whose modules are imported once there is a question."""

    def __init__(self, settings: IndexSettings, cache: Cache, *, jobs: int = 50) -> None:
        self._settings = settings
        self._cache = cache
        self._jobs = jobs
        self._opened: NetworkIndex | None = None

    @property
    def stats(self) -> Stats:
        """What talking to the index has cost so far."""
        return self._opened.stats if self._opened else Stats()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the answers were had; grows while questions are answered."""
        return () if self._is_silent else self._network.warnings

    def notes(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return what the user should know of how several indexes were asked for the packages *names*."""
        return () if self._is_silent else self._network.notes(names)

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        """Return the files of *name* in all places, as the installer puts them together."""
        return self._network.project(name, pin=pin)

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        """Return the dependencies of *file*."""
        return self._network.metadata(file, siblings)

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        """Return what the sdist *file* holds."""
        return self._network.sdist(file)

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that *source* points at."""
        return self._network.direct(source, hashes)

    def unchanged(self, documents: Iterable[Consulted]) -> bool:
        """Return whether the index still says what it said in *documents*."""
        asked = tuple(documents)
        return not asked or self._network.unchanged(asked)

    def evidence(self) -> tuple[tuple[Consulted, float], ...] | None:
        """Return the documents that the answers rest on, and until when each is fresh; see `NetworkIndex`."""
        return () if self._is_silent else self._network.evidence()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._opened:
            self._opened.close()

    @property
    def _network(self) -> NetworkIndex:
        if self._opened is None:
            from archcheck.index.network import NetworkIndex  # noqa: PLC0415 - what all this is for

            self._opened = NetworkIndex(self._settings, self._cache, jobs=self._jobs)
        return self._opened

    @property
    def _is_silent(self) -> bool:
        """Whether there is nothing to say: it was not asked, and the settings are not worth a word either."""
        settings = self._settings
        pinned = (url for _, url in settings.package_indexes)
        return (
            self._opened is None
            and not settings.warnings
            and len(settings.indexes) <= 1
            and all(
                is_remote(place) and is_secure(place, settings.trusted_hosts)
                for place in (*settings.indexes, *settings.find_links, *pinned)
            )
        )
