"""Repositories, where the files of a project are looked up: indexes and find-links, over HTTP or on disk."""

from __future__ import annotations

import time
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from archcheck.files import open_regular
from archcheck.index.documents import Absent, Document
from archcheck.index.http.addresses import file_url, filename_of, host, page_url, version_url
from archcheck.index.http.messages import PAGE_LIMIT
from archcheck.index.model import IndexFile, Project, Unavailable
from archcheck.index.pages.codec import Links, Reading, Release, decode_links, decode_page, decode_release
from archcheck.index.pages.entries import PageError
from archcheck.index.pages.filenames import is_distribution, version_text
from archcheck.index.pages.listing import ListedFiles, Listing
from archcheck.index.pages.merging import MergedFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.documents import Documents

ABSENT = Absent(status=404)
_PAGES = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_DAY = 86400.0


_decode_true = msgspec.msgpack.Decoder(bool).decode

Found = Project | Absent | Unavailable


class Repository(Protocol):
    """One index, or what `--find-links` names."""

    @property
    def shown(self) -> str:
        """The repository as messages name it."""
        ...

    async def project(self, name: NormalizedName, pin: Version | None) -> Found:
        """Return the files of *name* there; those of *pin* alone are enough where it is given."""
        ...


class HttpIndex:
    """An index over HTTP (PEP 503, PEP 691), with the default index's per-version JSON where it has that."""

    def __init__(self, url: str, documents: Documents) -> None:
        self.shown = host(url)
        self._url = url
        self._documents = documents
        self._lacks_releases = version_url(url, "name", "1") is None

    async def project(self, name: NormalizedName, pin: Version | None) -> Found:
        """Return the page's files, or those of the release *pin* alone where the index has them apart.

        Either does where the other is refused, and the release where the page tells less of its files. That
        an index lacks releases is only a reason to ask for the page first: one release that is refused must
        not decide what is said of other projects.
        """
        if pin is None:
            return await self._page(name)
        if self.lacks_releases:
            found = await self._page(name)
            if found == ABSENT or (isinstance(found, Project) and found.tells_all_of(pin)):
                return found
            return await self._release(name, pin) or found
        released = await self._release(name, pin)
        if released is not None:
            return released
        found = await self._page(name)
        if isinstance(found, Project) and pin in found.releases:
            self._lacks_releases = True
            self._documents.remember("lacks-releases", self._url, value=True, until=time.time() + _DAY)
        return found

    async def _release(self, name: NormalizedName, pin: Version) -> Project | None:
        release = await self.release(name, pin)
        if release is None:
            return None
        return Project(name=name, files=release.files, complete=False, hint=release.requires_dist or ())

    @property
    def lacks_releases(self) -> bool:
        """Whether the index is known to have no per-version JSON; found out once a day."""
        if not self._lacks_releases:
            self._lacks_releases = bool(self._documents.recall("lacks-releases", self._url, _decode_true))
        return self._lacks_releases

    async def release(self, name: NormalizedName, version: Version) -> Release | None:
        """Return the per-version document, or None where the page has to be asked instead."""
        url = version_url(self._url, name, str(version))
        if url is None:
            return None

        document = Document(
            reading=Reading(kind="release", url=url, name=name, version=str(version)),
            accept="application/json",
            decode=decode_release,
        )
        found = await self._documents.ask(document)
        return found if isinstance(found, Release) else None

    async def _page(self, name: NormalizedName) -> Found:
        url = page_url(self._url, name)
        reading = Reading(kind="page", url=url, name=name)
        found = await self._documents.ask(Document(reading=reading, accept=_PAGES, decode=decode_page))
        return Project(name=name, files=ListedFiles(found)) if isinstance(found, Listing) else found


class LinksPage:
    """A find-links page over HTTP: one page for all projects."""

    def __init__(self, url: str, documents: Documents) -> None:
        self.shown = host(url)
        self._url = url
        self._documents = documents

    async def project(self, name: NormalizedName, pin: Version | None) -> Found:  # noqa: ARG002 - see `Repository`
        """Return the files of *name* that the page links to."""
        filename = filename_of(self._url)
        if is_distribution(filename):
            return list_folder(name, [(filename, None, self._url)])
        reading = Reading(kind="links", url=self._url)
        found = await self._documents.ask(Document(reading=reading, accept=_PAGES, decode=decode_links))
        if not isinstance(found, Links):
            return found
        listed = _on_page(found.body, found.url, found.content_type or None, name)
        if not isinstance(listed, Project):
            return listed
        files = tuple(file for file in listed.files if version_text(file.filename, name) is not None)
        return Project(name=name, files=files) if files else ABSENT


