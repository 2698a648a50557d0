"""An `Index` whose answers come in waves: all that was asked arrives at once, when somebody waits for one."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import ArchiveContents, Depth, Wanted
    from archcheck.index.model import (
        Direct,
        Index,
        IndexFile,
        Metadata,
        NotFound,
        Project,
        SdistContents,
        Unavailable,
    )
    from archcheck.manifest.manifest import PathSource, UrlSource

T = TypeVar("T")


@dataclass(kw_only=True)
class LateIndex:
    """Passes questions on to *index*; `waves` is how often somebody had to wait: latency, without a clock."""

    index: Index
    waves: int = 0
    _known: dict[object, Future[Any]] = field(default_factory=dict)
    _under_way: list[tuple[Future[Any], Future[Any]]] = field(default_factory=list)

    def project(
        self,
        name: NormalizedName,
        *,
        pin: Version | None = None,
    ) -> Future[Project | NotFound | Unavailable]:
        return self._later(("project", name), self.index.project(name))

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        return self._later(("metadata", file.url), self.index.metadata(file, siblings))

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        return self._later(("sdist", file.url), self.index.sdist(file))

    def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...] = (), *, depth: Depth = "heads"
    ) -> Future[ArchiveContents | Unavailable]:
        key = ("wheel", file.url, wanted, depth)
        return self._later(key, self.index.wheel(file, wanted, depth=depth))

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        return self._later(("direct", source), self.index.direct(source, hashes))

    def arrive(self) -> None:
        """Give every answer that is under way; what is asked meanwhile waits for the next wave."""
        self.waves += 1
        arriving, self._under_way = self._under_way, []
        for late, answer in arriving:
            late.set_result(answer.result())

    def _later(self, key: object, answer: Future[T]) -> Future[T]:
        if key not in self._known:
            self._known[key] = late = _Late(self)
            self._under_way.append((late, answer))
        return self._known[key]


class _Late(Future[T]):
    def __init__(self, index: LateIndex) -> None:
        super().__init__()
        self._index = index

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self._index.arrive()
        return super().result(timeout)
