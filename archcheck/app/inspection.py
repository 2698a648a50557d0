"""Looks into the files that would be installed.

Of wheels all tables of contents are asked for at once, and then further by plans; sdists are read as far as
their size allows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.members import FRONT
from archcheck.binaries.model import ArchiveContents
from archcheck.index.model import Project, SdistContents, Unavailable
from archcheck.inspect.counterparts import matters
from archcheck.inspect.libraries import libraries_left
from archcheck.inspect.plan import beginnings, loading, what_is_left
from archcheck.judge.comparison import Inside, file_key, sdist_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from archcheck.binaries.model import Depth, NativeFile, Wanted
    from archcheck.index.model import Index, IndexFile, NotFound
    from archcheck.inspect.plan import Plan
    from archcheck.inspect.sdists.verdict import SdistVerdict
    from archcheck.resolve.model import Chosen, Pick, Resolution

    Looked = Mapping[str, ArchiveContents | Unavailable]


_MAX_SDIST = 60 * 2**20
"""Bytes; the largest sdists that matter (grpcio's, Pillow's) have under 50 MiB."""


def look_inside(
    resolutions: Sequence[Resolution], index: Index, budget: int | None, *, absent: Collection[str] = ()
) -> Inside:
    """Return what the sdists and wheels hold that would be installed; no wheels without a *budget*.

    *absent* are the libraries that the target's base is known to lack.
    """
    return Inside(
        sdists=_look_into_sdists(resolutions, index),
        wheels={} if budget is None else _look_into_wheels(resolutions, index, budget, absent),
    )


def _look_into_wheels(
    resolutions: Sequence[Resolution], index: Index, budget: int, absent: Collection[str]
) -> Looked:
    """Return what each wheel holds that would be installed, by `file_key`.

    What is read beyond the openings of native files takes at most *budget* bytes of them all. What cannot be
    looked into is there with its reason.

    Of x86_64's wheels the tables of contents are read, and more only where the answer depends on it: nobody
    asks what x86_64 alone lacks.
    """
    wheels = {each.machine.architecture: dict(_wheels(each)) for each in resolutions}
    both = {key: each for one in wheels.values() for key, each in one.items()}
    arm, x86 = (wheels.get(each, {}) for each in ("aarch64", "x86_64"))
    depth: Depth = "openings" if budget >= FRONT else "heads"
    looking = _Looking(_placed(both, index), index, depth)
    looking.into({key: depth if key in arm else "table" for key in both})
    left = looking.further(arm, "aarch64", absent, budget)
    names: dict[str, Sequence[NativeFile]] = {
        pick.name: looking.natives(key) for key, (_, pick) in arm.items()
    }
    lacking = {name for each in libraries_left(names, "aarch64").values() for name in each} & set(absent)
    alone = {key: pick.name for key, (_, pick) in x86.items() if key not in arm}
    libc = next((each.machine.target.libc for each in resolutions), None)
    more = {
        key
        for key, name in alone.items()
        if lacking or (libc is not None and matters(looking.found[key], names.get(name, ()), libc))
    }
    looking.into(dict.fromkeys(more, depth))
    looking.further(more, "x86_64", lacking, left)
    return looking.found


class _Looking:
    """The *wheels* that are looked into, by `file_key`, and what was found in each so far."""

    def __init__(self, wheels: Mapping[str, IndexFile], index: Index, depth: Depth) -> None:
        self._wheels = wheels
        self._index = index
        self._depth: Depth = depth
        self.found: dict[str, ArchiveContents | Unavailable] = {}

    def into(self, depths: Mapping[str, Depth]) -> None:
        """Look into wheels, each as far as said."""
        asked = {key: self._index.wheel(self._wheels[key], depth=depth) for key, depth in depths.items()}
        self.found |= {key: future.result() for key, future in asked.items()}

    def further(self, keys: Collection[str], machine: str, names: Collection[str], budget: int) -> int:
        """Read on in the wheels *keys*, and return what is left of the *budget*.

        First which glibc their native files need, then which of those for *machine* need one of the libraries
        *names*. That is asked again of what was too large to be asked at once.
        """
        left = self._on(beginnings(self._read(keys), budget))
        rest = what_is_left(self._read(keys), left)
        left = self._on(rest, loading(self._read(keys), names, machine, rest.left))
        return self._on(loading(self._read(keys), names, machine, left))

    def _read(self, keys: Collection[str]) -> list[tuple[IndexFile, ArchiveContents]]:
        """Return those wheels of *keys* that could be read, with what they hold."""
        return [
            (self._wheels[key], found)
            for key, found in self.found.items()
            if isinstance(found, ArchiveContents) and key in keys
        ]

    def natives(self, key: str) -> tuple[NativeFile, ...]:
        """Return the native files of one wheel, none where it could not be read."""
        found = self.found[key]
        return found.natives if isinstance(found, ArchiveContents) else ()

    def _on(self, *plans: Plan) -> int:
        """Read what *plans* say, all at once, and return how much the last of them leaves of the budget."""
        wanted: defaultdict[str, tuple[Wanted, ...]] = defaultdict(tuple)
        for each in plans:
            for key, file in self._wheels.items():
                wanted[key] += each.wanted.get(file, ())
        asked = {
            key: self._index.wheel(self._wheels[key], each, depth=self._depth)
            for key, each in wanted.items()
            if each
        }
        for key, future in asked.items():
            before, more = self.found[key], future.result()
            if isinstance(before, ArchiveContents) and isinstance(more, ArchiveContents):
                paths = {each.path for each in wanted[key]}
                new = {native.path: native for native in more.natives if native.path in paths}
                natives = tuple(new.get(native.path, native) for native in before.natives)
                self.found[key] = replace(before, natives=natives)
        return plans[-1].left


def _wheels(resolution: Resolution) -> Iterator[tuple[str, tuple[IndexFile, Pick]]]:
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
    # Most sets are all wheels: they need none of the sixteen modules that read what builds an sdist.
    from archcheck.inspect.sdists.classify import classify  # noqa: PLC0415
    from archcheck.inspect.sdists.verdict import doubt  # noqa: PLC0415

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
