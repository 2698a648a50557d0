"""What the index says, as values, and the port (`Index`) through which the resolver asks it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from archcheck.binaries.model import NativeFile  # noqa: TC001 - msgspec reads the annotations
from archcheck.index.http.messages import Unavailable
from archcheck.index.pages.filenames import version_of
from archcheck.index.pages.listing import ListedFiles
from archcheck.index.pages.merging import MergedFiles
from archcheck.manifest.distribution import IndexFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import ArchiveContents, Depth, Wanted
    from archcheck.manifest.manifest import PathSource, UrlSource

__all__ = [
    "Direct",
    "Index",
    "IndexFile",
    "Metadata",
    "NotFound",
    "Origin",
    "Project",
    "SdistContents",
    "Told",
    "Unavailable",
]


class Project(Struct, frozen=True, kw_only=True, dict=True):
    """The files of one project, as one or several indexes list them.

    `complete` is False where only one version was asked for (the per-version JSON document); then `hint` is
    what that document says of its dependencies: good enough to ask ahead by, and for nothing else. `indexes`
    are those that have it, as messages name them, where there are several.
    """

    name: NormalizedName
    files: Sequence[IndexFile]
    complete: bool = True
    hint: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()

    @cached_property
    def releases(self) -> Mapping[Version, tuple[IndexFile, ...]]:
        """The files by version, newest version first; files whose version cannot be read are left out."""
        if isinstance(self.files, (ListedFiles, MergedFiles)):
            return self.files.releases
        found: dict[Version, list[IndexFile]] = {}
        texts: dict[str, Version | None] = {}
        for file in self.files:
            version = version_of(file.filename, self.name, texts)
            if version is not None:
                found.setdefault(version, []).append(file)
        return {version: tuple(found[version]) for version in sorted(found, reverse=True)}

    def tells_all_of(self, version: Version) -> bool:
        """Return whether *version* is there, with size and time of each file: HTML pages state neither."""
        files = self.releases.get(version, ())
        return bool(files) and all(file.size is not None and file.upload_time for file in files)


class NotFound(Struct, frozen=True, kw_only=True):
    """No index that was asked has a project of this name."""

    name: NormalizedName
    asked: tuple[str, ...]


Origin = Literal["metadata-file", "wheel", "pkg-info", "pyproject", "sibling-wheel", "egg-info", "index-json"]


class Metadata(Struct, frozen=True, kw_only=True):
    """Core metadata, as far as resolution needs it, and where it was read.

    `approximate` is True where it is not the very file's own statement for every machine: another wheel of
    the version, or an sdist whose `Requires-Dist` is not known to be static (before Metadata 2.2).
    """

    name: str
    version: str
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    origin: Origin
    approximate: bool = False


class SdistContents(Struct, frozen=True, kw_only=True):
    """What an sdist (or a project folder) holds, as far as it tells dependencies and compiled code.

    `names` are paths inside the top folder, all of them; the texts are None where absent. `helpers` are the
    modules beside setup.py with their texts, `natives` the programs and libraries that are carried along.
    """

    names: tuple[str, ...]
    pkg_info: str | None = None
    pyproject: str | None = None
    setup_py: str | None = None
    setup_cfg: str | None = None
    requires_txt: str | None = None
    helpers: tuple[tuple[str, str], ...] = ()
    natives: tuple[NativeFile, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """What a project folder's own files say of it: those that are an input elsewhere, and are read as one."""

    name: NormalizedName
    version: Version | None
    metadata: Metadata | Unavailable


class Direct(Struct, frozen=True, kw_only=True):
    """The distribution behind a URL or a local path: exactly one file, or a folder (`file` is None)."""

    name: NormalizedName
    version: Version | None
    file: IndexFile | None
    metadata: Metadata | Unavailable
    contents: SdistContents | None = None


class Index(Protocol):
    """What resolution and audit ask; each call starts the work at once and returns a future.

    The futures never hold an exception for what strangers can cause: failures are values.
    """

    def project(
        self, name: NormalizedName, *, pin: Version | None = None
    ) -> Future[Project | NotFound | Unavailable]:
        """Return the project's files; with *pin*, those of that one version are enough."""
        ...

    def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        """Return the dependencies of *file*; *siblings* are all files of the same version."""
        ...

    def sdist(self, file: IndexFile) -> Future[SdistContents | Unavailable]:
        """Return what the sdist *file* holds."""
        ...

    def wheel(
        self, file: IndexFile, wanted: tuple[Wanted, ...] = (), *, depth: Depth = "heads"
    ) -> Future[ArchiveContents | Unavailable]:
        """Return what the wheel *file* holds: its table of contents, and what each native file is.

        As far as *depth* says: by the table of contents alone every file that may be native is a suspect. Of
        those that are *wanted* also what they need. Of the others `NativeFile.unread` says that it was not
        read; the caller knows why it did not ask.
        """
        ...

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that a requirement points at directly.

        Where the whole of it is read, pip refuses it (see `Direct.metadata`) unless it has one of *hashes*;
        of which parts alone are read, the hash is not known.
        """
        ...
