"""Two stores for the loopback index: one that asks the real index on demand, one that shows sdists as wheels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.parser import HeaderParser
from typing import Any

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from tests.loopback.builders import core_metadata, file_stem, wheel_bytes
from tests.loopback.store import Store, StoredFile, StoredProject
from tests.recording.upstream import FIELDS, Upstream


@dataclass(kw_only=True)
class RecordingStore(Store):
    """The real index as *upstream* gives it; `looked_into` says which releases somebody wanted metadata of.

    One file speaks for its release, since asking for each would be some thousand requests: a release whose
    wheels differ in metadata, as torch's do, is a case to build in memory.
    """

    upstream: Upstream
    looked_into: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def project(self, name: str) -> StoredProject | None:
        """Return the project of the normalised *name*, asking for its page the first time."""
        if name not in self.projects and (page := self.upstream.page(name)) is not None:
            found = [file for entry in page["files"] if (file := self._stored(name, entry))]
            self.insert(name, found)
        return self.projects.get(name)

    def _stored(self, name: str, entry: dict[str, Any]) -> StoredFile | None:
        filename = entry["filename"]
        version = version_of(name, filename)
        if version is None:
            return None
        text = lambda: as_text(self.metadata(name, version))  # noqa: E731 - a closure of one expression
        return StoredFile(
            filename=filename,
            version=version,
            requires_python=entry.get("requires-python"),
            upload_time=entry["upload-time"],
            yanked=entry.get("yanked", False),
            metadata=text,
            build=(lambda: wheel_bytes(filename, text() or "")) if filename.endswith(".whl") else None,
            stated=entry["hashes"].get("sha256"),
            stated_size=entry["size"],
        )

    def metadata(self, name: str, version: str) -> dict[str, Any]:
        """Return the metadata of a release: of its most general wheel, or of its sdist where it has none."""
        if (name, version) not in self.looked_into:
            page = self.upstream.page(name) or {"files": []}
            files = [entry for entry in page["files"] if version_of(name, entry["filename"]) == version]
            chosen = min(files, key=lambda entry: generality(entry["filename"]))
            self.looked_into[name, version] = self._read(name, chosen) | {"file": chosen["filename"]}
        return self.looked_into[name, version]

    def _read(self, name: str, entry: dict[str, Any]) -> dict[str, Any]:
        if entry["filename"].endswith(".whl"):
            return self.upstream.metadata(name, entry["filename"], entry["url"])
        text = self.upstream.sdist(entry["filename"], entry["url"]).get("PKG-INFO", b"").decode()
        found = fields_of(text)
        if found["Requires-Dist"] or found["Metadata-Version"] >= ["2.2"]:
            return found
        # as aiobotocore 2.3.3's, which says in its setup.py alone what it requires
        return found | {"Requires-Dist": self.upstream.built_requires(entry["filename"])}


@dataclass(kw_only=True)
class SdistsAsWheels(Store):
    """*Inner*, where a release that has an sdist and no `any` wheel seems to have such a wheel as well.

    `wanted` are the sdists whose stand-in was asked for: no wheel of their release fits some machine.
    """

    inner: Store
    stands_for: dict[str, StoredFile] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)

    def project(self, name: str) -> StoredProject | None:
        """Return the project with the stand-ins."""
        found = self.inner.project(name)
        if found is None:
            return None
        anywhere = {file.version for file in found.files if file.filename.endswith("-none-any.whl")}
        sdists = {file.version: file for file in found.files if not file.is_wheel}
        stand_ins = [self._stand_in(name, sdists[version]) for version in sdists.keys() - anywhere]
        return StoredProject(name=name, files=[*found.files, *stand_ins], serial=found.serial)

    def _stand_in(self, name: str, sdist: StoredFile) -> StoredFile:
        filename = f"{file_stem(name)}-{sdist.version}-py3-none-any.whl"
        self.stands_for[filename] = sdist
        text = lambda: sdist.metadata_text  # noqa: E731 - a closure of one expression
        build = lambda: wheel_bytes(filename, text() or "")  # noqa: E731 - as above
        known = sdist.metadata is not None
        return replace(
            sdist, filename=filename, metadata=text if known else None, build=build if known else None
        )

    def file(self, filename: str) -> StoredFile | None:
        """Return the file called *filename*, which may be a stand-in."""
        if filename not in self.stands_for:
            return self.inner.file(filename)
        sdist = self.stands_for[filename]
        self.wanted.add(sdist.filename)
        return self._stand_in(canonicalize_name(filename.partition("-")[0]), sdist)


def version_of(name: str, filename: str) -> str | None:
    """Return the version in a file's name, normalised; None where it is no wheel or sdist of *name*."""
    try:
        parsed = (
            parse_wheel_filename(filename) if filename.endswith(".whl") else parse_sdist_filename(filename)
        )
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return str(parsed[1]) if parsed[0] == name else None


def generality(filename: str) -> tuple[int, str]:
    """Rank files by how many machines they speak for: `any` wheels, Linux wheels, other wheels, sdists."""
    order = ("-none-any.whl", "manylinux", ".whl", "")
    return next(rank for rank, part in enumerate(order) if part in filename), filename


def fields_of(text: str) -> dict[str, list[str]]:
    """Return the header fields of a PKG-INFO file, as `Upstream.metadata` does those of METADATA."""
    read = HeaderParser().parsestr(text)
    return {field: read.get_all(field, []) for field in FIELDS}


def as_text(metadata: dict[str, Any]) -> str:
    """Return core metadata from its fields."""
    return core_metadata(
        metadata["Name"][0],
        metadata["Version"][0],
        requires_dist=metadata["Requires-Dist"],
        requires_python=next(iter(metadata["Requires-Python"]), None),
        extras=metadata["Provides-Extra"],
        metadata_version=metadata["Metadata-Version"][0],
    )
