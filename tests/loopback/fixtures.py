"""The recorded projects of `fixtures/index/`, read when they are first asked for.

`NAME.json` is a project page, trimmed: `releases` by version, each with `requires-python`, `upload-time`, `yanked`
(left out where there is none), `files` by name, and, for the releases that the recorded resolutions looked into,
`metadata` (the fields that resolution needs, and the file they were read from) and `sdist` (its names, and the
texts that tell dependencies and build). A file has `{}`, or what the index says of it: `sha256` and `size` in the
releases that were looked into, and whatever differs from the release's own values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from tests.loopback.builders import Sdist, core_metadata
from tests.loopback.store import Store, StoredFile, StoredProject, sdist_file, wheel_file

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "fixtures"
SDIST_SUFFIXES = (".tar.gz", ".zip")


@dataclass(kw_only=True)
class FixtureStore(Store):
    """The projects recorded in `folder`; what a test adds to one comes on top."""

    folder: Path = FIXTURES / "index"

    def names(self) -> list[str]:
        """Return the names of all projects, also of those not read yet."""
        return sorted({*self.projects, *(path.stem for path in self.folder.glob("*.json"))})

    def project(self, name: str) -> StoredProject | None:
        """Return the project of the normalised *name*, from its fixture when it is first asked for."""
        path = self.folder / f"{name}.json"
        if name not in self.projects and path.is_file():
            document = json.loads(path.read_text(encoding="utf-8"))
            releases = document["releases"].items()
            self.insert(name, [file for each in releases for file in release_files(name, *each)])
        return self.projects.get(name)

    def file(self, filename: str) -> StoredFile | None:
        """Return the file called *filename*; a client with a cache may ask for it before its page."""
        if super().file(filename) is None:
            wheel = filename.endswith(".whl")
            self.project(
                canonicalize_name(filename.partition("-")[0] if wheel else filename.rpartition("-")[0])
            )
        return super().file(filename)


def release_files(name: str, version: str, release: dict[str, Any]) -> Iterator[StoredFile]:
    """Give the files of one recorded release."""
    metadata = release.get("metadata")
    text = None if metadata is None else metadata_text(name, version, metadata)
    contents = release.get("sdist")
    for filename, own in release["files"].items():
        said = release | own
        about = {
            "version": version,
            "requires_python": said.get("requires-python"),
            "requires_dist": tuple(metadata["requires-dist"]) if metadata else None,
            "upload_time": said["upload-time"],
            "yanked": said.get("yanked") or False,
            "stated": said.get("sha256"),
            "stated_size": said.get("size"),
        }
        suffix = next((each for each in SDIST_SUFFIXES if filename.endswith(each)), "")
        if text is not None and not suffix:
            yield wheel_file(filename, text, **about)
        elif contents is not None and suffix:
            sdist = Sdist(texts=contents["texts"], names=tuple(contents["names"]), suffix=suffix)
            yield sdist_file(filename.removesuffix(suffix), text or "", sdist, **about)
        else:
            yield StoredFile(filename=filename, metadata=text, **about)


def metadata_text(name: str, version: str, metadata: dict[str, Any]) -> str:
    """Return the core metadata that a fixture keeps as a table."""
    return core_metadata(
        name,
        version,
        requires_dist=metadata["requires-dist"],
        requires_python=metadata.get("requires-python"),
        extras=metadata.get("provides-extra", ()),
        metadata_version=metadata["version"],
    )
