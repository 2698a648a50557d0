"""An index around another one, which answers in its place all but direct references."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import ArchiveContents, Depth, Wanted
    from archcheck.index.model import (
        Index,
        IndexFile,
        Metadata,
        NotFound,
        Project,
        SdistContents,
        Unavailable,
    )


class DelegatingIndex:
    """What `model.Index` asks for, but for `direct`, as *index* has it: the rest is whose index this is."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        """Return the files of *name*."""
        return self._index.project(name, pin=pin)

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        """Return the dependencies of *file*."""
        return self._index.metadata(file, siblings)

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        """Return what the sdist *file* holds."""
        return self._index.sdist(file)

    def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...] = (), *, depth: Depth = "heads"
    ) -> Future[ArchiveContents | Unavailable]:
        """Return what the wheel *file* holds."""
        return self._index.wheel(file, wanted, depth=depth)
