"""How packages stand on an architecture, in the five words that the reports' bars and trees use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.model import Status
from archcheck.report import phrases

if TYPE_CHECKING:
    from collections.abc import Container

    from archcheck.model import Architecture, Audit, Package

Standing = Literal["ready", "fixable", "build", "blocked", "unknown"]

STANDINGS: dict[Standing, str] = {
    "ready": "ready",
    "fixable": "ready once changed",
    "build": "to build",
    "blocked": "blocked",
    "unknown": "unknown",
}


class Segment(Struct, frozen=True, kw_only=True):
    """One part of a bar; `start` and `width` are shares of 1,000."""

    standing: Standing
    count: int
    start: float
    width: float

    @property
    def label(self) -> str:
        """The count with what it counts."""
        return f"{self.count} {STANDINGS[self.standing]}"


def standing(package: Package, architecture: Architecture, failing: Container[str] = ()) -> Standing:
    """Return how *package* stands; a remedy that spares the build makes it fixable.

    *failing* names the packages that install on aarch64 and are known to fail there.
    """
    status = package.on(architecture).status
    if status.ready and not (architecture == "aarch64" and package.name in failing):
        return "ready"
    if status is Status.UNKNOWN:
        return "unknown"
    remedy = package.remedy if architecture == "aarch64" else None
    if remedy is not None and remedy.kind != "build":
        return "fixable"
    return "build" if status.builds or remedy is not None else "blocked"


def bar(audit: Audit, architecture: Architecture) -> tuple[Segment, ...]:
    """Return the parts of the bar over all packages, best first; none where there are no packages."""
    failing = phrases.failing(audit)
    counts = Counter(standing(package, architecture, failing) for package in audit.packages)
    segments = []
    start = 0.0
    for each in STANDINGS:
        if counts[each]:
            width = counts[each] * 1000 / len(audit.packages)
            segments.append(
                Segment(standing=each, count=counts[each], start=round(start, 2), width=round(width, 2))
            )
            start += width
    return tuple(segments)
