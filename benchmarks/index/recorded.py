"""Projects out of full-size pages that were recorded once (see `benchmarks.record`)."""

from __future__ import annotations

import bisect
import json
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from benchmarks.index.project import Project, version_of
from benchmarks.index.words import metadata_text

if TYPE_CHECKING:
    from pathlib import Path


class Recording:
    """What lies under *folder*: `pages/NAME.json` (PEP 691) and `metadata/FILE.json` (METADATA's fields)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def names(self) -> frozenset[str]:
        """The projects that were recorded."""
        return frozenset(path.stem for path in (self._folder / "pages").glob("*.json"))

    def project(self, name: str) -> Project | None:
        """Return a project, None where there is none of that name."""
        page = (
            json.loads((self._folder / "pages" / f"{name}.json").read_bytes()) if name in self.names else None
        )
        if page is None:
            return None
        facts = NearestFacts(name, self._fields.get(name, {}), _requires_python(page["files"]))
        return Project(name, page["files"], page["versions"], facts)

    @cached_property
    def _fields(self) -> dict[str, dict[str, dict[str, list[str]]]]:
        found: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(dict)
        for path in sorted((self._folder / "metadata").glob("*.json")):
            name, version = path.name.split("-")[:2]
            found[canonicalize_name(name)][version] = json.loads(path.read_bytes())
        return found


class NearestFacts:
    """Metadata of the releases that were looked into; the others say what the nearest of these says.

    Where that one names its own version in a requirement, as boto3 does of botocore, they name theirs. Which
    Python a release requires the page says of each.
    """

    def __init__(self, name: str, by_version: dict[str, Any], requires_python: dict[str, str | None]) -> None:
        self._name = name
        self._requires_python = requires_python
        pairs = [(_order(version), fields) for version, fields in by_version.items()]
        self._known = sorted(pairs, key=lambda pair: pair[0])
        self._orders = [order for order, _ in self._known]

    def metadata(self, version: str) -> str:
        place = bisect.bisect_left(self._orders, _order(version))
        if not self._known:
            return metadata_text(self._name, version)
        fields = self._known[min(place, len(self._known) - 1)][1]
        return metadata_text(
            self._name,
            version,
            requires_dist=[text.replace(fields["Version"][0], version) for text in fields["Requires-Dist"]],
            requires_python=self._requires_python.get(version),
            extras=fields["Provides-Extra"],
        )


def _requires_python(files: list[dict[str, Any]]) -> dict[str, str | None]:
    return {version_of(each["filename"]): each["requires-python"] for each in files}


def _order(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")
