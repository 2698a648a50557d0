"""Adds up what the packages come to on each architecture, and finds the least way to ship that.

Only what is known counts: what a wheel holds is read from its table of contents, what building an sdist gives
nobody knows. A wheel's bytecode is left out, for pip writes its own over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck.data.limits import shipping_limits
from archcheck.model import Limits, Load, Sizes, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archcheck.model import Architecture, Package, Ship, Way
    from archcheck.platforms.targets import Target

LARGE: Final = 10 * 2**20
"""Bytes unzipped from which a package is worth a layer: of small ones it would take too many."""
OFTEN: Final = 12
"""Releases in a year: of what has more, one is out every month, and a layer of it is soon behind."""
_WHEELS: Final = frozenset({Status.WHEEL, Status.PURE_WHEEL})


class Weight(Struct, frozen=True, kw_only=True):
    """What one package takes, in bytes; None where that is not known."""

    name: str
    packed: int | None
    unpacked: int | None


def sizes_of(
    packages: Sequence[Package],
    target: Target,
    ship: Ship | None = None,
    *,
    releases: Mapping[str, int] | None = None,
) -> Sizes:
    """Return what *packages* come to on *target*, and how that is shipped: by *ship* where that is said.

    *releases* are those of a year, by package, where they are known: a layer is for what changes rarely.
    """
    limits = limits_of(target)
    provided = brought(packages, target)
    x86, arm = (
        _load(packages, each, provided, limits, ship, releases=releases or {})
        for each in ("x86_64", "aarch64")
    )
    return Sizes(x86_64=x86, aarch64=arm, limits=limits, ship=ship)


def limits_of(target: Target) -> Limits | None:
    """Return how large it may be what is shipped to *target*; None where nothing is known of that."""
    known = shipping_limits(target.base)
    if known is None:
        return None
    return Limits(upload=known.upload, unzipped=known.unzipped, layers=known.layers, image=known.image)


def runtime_brings(target: Target) -> frozenset[str]:
    """Return what *target*'s runtime has itself: the AWS SDK, and what that depends on."""
    known = shipping_limits(target.base)
    return known.sdk.packages | known.sdk.dependencies if known is not None else frozenset()


def brought(packages: Iterable[Package], target: Target) -> frozenset[str]:
    """Return the packages that *target*'s runtime has itself, so that they may be left out: the AWS SDK's.

    What the SDK depends on is among them where nothing else asks for it (urllib3, where requests does not).
    """
    known, rows = shipping_limits(target.base), {package.name: package for package in packages}
    if known is None:
        return frozenset()
    sdk = known.sdk
    found = set(sdk.packages & rows.keys())
    while more := {
        name
        for name in (sdk.dependencies & rows.keys()) - found
        if not rows[name].direct and rows[name].required_by and found.issuperset(rows[name].required_by)
    }:
        found |= more
    return frozenset(found)


def weights(packages: Iterable[Package], architecture: Architecture) -> tuple[Weight, ...]:
    """Return what each package takes there that is needed there."""
    results = ((package.name, package.on(architecture)) for package in packages)
    return tuple(
        Weight(
            name=name,
            packed=result.size if result.status in _WHEELS else None,
            unpacked=result.contents.unpacked
            if result.status in _WHEELS and result.contents is not None and result.contents.reason is None
            else None,
        )
        for name, result in results
        if result.status is not Status.NOT_REQUIRED
    )


def large(packages: Iterable[Package]) -> frozenset[str]:
    """Return the packages that are worth a layer on aarch64."""
    return frozenset(each.name for each in weights(packages, "aarch64") if (each.unpacked or 0) >= LARGE)


def least(load: Load) -> int:
    """Return the bytes that it surely takes unzipped: a wheel holds no less than it is long."""
    return max(load.packed, load.unpacked)


def exceeded(load: Load, limits: Limits, ship: Ship | None) -> int | None:
    """Return the limit that *load* is over: an image's where that is as well, or what *ship* asks for."""
    takes = least(load)
    if takes > limits.image and ship != "zip":
        return limits.image
    return limits.unzipped if takes > limits.unzipped and ship != "image" else None


def _load(
    packages: Sequence[Package],
    architecture: Architecture,
    provided: frozenset[str],
    limits: Limits | None,
    ship: Ship | None,
    *,
    releases: Mapping[str, int],
) -> Load:
    there = weights(packages, architecture)
    shipped = [each for each in there if each.name not in provided]
    aside = [each for each in there if each.name in provided]
    load = Load(
        packed=sum(each.packed or 0 for each in shipped),
        unpacked=sum(each.unpacked or 0 for each in shipped),
        unknown=tuple(each.name for each in shipped if each.unpacked is None),
        provided=tuple(each.name for each in aside),
        provided_packed=sum(each.packed or 0 for each in aside),
        provided_unpacked=sum(each.unpacked or 0 for each in aside),
    )
    if limits is None:
        return load
    rarely = [each for each in shipped if releases.get(each.name, 0) <= OFTEN]
    layer = _layer(rarely, load, limits) or _layer(shipped, load, limits)
    way = way_of(load, limits, ship, layers=bool(layer))
    return replace(load, way=way, layer=layer if way == "zip-layers" else ())


def way_of(load: Load, limits: Limits, ship: Ship | None, *, layers: bool) -> Way | None:
    """Return the least way to ship *load* that what is known does not rule out; None where there is none."""
    takes = least(load)
    if takes <= limits.unzipped and ship != "image":
        if load.packed <= limits.upload:
            return "zip"
        if limits.layers:  # where there are none, S3 is no way around the limit either
            return "zip-layers" if layers else "zip-s3"
    return "image" if takes <= limits.image and ship != "zip" else None


def _layer(movable: Iterable[Weight], load: Load, limits: Limits) -> tuple[str, ...]:
    """Return the fewest large ones of *movable* without which the zip goes up directly; none if too few.

    The set's packages change when somebody moves a pin, the function's own code with every deployment.
    """
    by_size = sorted(movable, key=lambda each: (-(each.packed or 0), each.name))
    left, taken = load.packed, []
    for each in by_size:
        if left <= limits.upload or (each.unpacked or 0) < LARGE:
            break
        left -= each.packed or 0
        taken.append(each.name)
    return tuple(taken) if left <= limits.upload else ()
