"""The recorded answers as tests read them, and the short list of known differences."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.loopback import FixtureStore
from tests.recording.cases import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.loopback.store import StoredFile

ORACLE = FIXTURES / "oracle"
DRAWN = ORACLE / "drawn" / "pip.json"
ARCHITECTURES = ("x86_64", "aarch64")


class Unyanked(FixtureStore):
    """The recorded pages as if nothing had been yanked: `pip index versions` does not list what was."""

    def insert(self, name: str, files: Iterable[StoredFile]) -> None:
        """Add *files*, none of them yanked."""
        super().insert(name, [replace(file, yanked=False) for file in files])


class Known(FixtureStore):
    """The recorded pages with those releases alone whose metadata is recorded."""

    def insert(self, name: str, files: Iterable[StoredFile]) -> None:
        """Add those of *files* that tell what they require."""
        super().insert(name, [file for file in files if file.metadata is not None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entry of `differences.toml`: where archcheck's set of versions is another one, and why."""

    set: str
    tool: str
    modes: tuple[str, ...]
    pythons: tuple[str, ...]
    packages: frozenset[str]
    reason: str
    reproduce: str


@cache
def differences() -> tuple[Difference, ...]:
    """Return the known differences; every one of them needs its reason."""
    path = Path(__file__).with_name("differences.toml")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["resolution"]
    return tuple(
        Difference(
            set=entry["set"],
            tool=entry["tool"],
            modes=tuple(entry["modes"]),
            pythons=tuple(entry["pythons"]),
            packages=frozenset(entry["packages"]),
            reason=entry["reason"],
            reproduce=entry["reproduce"],
        )
        for entry in entries
    )


@cache
def resolutions() -> tuple[dict[str, Any], ...]:
    """Return each recorded answer to a whole set, with the set's name in it."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(ORACLE.glob("*.json")))
    return tuple({"set": each["set"]} | case for each in documents for case in each.get("cases", ()))


@cache
def fits() -> dict[str, dict[str, Any]]:
    """Return what was recorded of each target."""
    paths = (path for path in sorted((ORACLE / "fits").glob("*.json")) if path.stem != "tags")
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return {each["target"]: each for each in documents}


@cache
def tag_sets() -> tuple[str, ...]:
    """Return the sets of tags that uv was asked about, in the order of its marks."""
    return tuple(json.loads((ORACLE / "fits" / "tags.json").read_text(encoding="utf-8")))


@cache
def pages() -> dict[str, dict[str, list[str]]]:
    """Return the file names of each release of each recorded page."""
    documents = (
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / "index").glob("*.json"))
    )
    return {
        each["name"]: {version: list(release["files"]) for version, release in each["releases"].items()}
        for each in documents
    }
