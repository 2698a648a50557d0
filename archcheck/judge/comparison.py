"""One package of the set, seen from both architectures: what every rule looks at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.judge.assumptions import assumed_status
from archcheck.judge.misses import NearMiss, misses, near_miss
from archcheck.manifest.manifest import PathSource, UrlSource
from archcheck.model import Status
from archcheck.platforms.nearness import fit_of, nearness
from archcheck.platforms.wheel_tags import Fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from archcheck.binaries.model import ArchiveContents
    from archcheck.index.model import IndexFile, Unavailable
    from archcheck.inspect.sdists.verdict import SdistVerdict
    from archcheck.platforms.targets import Machine, Target
    from archcheck.platforms.wheel_tags import Miss
    from archcheck.resolve.model import Chosen


class Inside(Struct, frozen=True, kw_only=True):
    """What was found inside files.

    The verdicts on sdists are kept by `sdist_key` and architecture, what wheels hold by `file_key`.
    """

    sdists: Mapping[tuple[str, str], SdistVerdict] = {}
    wheels: Mapping[str, ArchiveContents | Unavailable] = {}


NOTHING_READ = Inside()


class Side(Struct, frozen=True, kw_only=True, dict=True):
    """What a package is on one machine. `chosen` is None where it is not required, or not resolved, there.

    `contents` is what its wheel holds, or why that was not looked into; None where it was not to be.
    Of an sdist, `takes` is what building it takes, and `in_vain` whether what it gives does not run there
    (`reason` says why).
    """

    machine: Machine
    status: Status
    chosen: Chosen | None = None
    reason: str | None = None
    contents: ArchiveContents | Unavailable | None = None
    takes: tuple[str, ...] = ()
    in_vain: bool = False

    @cached_property
    def version(self) -> str | None:
        """The version that would be installed there."""
        return str(self.chosen.pick.version) if self.chosen and self.chosen.pick.version else None

    @property
    def taken(self) -> IndexFile | None:
        """The file that would be installed; None where nothing would."""
        return self.chosen.pick.file if self.chosen and self.status.installs else None

    @property
    def file(self) -> str | None:
        """The name of the file that would be installed."""
        return self.taken.filename if self.taken else None

    @property
    def size(self) -> int | None:
        """The bytes of that file; None where nobody says, or says 0, which no distribution has."""
        return self.taken.size or None if self.taken else None

    @property
    def rank(self) -> int:
        """How bad it is: 0 installs as it is, 1 needs a build, 2 does not install; unknown counts as 0.

        Where the whole set cannot be resolved nothing of it installs.
        """
        if self.status is Status.MISSING or self.unresolved or self.in_vain:
            return 2
        return 1 if self.status.builds else 0

    @property
    def unresolved(self) -> bool:
        """Whether the set that the package is of cannot be resolved on this machine."""
        return self.status is Status.UNKNOWN and self.chosen is None

    @property
    def refused(self) -> bool:
        """Whether a wheel fits by its tags and pip refuses it all the same, for what its metadata says."""
        return (
            self.status is Status.MISSING
            and self.chosen is not None
            and isinstance(self.chosen.pick.fit, Fit)
        )

    @property
    def wheels(self) -> tuple[IndexFile, ...]:
        """Every wheel of the chosen version, for whatever machine."""
        return tuple(file for file in self.chosen.pick.release if file.is_wheel) if self.chosen else ()

    @property
    def has_sdist(self) -> bool:
        """Whether the chosen version has an sdist."""
        return self.chosen is not None and any(not file.is_wheel for file in self.chosen.pick.release)

    @property
    def building(self) -> str | None:
        """What building it takes, in words; None where nothing is known."""
        if not self.takes:
            return None
        *others, last = self.takes
        return f"building takes {', '.join(others)} and {last}" if others else f"building takes {last}"

    def misses(self) -> tuple[tuple[Miss, IndexFile], ...]:
        """Return why each wheel of the version does not fit this machine."""
        return misses(self.wheels, self.machine)

    def near_miss(self) -> NearMiss | None:
        """Return by how much the wheels for this processor miss; None where there are none, or one fits.

        Where none of the versions that would do installs, it is the one that misses by least that counts.
        """
        own = near_miss(self.wheels, self.machine)
        admitted = self.chosen.admitted if self.chosen is not None else None
        if self.chosen is None or admitted is None or len(self.misses()) < len(self.wheels):
            return own
        others = tuple(file for file in admitted.nearest.release if file.is_wheel)
        if not self._is_nearer(others):
            return own
        other = near_miss(others, self.machine)
        return replace(other, version=str(admitted.nearest.version)) if other else own

    def _is_nearer(self, wheels: tuple[IndexFile, ...]) -> bool:
        theirs, mine = (nearness(each, self.machine, sdists=False) for each in (wheels, self.wheels))
        return theirs < mine

    def left_out(self) -> tuple[IndexFile, ...]:
        """Return wheels that fit this machine by their tags and were not admitted all the same."""
        if self.chosen is None:
            return ()
        taken = self.chosen.pick.fit
        if isinstance(taken, Fit) and not taken.pure:
            return ()
        pure_is_taken = isinstance(taken, Fit)
        fits = ((fit_of(file, self.machine), file) for file in self.wheels)
        return tuple(
            file for found, file in fits if isinstance(found, Fit) and not (pure_is_taken and found.pure)
        )


class Comparison(Struct, frozen=True, kw_only=True):
    """One package of one audit. `paths` lead from a direct requirement to it, shortest first.

    `drift` says why aarch64 gets another version, where it does and that can be told. `lacks` are the shared
    libraries that nothing brings, on x86_64 and on aarch64.
    """

    name: NormalizedName
    target: Target
    x86: Side
    arm: Side
    paths: tuple[tuple[NormalizedName, ...], ...] = ()
    drift: str | None = None
    lacks: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def worse(self) -> bool:
        """Whether aarch64 is worse off than x86_64, of which more than that must be known than nothing."""
        return self.x86.status is not Status.UNKNOWN and self.arm.rank > self.x86.rank

    @property
    def unasked(self) -> str | None:
        """Why nobody can tell whether only the lock lacks an aarch64 wheel; None where it is known."""
        return self.arm.chosen.unasked if self.arm.chosen is not None and self.worse else None

    @property
    def direct_file(self) -> bool:
        """Whether the requirement points at one file by URL or path."""
        chosen = self.arm.chosen or self.x86.chosen
        return chosen is not None and isinstance(chosen.pick.source, UrlSource | PathSource)


def side_of(machine: Machine, chosen: Chosen | None, inside: Inside = NOTHING_READ) -> Side:
    """Return what *chosen* is on *machine*, with what is known of the *inside* of its file."""
    if chosen is None:
        return Side(machine=machine, status=Status.NOT_REQUIRED)
    pick = chosen.pick
    if pick.problem is not None or not pick.known:
        return _side(machine, chosen, Status.MISSING if pick.known else Status.UNKNOWN, pick.problem)
    if isinstance(pick.fit, Fit):
        status = Status.PURE_WHEEL if pick.fit.pure else Status.WHEEL
        held = inside.wheels.get(file_key(pick.file)) if pick.file is not None else None
        return Side(machine=machine, chosen=chosen, status=status, reason=chosen.doubt, contents=held)
    if chosen.assumed is not None:
        return _side(machine, chosen, *assumed_status(chosen.assumed, machine.architecture))
    verdict = inside.sdists.get((sdist_key(chosen), machine.architecture))
    if verdict is None:
        return _side(machine, chosen, Status.SDIST, "the sdist was not looked into")
    return _from_sdist(machine, chosen, verdict)


def _side(machine: Machine, chosen: Chosen, status: Status, reason: str | None) -> Side:
    return Side(machine=machine, chosen=chosen, status=status, reason=reason or chosen.doubt)


def _from_sdist(machine: Machine, chosen: Chosen, verdict: SdistVerdict) -> Side:
    """Return what building the sdist gives; what does not run is never counted as ready."""
    status = Status(verdict.kind)
    if verdict.in_vain and not status.builds:
        status = Status.SDIST
    return Side(
        machine=machine,
        chosen=chosen,
        status=status,
        reason=verdict.in_vain or verdict.reason,
        takes=verdict.takes,
        in_vain=verdict.in_vain is not None,
    )


def sdist_key(chosen: Chosen) -> str:
    """Return what the sdist (or folder) that *chosen* installs from is known by."""
    pick = chosen.pick
    if pick.file is not None:
        return pick.file.url
    return pick.source.path if isinstance(pick.source, PathSource) else pick.name


def file_key(file: IndexFile) -> str:
    """Return what a wheel is known by: indexes list one file at several addresses, and some locks at none."""
    return f"{file.filename} {' '.join(file.hashes)}"
