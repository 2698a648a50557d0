"""Whether a wheel fits a machine, and where it does not, by how much it misses.

A miss is an ordered value, so that the nearest of many can be named: "needs glibc 2.28, the target has 2.26".
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import parse_wheel_filename

from archcheck.platforms.machines import Libc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import BuildTag

    from archcheck.platforms.machines import Machine

MAX_TAGS = 1_000
"""A name that expands to more tags than this is not read: a short one, by a stranger, may mean millions."""

_REMEMBERED = 65_536
_TAG_PARTS = 3
_PLATFORM = re.compile(
    r"(?:(?P<policy>(?:many|(?P<musl>musl))linux_(?P<major>[0-9]{1,3})_(?P<minor>[0-9]{1,3})"
    r"|(?P<legacy>manylinux(?:1|2010|2014)))|linux)_(?P<architecture>[a-z0-9_]+)"
)
_LEGACY_MINOR = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
# A name and a version that need no closer look, as nearly all have them.
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[._][A-Za-z0-9]+)*-[0-9]{1,9}(?:\.[0-9]{1,9})*")
_VERSION = re.compile(r"[a-z]+([0-9])([0-9]*)")
_NO_LIBC = Libc(family="glibc", major=0, minor=0)


class MissKind(IntEnum):
    """Why a wheel does not fit, nearest miss first."""

    LIBC_TOO_NEW = 1
    """It fits but for the libc, which is of the right family and too old on the machine."""
    OTHER_LIBC = 2
    """It fits but for the libc: musl where the machine has glibc, or the reverse."""
    PYTHON_OR_ABI = 3
    """It is for this architecture (or for any) and for another Python or ABI."""
    ARCHITECTURE = 4
    """It is for Linux on another processor."""
    SYSTEM = 5
    """It is for another operating system."""
    UNREADABLE = 6
    """Its name is not one of a wheel (PEP 427), or its platform tag is one that no installer takes."""


class Fit(Struct, frozen=True, kw_only=True):
    """The wheel installs; `rank` is the place of its best tag among the machine's, the smaller the better.

    `tag` is that best tag: of `linux_aarch64.manylinux_2_17_aarch64` it is the first one, as for packaging
    and pip.
    """

    rank: int
    tag: str
    pure: bool
    build: BuildTag = ()


class Miss(Struct, frozen=True, kw_only=True):
    """The wheel does not install, for the reason `kind`; `needs` says in short what it asks for.

    `needs` is `glibc 2.28`, `musllinux_1_2`, `cp39`, `cp314-abi3`, `x86_64` or `win_amd64`, as `kind` has it.
    `python`, `abi` and `platform` are the parts of its nearest tag. `libc` is what that tag asks for and the
    machine lacks; it stands beside another Python (PYTHON_OR_ABI) too.
    """

    kind: MissKind
    needs: str
    python: str = ""
    abi: str = ""
    platform: str = ""
    libc: Libc | None = None


def fit(filename: str, machine: Machine) -> Fit | Miss:
    """Return how the wheel *filename* fits *machine* (PEP 425, 427); never raises.

    A name is valid where `packaging.utils.parse_wheel_filename`, and so pip, takes it for one.
    """
    build, tags = _parts(filename)
    if build is None:
        return Miss(kind=MissKind.UNREADABLE, needs="a valid wheel file name")
    return _with_build(build, _best(tags, machine)) or _nearest_miss(tags, machine)


def fits(filename: str, machine: Machine) -> Fit | None:
    """Return how the wheel *filename* fits *machine*; None where it does not, and nobody asks why."""
    build, tags = _parts(filename)
    return None if build is None else _with_build(build, _best(tags, machine))


def _with_build(build: BuildTag, found: Fit | None) -> Fit | None:
    return replace(found, build=build) if build and found else found


def nearest(misses: Iterable[Miss]) -> Miss | None:
    """Return the nearest of *misses*: of those of the first kind, the least libc, then the newest Python."""
    return min(misses, key=_distance, default=None)


def other_pythons(misses: Iterable[Miss]) -> tuple[str, ...]:
    """Return which Pythons the wheels of *misses* are for instead, oldest first: `("cp39", "cp310")`."""
    others = {miss.needs: _version(miss.python) for miss in misses if miss.kind is MissKind.PYTHON_OR_ABI}
    return tuple(sorted(others, key=lambda needs: (others[needs], needs)))


@lru_cache(maxsize=_REMEMBERED)
def _parts(filename: str) -> tuple[BuildTag | None, str]:
    """Return the build tag in a wheel's name, None where it is not valid, and its last three parts."""
    head, *tags = filename.removesuffix(".whl").rsplit("-", _TAG_PARTS)
    build = _build(head) if filename.endswith(".whl") else None
    return build, "-".join(tags).lower()


