"""Projects out of the trimmed pages under `fixtures/index/`, filled up again to the size of real ones.

What was trimmed there comes back under made-up names: files for Windows and macOS beside each wheel for
Linux, and old releases of pure projects. Nobody on Linux takes the former, or goes back to the latter.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.index.generated import PURE_RELEASES, tenth
from benchmarks.index.project import Project, version_of
from benchmarks.index.recorded import NearestFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "fixtures" / "index"
_ELSEWHERE = ("win_amd64", "win32", "macosx_11_0_arm64", "macosx_10_13_x86_64")
_LINUX = re.compile(r"-[^-]*(?<!musl)linux[^-]*_x86_64\.whl$")


class Fixtures:
    """The projects in that folder, in the format that `tests/loopback/fixtures.py` describes."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The projects that were recorded."""
        return frozenset(path.stem for path in FIXTURES.glob("*.json"))

    def project(self, name: str) -> Project | None:
        """Return a project, None where there is none of that name."""
        if name not in self.names:
            return None
        releases = json.loads((FIXTURES / f"{name}.json").read_bytes())["releases"]
        entries = [
            *_older(name, releases),
            *(entry for each in reversed(releases.items()) for entry in _files(*each)),
        ]
        fields = {
            version: {
                "Version": [version],
                "Requires-Dist": release["metadata"]["requires-dist"],
                "Provides-Extra": release["metadata"].get("provides-extra", []),
            }
            for version, release in releases.items()
            if "metadata" in release
        }
        pythons = {version: release.get("requires-python") for version, release in releases.items()}
        facts = NearestFacts(name, fields, pythons)
        versions = list(dict.fromkeys(version_of(entry["filename"]) for entry in entries))
        return Project(name, entries, versions, facts)


def _files(version: str, release: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of a release, and those for other systems that stood among them."""
    for filename, own in release["files"].items():
        said = release | own
        names = [filename]
        if _LINUX.search(filename) and f"-{version}-" in filename:
            names += [_LINUX.sub(f"-{platform}.whl", filename) for platform in _ELSEWHERE]
        for each in names:
            yield _entry(each, said)


def _older(name: str, releases: dict[str, Any]) -> list[dict[str, Any]]:
    """Return releases before those recorded, where the page was cut: as many as pure projects have."""
    first = next(reversed(releases.values()))
    if any(filename.endswith(".whl") and not filename.endswith("-any.whl") for filename in first["files"]):
        return []
    seeded = random.Random(name)
    stem = name.replace("-", "_")
    count = max(0, tenth(PURE_RELEASES, seeded) - len(releases))
    said = {"upload-time": "2015-03-04T05:06:07.123456Z"}
    return [
        _entry(f"{stem}-0.0.0.{number}{ending}", said)
        for number in range(count)
        for ending in ("-py3-none-any.whl", ".tar.gz")
    ]


def _entry(filename: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "filename": filename,
        "hashes": {"sha256": said.get("sha256") or hashlib.sha256(filename.encode()).hexdigest()},
        "requires-python": said.get("requires-python"),
        "size": said.get("size", 100_000),
        "upload-time": said["upload-time"],
        "yanked": said.get("yanked", False),
    }
