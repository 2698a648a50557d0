"""A project as the replayed index holds it, and the documents that are made of it, each rendered once."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

PAGE_TYPE = "application/vnd.pypi.simple.v1+json"
_PACKED = 6  # zlib's default, and about what content delivery networks pack with
_STONE_AGE = (1980, 1, 1, 0, 0, 0)
_PAYLOAD = hashlib.shake_128(b"a wheel has more in it than its metadata").digest(24_000)


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered document: as it is, packed where that is worth it, and its ETag."""

    plain: bytes
    kind: str
    packed: bytes | None = None
    immutable: bool = False
    etag: str = field(default="", kw_only=True)

    @classmethod
    def page(cls, value: object, kind: str) -> Body:
        """Return a JSON document."""
        plain = json.dumps(value).encode()
        return cls(plain, kind, gzip.compress(plain, _PACKED, mtime=0), etag=_etag(plain))

    @classmethod
    def file(cls, plain: bytes) -> Body:
        """Return a file, which never changes."""
        return cls(plain, "application/octet-stream", immutable=True, etag=_etag(plain))


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


class Facts(Protocol):
    """Where a project's core metadata comes from."""

    def metadata(self, version: str) -> str:
        """Return the METADATA of a release."""
        ...


class Project:
    """One project; *entries* are those of its PEP 691 page.

    Each release has one METADATA and one wheel, whatever the file is called: a stub with that METADATA in it,
    so that hashes and sizes on the page are true of what is served.
    """

    def __init__(self, name: str, entries: list[dict[str, Any]], versions: list[str], facts: Facts) -> None:
        self.name = name
        self.versions = versions
        self._entries = entries
        self._facts = facts
        self._releases: dict[str, Release] = {}
        self._pages: dict[tuple[str, bool, Change], Body] = {}
        self._documents: dict[tuple[str, str, Change], Body | None] = {}

    def release(self, version: str) -> Release:
        """Return what all wheels of *version* hold."""
        found = self._releases.get(version)
        if found is None:
            found = self._releases[version] = Release(self.name, version, self._facts.metadata(version))
        return found

    def page(self, base: str, *, beside: bool, change: Change) -> Body:
        """Return the project page; *base* is where files are, *beside*: metadata files are offered."""
        key = (base, beside, change)
        if key not in self._pages:
            files = [self._stated(entry, base, beside=beside) for entry in self._changed(change)]
            self._pages[key] = Body.page(
                {
                    "files": files,
                    "meta": {"_last-serial": "42699705", "api-version": "1.4"},
                    "name": self.name,
                    "versions": self.versions,
                },
                PAGE_TYPE,
            )
        return self._pages[key]

    def document(self, version: str, base: str, change: Change) -> Body | None:
        """Return the per-version JSON document."""
        key = (version, base, change)
        if key not in self._documents:
            chosen = [each for each in self._changed(change) if version_of(each["filename"]) == version]
            self._documents[key] = self._document(version, base, chosen) if chosen else None
        return self._documents[key]

    def _document(self, version: str, base: str, chosen: list[dict[str, Any]]) -> Body:
        release = self.release(version)
        urls = []
        for entry in chosen:
            stated = self._stated(entry, base, beside=False)
            urls.append(
                {
                    "comment_text": None,
                    "digests": {"blake2b_256": "0" * 64, "md5": "0" * 32, **stated["hashes"]},
                    "downloads": -1,
                    "filename": stated["filename"],
                    "has_sig": False,
                    "packagetype": "bdist_wheel" if stated["filename"].endswith(".whl") else "sdist",
                    "requires_python": stated["requires-python"],
                    "size": stated["size"],
                    "upload_time_iso_8601": stated["upload-time"],
                    "url": stated["url"],
                    "yanked": stated["yanked"] is not False,
                    "yanked_reason": stated["yanked"] or None,
                }
            )
        info = {
            "name": self.name,
            "version": version,
            "description": release.description,
            "requires_dist": release.requires_dist,
            "requires_python": chosen[0]["requires-python"],
            "yanked": False,
            "yanked_reason": None,
        }
        document = {"info": info, "last_serial": 42699705, "urls": urls, "vulnerabilities": []}
        return Body.page(document, "application/json")

    def _stated(self, entry: dict[str, Any], base: str, *, beside: bool) -> dict[str, Any]:
        filename: str = entry["filename"]
        # as long as on the real index, which puts files under their hash
        folder = entry["hashes"].get("sha256", "0" * 64)
        stated = entry | {"url": f"{base}/packages/{folder[:2]}/{folder[2:4]}/{folder[4:]}/{filename}"}
        if filename.endswith(".whl"):
            release = self.release(version_of(filename))
            stated |= {"hashes": {"sha256": release.wheel_digest}, "size": release.wheel_size}
            if beside:
                stated["core-metadata"] = stated["data-dist-info-metadata"] = {"sha256": release.digest}
        return stated

    def _changed(self, change: Change) -> list[dict[str, Any]]:
        """Return the entries after *change*, where it concerns this project."""
        match change:
            case ("publish", name) if name == self.name:
                stem = name.replace("-", "_")
                return [*self._entries, _entry(f"{stem}-9999.0-cp311-abi3-manylinux_2_28_x86_64.whl")]
            case ("withdraw", name) if name == self.name:
                return [each for each in self._entries if not _on_aarch64(each["filename"])]
        return self._entries


def _on_aarch64(filename: str) -> bool:
    return "aarch64" in filename or filename.endswith("-any.whl")


Change = tuple[str, str] | None
"""What happens to one project: `publish` a release for x86_64 alone, `withdraw` all wheels for aarch64."""


def _entry(filename: str) -> dict[str, Any]:
    return {
        "filename": filename,
        "hashes": {"sha256": hashlib.sha256(filename.encode()).hexdigest()},
        "requires-python": ">=3.8",
        "size": 100_000,
        "upload-time": "2026-11-20T12:00:00.000000Z",
        "yanked": False,
    }


def version_of(filename: str) -> str:
    """Return the version in the name of a wheel or an sdist."""
    if filename.endswith(".whl"):
        return filename.split("-", 2)[1]
    return filename.removesuffix(".tar.gz").removesuffix(".zip").rpartition("-")[2]


class Release:
    """The METADATA of a release, and the wheel that it is in."""

    def __init__(self, name: str, version: str, text: str) -> None:
        self._stem = f"{name.replace('-', '_')}-{version}"
        self.metadata = Body.file(text.encode())
        self.digest = hashlib.sha256(self.metadata.plain).hexdigest()

    @property
    def requires_dist(self) -> list[str]:
        """The values of Requires-Dist."""
        lines = self.metadata.plain.decode().partition("\n\n")[0].splitlines()
        return [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]

    @property
    def description(self) -> str:
        """What stands after the headers."""
        return self.metadata.plain.decode().partition("\n\n")[2]

    @cached_property
    def wheel(self) -> Body:
        """A small wheel."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            tag = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            for path, data in (
                ("payload.bin", _PAYLOAD),
                (f"{self._stem}.dist-info/METADATA", self.metadata.plain),
                (f"{self._stem}.dist-info/WHEEL", tag),
                (f"{self._stem}.dist-info/RECORD", b""),
            ):
                archive.writestr(zipfile.ZipInfo(path, _STONE_AGE), data)
        return Body.file(packed.getvalue())

    @cached_property
    def wheel_digest(self) -> str:
        """The wheel's SHA-256."""
        return hashlib.sha256(self.wheel.plain).hexdigest()

    @cached_property
    def wheel_size(self) -> int:
        """The wheel's size in bytes."""
        return len(self.wheel.plain)
