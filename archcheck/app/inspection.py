"""Looks into the wheels that would be installed: all tables of contents at once, then further by the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents
from archcheck.index.model import Project, Unavailable
from archcheck.inspect.plan import plan
from archcheck.judge.comparison import file_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from archcheck.index.model import Index, IndexFile, NotFound
    from archcheck.resolve.model import Pick, Resolution

    Looked = Mapping[str, ArchiveContents | Unavailable]


def look_into_wheels(resolutions: Sequence[Resolution], index: Index, budget: int) -> Looked:
    """Return what each wheel holds that would be installed, by `file_key`.

    What is read beyond the heads of native files takes at most *budget* bytes of them all. What cannot be
    looked into is there with its reason.
    """
    wheels = _placed(dict(_wheels(resolutions)), index)
    asked = {key: index.wheel(file) for key, file in wheels.items()}
    found = {key: future.result() for key, future in asked.items()}
    readable = [(wheels[key], each) for key, each in found.items() if isinstance(each, ArchiveContents)]
    further = {file: index.wheel(file, wanted) for file, wanted in plan(readable, budget).items()}
    for key, file in wheels.items():
        more = further[file].result() if file in further else None
        if isinstance(more, ArchiveContents):
            found[key] = more
    return found


def _wheels(resolutions: Sequence[Resolution]) -> Iterator[tuple[str, tuple[IndexFile, Pick]]]:
    for resolution in resolutions:
        for chosen in resolution.packages.values():
            pick = chosen.pick
            if pick.file is not None and pick.file.is_wheel and pick.known and pick.installs:
                yield file_key(pick.file), (pick.file, pick)


def _placed(wheels: Mapping[str, tuple[IndexFile, Pick]], index: Index) -> Mapping[str, IndexFile]:
    """Return the files with an address: of those that a lock (Poetry's) only names, the index's own.

    It is the index's where one of the hashes is the same: the lock's hash says which file is meant.
    """
    asked: dict[str, Future[Project | NotFound | Unavailable]] = {
        key: index.project(pick.name, pin=pick.version)
        for key, (file, pick) in wheels.items()
        if file.url == file.filename and pick.version is not None and pick.source is None
    }
    placed = {key: file for key, (file, _) in wheels.items()}
    for key, future in asked.items():
        answer, file = future.result(), placed[key]
        listed = answer.files if isinstance(answer, Project) else ()
        same = (
            each for each in listed if each.filename == file.filename and set(each.hashes) & set(file.hashes)
        )
        there = next(same, None)
        if there is not None:
            placed[key] = replace(file, url=there.url, size=there.size)
    return placed
