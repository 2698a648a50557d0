"""How large an artifact is, and AC018 where that is over a limit of the target.

What is built is measured as it is, the user's own code and bytecode with it: so is it by AWS. A zip file can
go nowhere but where zip files go: over the limit it is a blocker, of which the remedy is a container image.
A folder may become either; there it is a warning, as it is for a set that is not built yet.

It must not fire on a container image of which a platform fits, nor with `--ship image`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from archcheck.judge.problem import SetProblem
from archcheck.judge.shipping.loads import exceeded, limits_of, way_of
from archcheck.judge.shipping.words import mebibytes
from archcheck.model import Evidence, Load, Place, Remedy, Severity, Sizes

if TYPE_CHECKING:
    from archcheck.manifest.built import Built, Tree
    from archcheck.model import Architecture, Limits, Ship
    from archcheck.platforms.targets import Target


def sizes_of_built(built: Built, target: Target, ship: Ship | None) -> Sizes:
    """Return what each architecture would run of *built*, and how: by *ship* if that is said."""
    limits = limits_of(target)
    x86, arm = (
        _load(built.on(each), limits, built.ship if built.ship == "image" else ship)
        for each in ("x86_64", "aarch64")
    )
    return Sizes(x86_64=x86, aarch64=arm, limits=limits, ship=ship)


def too_heavy(path: str, built: Built, sizes: Sizes, asked: Architecture) -> SetProblem | None:
    """Return AC018 where the artifact at *path* is over a limit on *asked*."""
    load = sizes.aarch64 if asked == "aarch64" else sizes.x86_64
    ship = "image" if built.ship == "image" else sizes.ship
    limit = exceeded(load, sizes.limits, ship) if sizes.limits is not None else None
    if limit is None or sizes.limits is None:
        return None
    image = limit == sizes.limits.image
    carried = load.way == "image"
    what = "container image" if image else "zip and its layers"
    rest = "; a container image carries it" if carried else ""
    message = f"ship it as a container image, which may come to {mebibytes(sizes.limits.image)}"
    return SetProblem(
        rule="AC018",
        severity=Severity.WARNING if carried and built.ship != "zip" else Severity.BLOCKER,
        message=f"it is too large for a {what}: {mebibytes(load.unpacked)} unzipped, "
        f"of at most {mebibytes(limit)}{rest}",
        evidence=Evidence(needs=f"{mebibytes(load.unpacked)} unzipped", has=mebibytes(limit)),
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind="too-large",
        remedy=Remedy(kind="rebuild", message=message) if carried else None,
    )


def _load(tree: Tree | None, limits: Limits | None, ship: Ship | None) -> Load:
    """Return what *tree* comes to, and in which way it can be shipped."""
    if tree is None:
        return Load(packed=0, unpacked=0)
    load = Load(packed=tree.zipped or 0, unpacked=tree.shipped)
    if limits is None:
        return load
    return Load(
        packed=load.packed,
        unpacked=load.unpacked,
        way=way_of(load, limits, ship, layers=False),
    )
