"""An `Index` of values: it answers at once, and refuses what it was not told to serve."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from archcheck.index.model import NotFound, Project, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import ArchiveContents, Depth, Wanted
    from archcheck.index.model import Direct, IndexFile, Metadata, SdistContents
    from archcheck.manifest.manifest import PathSource, UrlSource

T = TypeVar("T")


class UnexpectedError(AssertionError):
    """The resolver asked for something that no test meant it to ask for."""


@dataclass(kw_only=True)
class FakeIndex:
    """Serves `projects` by name, `metadata` by file name and `directs` by URL or path.

    With `by_version` it answers a pin as the default index does: with that one version's files, where it has
    any. Names in `absent` are on no index; any other name that is not there is a mistake of the test.
    `asked` counts the questions, and `pins` tells which version alone was asked for, if any.
    """

    projects: Mapping[str, Project | Unavailable] = field(default_factory=dict)
    metadata_of: Mapping[str, Metadata | Unavailable] = field(default_factory=dict)
    directs: Mapping[str, Direct | Unavailable] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    by_version: bool = False
    asked: list[str] = field(default_factory=list)
    pins: list[Version | None] = field(default_factory=list)

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        self.asked.append(f"project {name}")
        self.pins.append(pin)
        if name in self.absent:
            return done(NotFound(name=name, asked=("index.example",)))
        if name not in self.projects:
            raise UnexpectedError(f"project {name}")
        found = self.projects[name]
        if self.by_version and pin is not None and isinstance(found, Project) and _released(found, pin):
            # A new value each time, as an index gives that forgets its answers.
            found = Project(name=name, files=found.releases[pin], complete=False)
        return done(found)

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        self.asked.append(f"metadata {file.filename}")
        if file not in siblings:
            raise UnexpectedError(f"{file.filename} is not among its own release's files")
        if file.filename not in self.metadata_of:
            raise UnexpectedError(f"metadata of {file.filename}")
        return done(self.metadata_of[file.filename])

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        raise UnexpectedError(f"the resolver looked into {file.filename}")

    def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...] = (), *, depth: Depth = "heads"
    ) -> Future[ArchiveContents | Unavailable]:
        raise UnexpectedError(f"the resolver looked into {file.filename}")

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        where = getattr(source, "url", None) or getattr(source, "path", "")
        self.asked.append(f"direct {where}")
        if where not in self.directs:
            raise UnexpectedError(f"direct {where}")
        return done(self.directs[where])


def _released(project: Project, pin: Version) -> bool:
    """Tell whether there is a document of the version; an index that has those takes no local versions."""
    return pin in project.releases and not any(version.local for version in project.releases)


def done(value: T) -> Future[T]:
    """Return a future that already holds *value*."""
    future: Future[T] = Future()
    future.set_result(value)
    return future
