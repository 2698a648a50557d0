"""One distribution of the set, and what it is on each architecture."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from archcheck.manifest.distribution import Size
from archcheck.model.status import Status
from archcheck.platforms.architectures import Architecture

_WORST_LAST = tuple(Status)


class Place(Struct, frozen=True, kw_only=True):
    """Where in an input a package is asked for; `line` is None where the format has no lines."""

    path: str
    line: int | None


class Contents(Struct, frozen=True, kw_only=True):
    """What was read inside a file, and what was not.

    `unpacked` is what it takes when installed, in bytes, without bytecode. Of the `natives` (ELF, Mach-O and
    PE files in it) the `machines` are known, and `glibc` is the highest version of it that those name which
    were read that far; `unread` counts the others, and what may be native and was not looked at: of x86_64's
    wheels all, where no answer depends on them. `reason` says why nothing was read: all else is empty
    then.
    """

    files: int = 0
    unpacked: int = 0
    natives: int = 0
    machines: tuple[str, ...] = ()
    glibc: str | None = None
    unread: int = 0
    reason: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What one package is on one architecture; `file` is a file name, `reason` the why in a few words.

    `size` is that file's in bytes, as it is downloaded; None where neither the index nor the lock says, and
    it was not looked into. `contents` is None where nothing was to be looked into: no wheel, or
    `--no-inspect`. `takes` is what building an sdist takes (compilers, programs, libraries), as far as it
    says so.
    """

    architecture: Architecture
    version: str | None
    status: Status
    file: str | None = None
    reason: str | None = None
    size: Size | None = None
    contents: Contents | None = None
    takes: tuple[str, ...] = ()


RemedyKind = Literal["version", "replace", "build", "relock", "rebuild", "target"]


class Remedy(Struct, frozen=True, kw_only=True):
    """The smallest known change that clears an obstacle.

    `range` tells whether `version` lies inside what the project declares ("within") or not ("beyond").
    `rebuild` is to make a built artifact again, with the same versions.
    `verified` is True only where the whole set was resolved again with the change.
    `first_version` is the first version that ever had a wheel for aarch64 that fits, where known.
    """

    kind: RemedyKind
    message: str
    version: str | None = None
    range: Literal["within", "beyond"] | None = None
    direction: Literal["newer", "older"] | None = None
    file: str | None = None
    first_version: str | None = None
    verified: bool = False


class Package(Struct, frozen=True, kw_only=True):
    """One distribution of the set, by normalised name.

    `paths` are the shortest ways in, from a direct requirement to the package; `required_by` names every
    package that asks for it, so that all ways can be found.
    """

    name: str
    direct: bool
    locations: tuple[Place, ...]
    paths: tuple[tuple[str, ...], ...]
    required_by: tuple[str, ...]
    results: tuple[Result, ...]
    remedy: Remedy | None = None

    def on(self, architecture: Architecture) -> Result:
        """Return the worst result for *architecture* (a lock with forks may hold several)."""
        mine = [result for result in self.results if result.architecture == architecture]
        return max(mine, key=lambda result: _WORST_LAST.index(result.status))
