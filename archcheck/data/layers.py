"""The shape of `layers.toml`, and what the name of a layer says of its architecture."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

import msgspec

from archcheck.data import load
from archcheck.data.runtimes import Source  # noqa: TC001 - msgspec reads the annotations at run time

Called = Literal["x86_64", "arm64"]

_BOTH: Final[tuple[Called, ...]] = ("arm64", "x86_64")
_STANDS_FOR: Final = {"{n}": "([0-9]+)", "{any}": "([A-Za-z0-9_-]+)"}
_IN_ARN = re.compile(r":layer:([A-Za-z0-9_-]{1,140})(?![A-Za-z0-9_{$-])")
"""The name in an ARN, whose account and region may be variables; a name that is one in part is none."""
_X86 = re.compile(r"x86[_-]?64|amd64|(?<=[-_])x86$", re.IGNORECASE)
_ARM = re.compile(r"arm64|aarch64", re.IGNORECASE)


class Pair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One layer under both its names.

    `compiled` tells whether what it holds runs on one of the two alone, `same_versions` whether a version of
    one is under the same number that of the other, `brings` the modules that functions import from it.
    """

    x86_64: str
    arm64: str
    compiled: bool = True
    same_versions: bool = False
    brings: tuple[str, ...] = ()
    source: str


class ForBoth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One layer that serves either architecture under one name."""

    name: str
    brings: tuple[str, ...] = ()
    source: str


class Layers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    sources: dict[str, Source]
    layer: tuple[Pair, ...]
    both: tuple[ForBoth, ...] = ()


class NamedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer's name says: what it is for, and the name of the same for the other architecture.

    `known` tells a layer of the table from one whose name was only read, the others are as of `Pair`.
    """

    name: str
    architecture: Called
    twin: str
    known: bool
    compiled: bool = True
    same_versions: bool = False
    brings: tuple[str, ...] = ()


@cache
def layers() -> Layers:
    """Return what `layers.toml` says, read once a process."""
    return load("layers.toml", Layers)


@cache
def _patterns(which: Called) -> tuple[tuple[re.Pattern[str], Pair], ...]:
    return tuple((re.compile(_pattern(getattr(each, which))), each) for each in layers().layer)


def _pattern(name: str) -> str:
    text = re.escape(name)
    for mark, pattern in _STANDS_FOR.items():
        text = text.replace(re.escape(mark), pattern)
    return text


def layer_named(name: str) -> NamedLayer | None:
    """Return what *name*, without account and version, says; None where it says nothing.

    One that is not in the table says what it is for where `x86_64`, `amd64`, `arm64` or `aarch64` is in it,
    or `-x86` at its end.
    """
    # Names for arm64 come first: Klayers-p312-arm64-numpy would be one for x86_64 of a package arm64-numpy.
    for which in _BOTH:
        for pattern, pair in _patterns(which):
            if found := pattern.fullmatch(name):
                return NamedLayer(
                    name=name,
                    architecture=which,
                    twin=_filled(pair.x86_64 if which == "arm64" else pair.arm64, found.groups()),
                    known=True,
                    compiled=pair.compiled,
                    same_versions=pair.same_versions,
                    brings=tuple(_brought(each, found.groups()) for each in pair.brings),
                )
    x86, arm = _X86.search(name), _ARM.search(name)
    if x86 and not arm:
        return NamedLayer(name=name, architecture="x86_64", twin=_X86.sub("arm64", name), known=False)
    if arm and not x86:
        return NamedLayer(name=name, architecture="arm64", twin=_ARM.sub("x86_64", name), known=False)
    return None


def layer_in(arn: str) -> NamedLayer | None:
    """Return what the name of the layer in *arn* says; None where there is none, or it says nothing."""
    found = _IN_ARN.search(arn)
    return layer_named(found[1]) if found is not None else None


def for_both(arn: str) -> ForBoth | None:
    """Return the layer in *arn* that is known to serve either architecture; None for any other."""
    found = _IN_ARN.search(arn)
    return next((each for each in layers().both if found is not None and each.name == found[1]), None)


def _brought(module: str, values: tuple[str, ...]) -> str:
    """Return the *module* that a layer brings, {any} the last of the *values* in its name."""
    return module.replace("{any}", values[-1] if values else "").replace("-", "_")


def _filled(name: str, values: tuple[str, ...]) -> str:
    for value in values:
        name = re.sub(r"\{(?:n|any)\}", value, name, count=1)
    return name
