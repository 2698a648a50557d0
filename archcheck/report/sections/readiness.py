"""How packages stand on an architecture, in the five words that the reports' bars and trees use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.model import Status
from archcheck.report import phrases

if TYPE_CHECKING:
    from collections.abc import Container

    from archcheck.model import Architecture, Audit, Package, Report

Standing = Literal["ready", "fixable", "build", "blocked", "unknown"]

STANDINGS: dict[Standing, str] = {
    "ready": "ready",
    "fixable": "ready once changed",
    "build": "to build",
    "blocked": "blocked",
    "unknown": "unknown",
}
STATUSES: dict[Status, str] = {
    Status.WHEEL: "a compiled wheel that fits the machine",
    Status.PURE_WHEEL: "a wheel without compiled code, for any machine",
    Status.PURE_SDIST: "an sdist alone, with nothing to compile",
    Status.FALLBACK_SDIST: "an sdist alone, which does without its compiled part where there is no compiler",
    Status.NATIVE_SDIST: "an sdist alone, to be compiled",
    Status.SDIST: "an sdist alone; whether it takes a compiler is not known",
    Status.NOT_REQUIRED: "not asked for on this machine",
    Status.MISSING: "nothing that installs",
    Status.UNKNOWN: "could not be determined",
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
    """Return how *package* stands; what is worse on aarch64 and has a remedy is fixable.

    *failing* names the packages that install on aarch64 and are known to fail there. What has to be built on
    either architecture stands alike on both, also where another version would spare that.
    """
    status = package.on(architecture).status
    fails = architecture == "aarch64" and package.name in failing
    if status.ready and not fails:
        return "ready"
    if status is Status.UNKNOWN:
        return "unknown"
    remedy = package.remedy if architecture == "aarch64" and (fails or _is_worse(package)) else None
    if remedy is not None and remedy.kind != "build":
        return "fixable"
    return "build" if status.builds or remedy is not None else "blocked"


def _is_worse(package: Package) -> bool:
    """Tell whether what does not install as a wheel on aarch64 may be better off on x86_64."""
    there, here = package.on("x86_64").status, package.on("aarch64").status
    return there.ready or there is Status.UNKNOWN or there.builds != here.builds


def statuses(report: Report) -> tuple[tuple[Status, str], ...]:
    """Return the statuses that packages of *report* have, and what each means."""
    audits = report.audits
    found = {result.status for each in audits for package in each.packages for result in package.results}
    return tuple((status, said) for status, said in STATUSES.items() if status in found)


def standings(report: Report) -> tuple[tuple[Standing, str], ...]:
    """Return how packages of *report* stand on one architecture or the other, and what that is called."""
    bars = [bar(audit, "x86_64") + bar(audit, "aarch64") for audit in report.audits]
    found = {segment.standing for segments in bars for segment in segments}
    return tuple((each, said) for each, said in STANDINGS.items() if each in found)


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
