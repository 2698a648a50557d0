"""What the loopback index has: projects built in memory by a test, or recorded ones from `fixtures/`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.loopback.builders import Sdist, core_metadata, file_stem, sdist_bytes, wheel_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

UPLOADED = "2024-01-01T00:00:00.000000Z"


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file of a release.

    `metadata` is the text of its METADATA or PKG-INFO, or what gets it (the recorder asks the real index only
    when it is itself asked). `build` makes the bytes; it is None for recorded files that only pages mention:
    they answer 404. `stated` and `stated_size` are what the real index says of the file; pages state them for
    files that cannot be built, and for all where the store says so.
    """

    filename: str
    version: str
    requires_python: str | None = None
    requires_dist: tuple[str, ...] | None = None
    upload_time: str = UPLOADED
    yanked: bool | str = False
    metadata: str | Callable[[], str | None] | None = None
    build: Callable[[], bytes] | None = None
    stated: str | None = None
    stated_size: int | None = None

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel; every other file is an sdist."""
        return self.filename.endswith(".whl")

    @property
    def lazy(self) -> bool:
        """Whether looking inside costs a request: pages then state no hash of what is served."""
        return callable(self.metadata)

    @cached_property
    def metadata_text(self) -> str | None:
        """The core metadata, None where it is not known."""
        return self.metadata() if callable(self.metadata) else self.metadata

    @cached_property
    def content(self) -> bytes | None:
        """The bytes that are served."""
        return None if self.build is None else self.build()

    @cached_property
    def digest(self) -> str | None:
        """The SHA-256 of the bytes that are served."""
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()


@dataclass(kw_only=True)
class StoredProject:
    """The files of one project; `serial` counts its changes, as the real index's last serial does."""

    name: str
    files: list[StoredFile] = field(default_factory=list)
    serial: int = 1

    @property
    def versions(self) -> list[str]:
        """All versions, oldest first."""
        return sorted({file.version for file in self.files}, key=Version)


@dataclass(kw_only=True)
class Store:
    """The projects by normalised name.

    A recorded file is served as a small one built from its recorded metadata, whose hash is not that of the
    real one. Pages state the hash and size of what is *served*, so that a client which checks them (pip, uv,
    `--require-hashes` with `digest_of`) finds them true. With `real_hashes` pages state what the real index
    does: lock files of the real world then match their pages, and every download must be refused.
    """

    projects: dict[str, StoredProject] = field(default_factory=dict)
    real_hashes: bool = False
    _files: dict[str, StoredFile] = field(default_factory=dict)

    def add(
        self,
        name: str,
        version: str,
        *,
        wheels: Iterable[str] = (),
        sdist: Sdist | bool = False,
        requires_dist: Iterable[str] = (),
        requires_python: str | None = None,
        extras: Iterable[str] = (),
        yanked: bool | str = False,
        upload_time: str = UPLOADED,
        metadata_version: str = "2.1",
        payload: Mapping[str, bytes] | None = None,
    ) -> None:
        """Add files of one release; called again, it adds further ones, which may require other things.

        Each of *wheels* is what stands after the version in a file name: `py3-none-any`, `1-cp313-abi3-…`.
        *payload* are files inside each wheel, such as a shared library.
        """
        requires = tuple(requires_dist)
        metadata = core_metadata(
            name,
            version,
            requires_dist=requires,
            requires_python=requires_python,
            extras=extras,
            metadata_version=metadata_version,
        )
        about: dict[str, Any] = {
            "version": version,
            "requires_python": requires_python,
            "requires_dist": requires,
            "upload_time": upload_time,
            "yanked": yanked,
        }
        stem = f"{file_stem(name)}-{version}"
        found = [wheel_file(f"{stem}-{tag}.whl", metadata, payload, **about) for tag in wheels]
        if sdist:
            chosen = Sdist() if sdist is True else sdist
            pkg_info = core_metadata(
                name,
                version,
                requires_dist=requires if chosen.static_requires else (),
                requires_python=requires_python,
                extras=extras,
                dynamic=chosen.dynamic,
                metadata_version=chosen.metadata_version,
            )
            found.append(sdist_file(stem, pkg_info, chosen, **about))
        self.insert(name, found)

    def insert(self, name: str, files: Iterable[StoredFile]) -> None:
        """Add *files* to a project, which need not exist yet; its serial goes up."""
        key = canonicalize_name(name)
        project = self.projects.setdefault(key, StoredProject(name=key, serial=0))
        for file in files:
            project.files.append(file)
            self._files[file.filename] = file
        project.serial += 1

    def names(self) -> list[str]:
        """Return the names of all projects."""
        return sorted(self.projects)

    def project(self, name: str) -> StoredProject | None:
        """Return the project of the normalised *name*; stores that read or record on demand begin here."""
        return self.projects.get(name)

    def file(self, filename: str) -> StoredFile | None:
        """Return the file called *filename* of whichever project."""
        return self._files.get(filename)

    def digest_of(self, filename: str) -> str:
        """Return `sha256:…` of what is served as *filename*, to write into a test's `--hash`."""
        file = self.file(filename)
        if file is None or file.digest is None:
            raise KeyError(filename)
        return f"sha256:{file.digest}"


def wheel_file(
    filename: str, metadata: str, payload: Mapping[str, bytes] | None = None, **about: Any
) -> StoredFile:
    """Return a wheel that is built from its metadata when it is first asked for."""
    build = lambda: wheel_bytes(filename, metadata, payload)  # noqa: E731 - a closure of one expression
    return StoredFile(filename=filename, metadata=metadata, build=build, **about)


def sdist_file(stem: str, pkg_info: str, sdist: Sdist, **about: Any) -> StoredFile:
    """Return an sdist whose top folder is *stem*, built when it is first asked for."""
    texts = {"PKG-INFO": pkg_info, **sdist.texts}
    files = dict.fromkeys(sdist.names, b"")
    files |= {path: text.encode() for path, text in texts.items() if text}
    build = lambda: sdist_bytes(stem, files, sdist.suffix)  # noqa: E731 - as above
    return StoredFile(filename=stem + sdist.suffix, metadata=pkg_info, build=build, **about)
