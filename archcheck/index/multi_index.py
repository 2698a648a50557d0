"""Which repositories are asked for a project, and what several answers come to together."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.index.coroutines import together
from archcheck.index.http.addresses import file_path, host, is_remote, is_secure, without_passwords
from archcheck.index.model import NotFound, Project, Unavailable
from archcheck.index.repositories import Folder, HttpIndex, LinksPage, LocalIndex, merged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.documents import Documents
    from archcheck.index.repositories import Found, Repository

_FIRST = "several indexes are asked ({}): by uv's rule the first one that has a package is taken"


class MultiIndex:
    """All configured repositories: find-links are asked for every project, indexes by the settings' rule."""

    def __init__(self, settings: IndexSettings, documents: Documents) -> None:
        self.warnings = list(settings.warnings)
        self._settings = settings
        self._documents = documents
        self._links = self._opened(settings.find_links, of_index=False)
        self._indexes = self._opened(settings.indexes, of_index=True)
        pinned = self._opened(dict(settings.package_indexes).values(), of_index=True)
        self._pinned = {name: pinned.get(url) for name, url in settings.package_indexes}
        self._chosen: dict[NormalizedName, Repository] = {}

    async def project(self, name: NormalizedName, pin: Version | None) -> Project | NotFound | Unavailable:
        """Return the files of *name*, as the installer puts them together."""
        indexes = self._indexes_of(name)
        having: tuple[str, ...] = ()
        links = await together([repository.project(name, pin) for repository in self._links.values()])
        if self._settings.strategy == "first":
            found = await self._first(indexes, name, pin)
        else:
            found = await together([repository.project(name, pin) for repository in indexes])
            # A folder of this machine's own is nobody else's to publish to.
            having = tuple(
                repository.shown
                for repository, each in zip(indexes, found, strict=True)
                if _has_files(each) and not isinstance(repository, LocalIndex)
            )
        answer = merged(name, self._in_order(links, found))
        if answer is None:
            asked = tuple(repository.shown for repository in (*self._links.values(), *indexes))
            return NotFound(name=name, asked=asked)
        return replace(answer, indexes=having) if isinstance(answer, Project) and len(having) > 1 else answer

    def with_releases(self, name: NormalizedName) -> tuple[HttpIndex, ...]:
        """Return the indexes whose per-version documents tell about *name*: none that was passed over."""
        chosen = self._chosen.get(name)
        indexes = self._indexes_of(name) if chosen is None else (chosen,)
        return tuple(each for each in indexes if isinstance(each, HttpIndex))

    @property
    def notes(self) -> tuple[str, ...]:
        """By which rule several indexes are asked.

        By pip's it matters only for what is on more than one of them, and a note says so of those.
        """
        if len(self._indexes) < 2 or self._settings.strategy != "first":  # noqa: PLR2004 - several
            return ()
        shown = ", ".join(dict.fromkeys(each.shown for each in self._indexes.values()))
        return (_FIRST.format(shown),)

    def _indexes_of(self, name: NormalizedName) -> tuple[Repository, ...]:
        if name in self._pinned:
            only = self._pinned[name]
            return () if only is None else (only,)
        return tuple(self._indexes.values())

    async def _first(
        self, indexes: tuple[Repository, ...], name: NormalizedName, pin: Version | None
    ) -> list[Found]:
        """Ask *indexes* one after the other: one further on must not even learn that there is the name."""
        absent: list[Found] = []
        for repository in indexes:
            answer = await repository.project(name, pin)
            if isinstance(answer, Project):
                self._chosen[name] = repository
                return [answer]
            if isinstance(answer, Unavailable):
                return [answer]
            absent.append(answer)
        return absent

    def _in_order(self, links: list[Found], found: list[Found]) -> list[Found]:
        """Return the answers of all repositories, in an order in which what is to be taken first stands last.

        pip takes an index before pages of links, pages before folders, and of folders the first by its
        address, in whatever order they are named. uv takes what there are links to before any index.
        """
        answers = list(zip(self._links.values(), links, strict=True))
        folders = [(place.url, each) for place, each in answers if isinstance(place, Folder)]
        folders.sort(key=itemgetter(0), reverse=True)
        pages = [each for place, each in answers if not isinstance(place, Folder)]
        linked = [*(each for _, each in folders), *pages]
        return [*found, *linked] if self._settings.strategy == "first" else [*linked, *found]

    def _opened(self, locations: Iterable[str], *, of_index: bool) -> dict[str, Repository]:
        """Return the repositories at *locations*, but those that installers leave out; `warnings` say why."""
        found: dict[str, Repository] = {}
        for location in locations:
            path = file_path(location)
            if path is not None and Path(path).exists():
                found[location] = LocalIndex(path) if of_index else Folder(path)
            elif not is_remote(location):
                self._leave_out(f"{location} is left out: no such file or folder")
            elif not is_secure(location, self._settings.trusted_hosts):
                self._leave_out(
                    f"{host(location)} is left out, as pip does: neither https nor a trusted host"
                )
            else:
                opened = HttpIndex if of_index else LinksPage
                found[location] = opened(location, self._documents)
        return found

    def _leave_out(self, warning: str) -> None:
        shown = without_passwords(warning)
        if shown not in self.warnings:
            self.warnings.append(shown)


def _has_files(found: Found) -> bool:
    return isinstance(found, Project) and bool(found.files)