@lru_cache(maxsize=_REMEMBERED)
def _build(head: str) -> BuildTag | None:
    """Return the build tag in the name-version[-build] part of a wheel's name, None where it is not valid."""
    if _PLAIN.fullmatch(head):
        return ()
    try:
        return parse_wheel_filename(f"{head}-py3-none-any.whl")[2]
    except ValueError:  # InvalidWheelFilename, or a number of more digits than int() reads
        return None


@lru_cache(maxsize=_REMEMBERED)
def _best(tags: str, machine: Machine) -> Fit | None:
    """Fit the last three parts of a wheel's name, in lower case; a project repeats the same few again."""
    sets = [part.split(".") for part in tags.split("-")]
    if not _are_valid(*sets):
        return None
    ranks = machine.ranks
    fitting = [(ranks[tag], tag) for tag in map("-".join, product(*sets)) if tag in ranks]
    if not fitting:
        return None
    rank, tag = min(fitting)
    return Fit(rank=rank, tag=tag, pure=tag.endswith("-any"))


@lru_cache(maxsize=_REMEMBERED)
def _nearest_miss(tags: str, machine: Machine) -> Miss:
    """Return by what *tags*, of which none fits, miss."""
    sets = [part.split(".") for part in tags.split("-")]
    if not _are_valid(*sets):
        return Miss(kind=MissKind.UNREADABLE, needs="valid tags")
    return min((_miss(*tag, machine=machine) for tag in product(*sets)), key=_distance)


def _are_valid(pythons: list[str], abis: list[str], platforms: list[str]) -> bool:
    """Return whether `packaging.tags.parse_tag` would take the three sets, and they mean few enough tags."""
    return (
        all(map(str.isidentifier, pythons))
        and "" not in (*abis, *platforms)
        and len(pythons) * len(abis) * len(platforms) <= MAX_TAGS
    )


def _miss(python: str, abi: str, platform: str, *, machine: Machine) -> Miss:
    """Say what keeps one tag, which is not among the machine's, from fitting: the worst of its obstacles."""
    miss = _platform_miss(platform, machine)
    python_fits = f"{python}-{abi}-linux_{machine.architecture}" in machine.ranks
    if miss is None or (miss.kind < MissKind.PYTHON_OR_ABI and not python_fits):
        kind, needs = MissKind.PYTHON_OR_ABI, _interpreter(python, abi)
    else:
        kind, needs = miss.kind, miss.needs
    libc = miss.libc if miss else None
    return Miss(kind=kind, needs=needs, python=python, abi=abi, platform=platform, libc=libc)


@lru_cache(maxsize=_REMEMBERED)
def _platform_miss(platform: str, machine: Machine) -> Miss | None:
    """Return why no wheel for *platform* fits, whatever its Python; None where the platform is right."""
    if f"py3-none-{platform}" in machine.ranks:
        return None
    found = _PLATFORM.fullmatch(platform)
    if found is None:
        return Miss(kind=MissKind.SYSTEM, needs=platform)
    if found["architecture"] != machine.architecture:
        return Miss(kind=MissKind.ARCHITECTURE, needs=found["architecture"])
    libc = _libc_of(found)
    if libc.family != machine.target.libc.family:
        return Miss(kind=MissKind.OTHER_LIBC, needs=found["policy"], libc=libc)
    if libc > machine.target.libc:
        return Miss(kind=MissKind.LIBC_TOO_NEW, needs=str(libc), libc=libc)
    # manylinux1_aarch64 and the like: older than the first policy for the architecture.
    return Miss(kind=MissKind.UNREADABLE, needs=platform)


def _libc_of(platform: re.Match[str]) -> Libc:
    if platform["legacy"]:
        return Libc(family="glibc", major=2, minor=_LEGACY_MINOR[platform["legacy"]])
    family: Literal["glibc", "musl"] = "musl" if platform["musl"] else "glibc"
    return Libc(family=family, major=int(platform["major"]), minor=int(platform["minor"]))


def _interpreter(python: str, abi: str) -> str:
    if abi == "none":
        return python
    return abi if abi.startswith(python) else f"{python}-{abi}"


def _version(python: str) -> tuple[int, int]:
    """Return what a Python tag says of its version: `cp313` is (3, 13), `py3` is (3, 0)."""
    found = _VERSION.match(python)
    return (int(found[1]), int(found[2][:3] or 0)) if found else (0, 0)


def _distance(miss: Miss) -> tuple[MissKind, Libc, int, int, str]:
    major, minor = _version(miss.python)
    return miss.kind, miss.libc or _NO_LIBC, -major, -minor, miss.needs
