"""How packages stand on an architecture, in the five words that the reports' bars and trees use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.model import Severity, Status
from archcheck.report import phrases
from archcheck.report.sections.planned import helped_by_changes

if TYPE_CHECKING:
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


def standing_by_package(audit: Audit, architecture: Architecture) -> dict[str, Standing]:
    """Return how each package stands, as the audit's summary counts it; what the changes help is set apart.

    On aarch64 a finding outweighs the file: what installs and does not work is blocked, or unknown. On x86_64
    the changes help what waits there as it does on aarch64: it stands alike on both.
    """
    helped = helped_by_changes(audit)
    if architecture == "aarch64":
        found = _on_aarch64(audit)
    else:
        found = {each.name: _standing(each.on("x86_64").status) for each in audit.packages}
        helped -= {each.name for each in audit.packages if _is_worse(each)}
    return {name: "fixable" if name in helped and _waits(each) else each for name, each in found.items()}


def _on_aarch64(audit: Audit) -> dict[str, Standing]:
    worst = {
        finding.package: finding.severity
        for finding in sorted(phrases.all_findings(audit), key=lambda each: -each.severity.rank)
    }
    return {each.name: _told(each.on("aarch64").status, worst.get(each.name)) for each in audit.packages}


def changed(audit: Audit) -> tuple[str, ...]:
    """Return the packages that are ready once the changes are made, and are not today."""
    return tuple(name for name, each in standing_by_package(audit, "aarch64").items() if each == "fixable")


def counts(audit: Audit) -> str:
    """Return how many packages stand where, and of how many the changes make ready ones."""
    once = len(changed(audit))
    return (
        f"{phrases.counts(audit)}; {once} of them {STANDINGS['fixable']}" if once else phrases.counts(audit)
    )


def _waits(standing: Standing) -> bool:
    return standing in {"build", "blocked"}


def _told(status: Status, worst: Severity | None) -> Standing:
    if worst is Severity.BLOCKER and status.installs:
        return "blocked"
    if worst is Severity.UNKNOWN and not status.builds:
        return "unknown"
    return _standing(status)


def _standing(status: Status) -> Standing:
    if status.ready:
        return "ready"
    if status is Status.UNKNOWN:
        return "unknown"
    return "build" if status.builds else "blocked"


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
    found = Counter(standing_by_package(audit, architecture).values())
    segments = []
    start = 0.0
    for each in STANDINGS:
        if found[each]:
            width = found[each] * 1000 / len(audit.packages)
            segments.append(
                Segment(standing=each, count=found[each], start=round(start, 2), width=round(width, 2))
            )
            start += width
    return tuple(segments)
