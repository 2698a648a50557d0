"""Which shared libraries a base is known to lack, and what brings each there: a file for each base.

They are those that wheels ask of the system. debianN are Docker's official python:3.X-slim images, alpine
those of Alpine, lambda-BASE AWS's Python runtimes on that base. ubuntuN are Docker's official images and
rhelN Red Hat's ubiN/ubi, in which any Python may be put: what that brings along (libexpat for Ubuntu's)
stands in neither. Of a library that is not judged here a note says so; on a base without a file nothing is
said of any. How new the bases' own libstdc++ are is in `libstdcxx.toml`.
Internal.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache
from pathlib import Path

import msgspec

from archcheck.data import load
from archcheck.data.runtimes import runtimes


class Lacking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a base lacks: by soname the package that brings it there, and what `installs` packages.

    `absent` is all of it, once read; in the file, what differs from the base that it is `like` (and `unlike`
    what of that it has after all, or has no package for). `present` is some of what it has; None where
    whatever is not in `absent` is there, or comes from nowhere.
    """

    as_of: date
    source: str
    installs: str
    absent: dict[str, str]
    like: str | None = None
    unlike: tuple[str, ...] = ()
    present: frozenset[str] | None = None

    def judges(self, soname: str) -> bool:
        """Return whether it is known here if the base has the library *soname*."""
        return self.present is None or soname in self.absent or soname in self.present


class Libstdcxx(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest versions of symbols that a base's libstdc++.so.6 has, as in "3.4.30" of GLIBCXX_3.4.30."""

    glibcxx: str
    cxxabi: str
    source: str


@cache
def _named() -> frozenset[str]:
    return frozenset(path.stem for path in Path(__file__).parent.glob("*.toml"))


@cache
def _of(name: str) -> Lacking | None:
    """Return what the file of that *name* says: only those are read that a target is about."""
    return load(f"libraries/{name}.toml", Lacking) if name in _named() else None


@cache
def lacking(base: str, python: str) -> Lacking | None:
    """Return what the *base* of a target with *python* ("3.13") lacks; None where nothing is known.

    *base* is what stands before the colon of a target, as in `debian12` or `lambda`.
    """
    name = f"lambda-{_standing_on(base, python)}" if base == "lambda" else base
    found = _of("alpine" if base.startswith("alpine") else name)
    other = _of(found.like) if found is not None and found.like is not None else None
    if found is None or other is None:
        return found
    absent = {soname: package for soname, package in other.absent.items() if soname not in found.unlike}
    return msgspec.structs.replace(found, absent={**absent, **found.absent})


@cache
def _libstdcxx() -> dict[str, Libstdcxx]:
    return load("libstdcxx.toml", dict[str, Libstdcxx])


def libstdcxx(base: str, python: str) -> Libstdcxx | None:
    """Return how new the libstdc++ of the *base* of a target with *python* is; None where nobody knows."""
    return _libstdcxx().get(_standing_on(base, python))


def _standing_on(base: str, python: str) -> str:
    """Return the operating system that a Lambda runtime stands on; any other *base* is its own."""
    runtime = runtimes().lambda_.get(python) if base == "lambda" else None
    return base if runtime is None else runtime.base
