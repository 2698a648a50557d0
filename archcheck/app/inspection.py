"""Looks into the files that would be installed.

Of wheels all tables of contents are asked for at once, and then further by the plan; sdists are read as far
as their size allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents
from archcheck.index.model import Project, SdistContents, Unavailable
from archcheck.inspect.plan import plan
from archcheck.inspect.sdists.classify import classify
from archcheck.inspect.sdists.verdict import doubt
from archcheck.judge.comparison import Inside, file_key, sdist_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from archcheck.index.model import Index, IndexFile, NotFound
    from archcheck.inspect.sdists.verdict import SdistVerdict
    from archcheck.resolve.model import Chosen, Pick, Resolution

    Looked = Mapping[str, ArchiveContents | Unavailable]


_MAX_SDIST = 60 * 2**20
"""Bytes; the largest sdists that matter (grpcio's, Pillow's) have under 50 MiB."""


def look_inside(resolutions: Sequence[Resolution], index: Index, budget: int | None) -> Inside:
    """Return what the sdists and wheels hold that would be installed; no wheels without a *budget*."""
    return Inside(
        sdists=_look_into_sdists(resolutions, index),
        wheels={} if budget is None else _look_into_wheels(resolutions, index, budget),
    )


def _look_into_wheels(resolutions: Sequence[Resolution], index: Index, budget: int) -> Looked:
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


def _look_into_sdists(resolutions: Sequence[Resolution], index: Index) -> dict[tuple[str, str], SdistVerdict]:
    """Return what the sdists hold that would be installed, by `sdist_key` and architecture."""
    chosen = [
        (resolution.machine.architecture, each)
        for resolution in resolutions
        for each in resolution.packages.values()
        if _is_built(each)
    ]
    waiting: dict[str, Future[SdistContents | Unavailable]] = {}
    for _, each in chosen:
        file = each.pick.file
        if file is not None and not _is_at_hand(each) and not _is_too_large(each):
            waiting.setdefault(sdist_key(each), index.sdist(file))
    return {(sdist_key(each), machine): _verdict(each, machine, waiting) for machine, each in chosen}


def _verdict(
    chosen: Chosen, architecture: str, waiting: Mapping[str, Future[SdistContents | Unavailable]]
) -> SdistVerdict:
    """Return what building it takes there; what was not looked into is left open, with the reason."""
    contents: SdistContents | Unavailable | None = None
    if _is_at_hand(chosen) and chosen.pick.direct is not None:
        contents = chosen.pick.direct.contents
    elif (future := waiting.get(sdist_key(chosen))) is not None:
        contents = future.result()
    if isinstance(contents, SdistContents):
        return classify(contents, architecture)
    why = contents.reason if contents else f"it is larger than {_MAX_SDIST // 2**20} MiB"
    compiled = any(file.is_wheel and not file.filename.endswith("-any.whl") for file in chosen.pick.release)
    beside = "; other machines have a compiled wheel of this version" if compiled else ""
    return doubt(f"the sdist was not looked into: {why}{beside}")


def _is_built(chosen: Chosen) -> bool:
    """Whether pip would build it there: an sdist or a folder."""
    pick = chosen.pick
    return (
        pick.known
        and pick.installs
        and chosen.assumed is None
        and not (pick.file is not None and pick.file.is_wheel)
    )


def _is_at_hand(chosen: Chosen) -> bool:
    return chosen.pick.direct is not None and chosen.pick.direct.contents is not None


def _is_too_large(chosen: Chosen) -> bool:
    """Whether an sdist is left closed for its size; without a wheel its dependencies were read out of it."""
    size = chosen.pick.file.size if chosen.pick.file else None
    return (size or 0) > _MAX_SDIST and any(file.is_wheel for file in chosen.pick.release)