class LocalIndex:
    """An index in a folder: `NAME/index.html` for each project, as pip reads a `file:` index."""

    def __init__(self, folder: str) -> None:
        self.shown = folder
        self._folder = folder

    async def project(self, name: NormalizedName, pin: Version | None) -> Found:  # noqa: ARG002 - see `Repository`
        """Return the files that the project's page in the folder links to."""
        return _read_page(f"{self._folder}/{name}/index.html", name)


class Folder:
    """What `--find-links` names on disk: a folder of distributions and pages, a page, or one distribution."""

    def __init__(self, path: str) -> None:
        self.shown = path
        self.url = file_url(path)
        self._path = path
        self._entries: tuple[list[str], list[tuple[str, int | None, str]]] | Unavailable | None = None

    async def project(self, name: NormalizedName, pin: Version | None) -> Found:  # noqa: ARG002 - see `Repository`
        """Return the files of *name* that lie there or that the pages there link to."""
        if self._entries is None:
            self._entries = self._list()
        if isinstance(self._entries, Unavailable):
            return self._entries
        pages, files = self._entries
        found = [list_folder(name, files), *(_read_page(page, name) for page in pages)]
        together = merged(name, found)
        return (
            ABSENT if together is None or (isinstance(together, Project) and not together.files) else together
        )

    def _list(self) -> tuple[list[str], list[tuple[str, int | None, str]]] | Unavailable:
        path = Path(self._path)
        try:
            paths = sorted(path.iterdir()) if path.is_dir() else [path]
            pages = [str(each) for each in paths if each.suffix in {".html", ".htm"}]
            there = [each for each in paths if is_distribution(each.name)]
            files = [(each.name, each.stat().st_size, file_url(str(each))) for each in there]
            # pip sorts them like that, so that the first by its address is the last, which it takes
            return pages, sorted(files, key=itemgetter(2), reverse=True)
        except OSError as error:
            return Unavailable(reason=f"{self._path} cannot be read: {error.strerror}", incomplete=True)


def merged(name: NormalizedName, found: list[Found]) -> Project | Unavailable | None:
    """Return the files of all repositories together; None where none has the project.

    Of files that nothing else tells apart the last is taken, and the repositories come in that order.

    One that failed makes the whole unknown: it might have had the wheel. 403 stands for "not there" where
    another one has the project, since static hosts (PyTorch's index) answer so for names they lack.
    """
    for each in found:
        if isinstance(each, Unavailable):
            return each
    projects = [each for each in found if isinstance(each, Project) and each.files]
    if not projects:
        if any(isinstance(each, Absent) and each.status != ABSENT.status for each in found):
            return Unavailable(reason=f"access to {name} is forbidden (403)", incomplete=True)
        return next((each for each in found if isinstance(each, Project)), None)
    if len(projects) == 1:
        return projects[0]
    files = MergedFiles([(project.files, project.releases) for project in projects])
    return Project(name=name, files=files, complete=all(each.complete for each in projects))


def _on_page(body: bytes, url: str, content_type: str | None, name: NormalizedName) -> Found:
    from archcheck.index.pages.readers import read_listing  # noqa: PLC0415 - elsewhere the worker reads pages

    try:
        return Project(name=name, files=ListedFiles(read_listing(body, url, content_type, name)))
    except PageError as error:
        return Unavailable(reason=f"{host(url)} answered with something else: {error}", incomplete=True)


def _read_page(path: str, name: NormalizedName) -> Found:
    try:
        with open_regular(path) as stream:
            body = stream.read(PAGE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as error:
        return Unavailable(reason=f"{path} cannot be read: {error.strerror}", incomplete=True)
    if len(body) > PAGE_LIMIT:
        return Unavailable(reason=f"{path} holds more than {PAGE_LIMIT >> 20} MiB", incomplete=True)
    return _on_page(body, file_url(path), None, name)


def list_folder(name: NormalizedName, files: Iterable[tuple[str, int | None, str]]) -> Project:
    """Return the files of *name* among (file name, size, file URL) of a local find-links folder."""
    return Project(
        name=name,
        files=tuple(
            IndexFile(filename=filename, url=url, size=size)
            for filename, size, url in files
            if version_text(filename, name) is not None
        ),
    )
