"""The index, and before it the folders that an input leads to: each is read as the project that it is."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from archcheck.errors import InputError
from archcheck.files import absolute
from archcheck.index.delegating import DelegatingIndex
from archcheck.index.http.addresses import file_path
from archcheck.index.model import Direct, Metadata, Told, Unavailable
from archcheck.manifest.local_project import LocalProject
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import PathSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcheck.files import Files
    from archcheck.index.model import Index
    from archcheck.manifest.manifest import Manifest, Source, UrlSource

MAX_PROJECTS: Final = 2_000
_TOO_MANY: Final = Unavailable(
    reason=f"the input leads to more than {MAX_PROJECTS:,} projects in folders: the others are not read"
)


class LocalProjects(DelegatingIndex):
    """The *index* (see `model.Index`), but for projects in folders that *manifest* leads to.

    What is in a folder *read* returns, as the installer would read it. The folders are followed from one to
    the next before the first answer, to know which extras are asked of each: what an extra requires may be
    computed where the rest is not.
    """

    def __init__(
        self,
        index: Index,
        manifest: Manifest | Lock,
        read: Callable[[str], LocalProject | None],
        files: Files,
    ) -> None:
        super().__init__(index)
        self._manifest = manifest
        self._reader = read
        self._files = files
        self._read: dict[str, LocalProject | Unavailable | None] = {}
        self._extras: dict[str, set[str]] = {}
        self._answers: dict[str, Future[Direct | Unavailable]] = {}

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that *source* points at; of a folder, what its own files say."""
        folder = self._folder_of(source)
        if folder is None:
            return self._index.direct(source, hashes)
        if not self._extras:
            self._follow()
        if folder not in self._answers:
            answer: Future[Direct | Unavailable] = Future()
            answer.set_result(self._answer(folder))
            self._answers[folder] = answer
        return self._answers[folder]

    def _folder_of(self, source: Source) -> str | None:
        if not isinstance(source, PathSource):
            return None
        path = absolute(source.path, source.subdirectory) if source.subdirectory else source.path
        return path if self._files.is_folder(path) else None

    def _follow(self) -> None:
        """Read all folders that the manifest leads to, and note which extras are asked of each."""
        waiting = list(self._asked())
        for folder, extras in waiting:  # which grows
            self._extras.setdefault(folder, set()).update(extras)
            if folder in self._read:
                continue
            found = self._read[folder] = self._project(folder)
            if isinstance(found, LocalProject):
                paths = ((file_path(url.partition("#")[0]), more) for url, more in found.pointers)
                sources = ((PathSource(path=absolute("/", path)), more) for path, more in paths if path)
                placed = ((self._folder_of(source), more) for source, more in sources)
                waiting += [(place, more) for place, more in placed if place is not None]

    def _asked(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each folder that the manifest itself names; a lock tells by itself what they require."""
        if isinstance(self._manifest, Lock):
            return
        for line in self._manifest.requirements:
            folder = self._folder_of(line.source)
            if folder is not None:
                yield folder, line.extras

    def _project(self, folder: str) -> LocalProject | Unavailable | None:
        if len(self._read) >= MAX_PROJECTS:
            return _TOO_MANY
        try:
            return self._reader(folder)
        except InputError as error:
            return Unavailable(reason=str(error))

    def _answer(self, folder: str) -> Direct | Unavailable:
        from archcheck.index.metadata.direct import read_project  # noqa: PLC0415 - a lock has no use for it

        if folder not in self._read:
            self._read[folder] = self._project(folder)
        found = self._read[folder]
        if isinstance(found, Unavailable):
            plain = read_project(Path(folder))
            is_stated = isinstance(plain, Direct) and found is not _TOO_MANY
            return replace(plain, metadata=found) if is_stated else found
        if found is None or found.name is None:
            return read_project(Path(folder))
        extras = frozenset(self._extras.get(folder, ()))
        metadata: Metadata | Unavailable = Metadata(
            name=found.name,
            version=found.version,
            requires_dist=found.requires,
            requires_python=found.requires_python,
            origin="pyproject",
            approximate=not found.exact,
        )
        if why := found.untold(extras):
            metadata = Unavailable(reason=f"{PurePath(folder).name}: {why}")
        return read_project(
            Path(folder), Told(name=found.name, version=_version(found.version), metadata=metadata)
        )


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
