"""AC018: the set is too large on aarch64 for the way that it is shipped.

AWS Lambda takes 250 MiB unzipped of a zip and its layers, and 10 GiB of a container image: torch's wheels for
aarch64 come to gigabytes with CUDA. A warning where an image carries it, and nothing else was asked for; a
blocker where `--ship zip` says that it must be a zip, or where not even an image carries it. AC013 where the
set is over the same limit on x86_64: torch's are there too.

It must not fire on what is not known to be too large, nor for the AWS SDK, which the runtime brings.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from archcheck.judge.problem import SetProblem
from archcheck.judge.shipping.loads import exceeded, least
from archcheck.judge.shipping.words import at_least, mebibytes
from archcheck.model import Evidence, Place, Severity

if TYPE_CHECKING:
    from archcheck.judge.whole_set import WholeSet


def too_large(whole: WholeSet) -> SetProblem | None:
    """Return AC018, or AC013 where x86_64 is over the same limit."""
    sizes = whole.sizes
    if sizes is None or sizes.limits is None:
        return None
    limit = exceeded(sizes.aarch64, sizes.limits, sizes.ship)
    if limit is None:
        return None
    shared = least(sizes.x86_64) > limit
    carried = sizes.aarch64.way == "image"
    rest = "; a container image carries it" if carried else ""
    where = "on either architecture" if shared else "on aarch64"
    path, what = (
        whole.manifest.path,
        "container image" if limit == sizes.limits.image else "zip and its layers",
    )
    return SetProblem(
        rule="AC013" if shared else "AC018",
        severity=Severity.WARNING if carried else Severity.BLOCKER,
        message=f"{where} it is too large for a {what}: {at_least(sizes.aarch64)} unzipped, "
        f"of at most {mebibytes(limit)}{rest}",
        evidence=Evidence(
            needs=f"{mebibytes(least(sizes.aarch64))} unzipped",
            has=mebibytes(limit),
            detail=(f"on x86_64 {at_least(sizes.x86_64)}",),
        ),
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind="too-large",
    )
