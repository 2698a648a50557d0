"""The packages of a report, what was read of their files, and their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.binaries.model import ArchiveContents
from archcheck.model import Contents, Package, Place, Result, Severity, Status, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.binaries.model import NativeFile
    from archcheck.index.model import Unavailable
    from archcheck.judge.comparison import Comparison
    from archcheck.manifest.manifest import Location
    from archcheck.model import Finding, Remedy

_WHEELS = frozenset({Status.WHEEL, Status.PURE_WHEEL})


def package_row(comparison: Comparison, places: Sequence[Location], remedy: Remedy | None) -> Package:
    """Return one package as reports have it; *places* are the lines that ask for it."""
    above = {
        edge.parent
        for side in (comparison.x86, comparison.arm)
        if side.chosen is not None
        for edge in side.chosen.wanted_by
    }
    return Package(
        name=comparison.name,
        direct=(comparison.name,) in comparison.paths,
        locations=tuple(Place(path=place.path, line=place.line or None) for place in places),
        paths=comparison.paths,
        required_by=tuple(sorted(up for up in above if up is not None)),
        results=tuple(
            Result(
                architecture=side.machine.architecture,
                version=side.version,
                status=side.status,
                file=side.file,
                reason=side.reason,
                size=side.size or _read_size(side.contents),
                contents=_contents(side.contents),
                takes=side.takes,
            )
            for side in (comparison.x86, comparison.arm)
        ),
        remedy=remedy,
    )


def summary(packages: Sequence[Package], findings: Sequence[Finding]) -> Summary:
    """Return how the packages stand on aarch64.

    What installs is blocked where it is known to fail (AC012), and unknown where its dependencies are. What
    a lock lacks is unknown where nobody could ask whether the index has it.
    """
    worst: dict[str, Severity] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        worst.setdefault(finding.package, finding.severity)
    stands = [_stand(package.on("aarch64").status, worst.get(package.name)) for package in packages]
    return Summary(
        packages=len(stands),
        ready=sum(status.ready for status in stands),
        build=sum(status.builds for status in stands),
        blocked=stands.count(Status.MISSING),
        unknown=stands.count(Status.UNKNOWN),
        ignored=0,
    )


def _stand(status: Status, worst: Severity | None) -> Status:
    if worst is Severity.BLOCKER and status.installs:
        return Status.MISSING
    return Status.UNKNOWN if worst is Severity.UNKNOWN and not status.builds else status


def _contents(found: ArchiveContents | Unavailable | None) -> Contents | None:
    """Return what reports say of what was *found* in a file; None where it was not to be looked into."""
    if found is None:
        return None
    if not isinstance(found, ArchiveContents):
        return Contents(reason=found.reason)
    return Contents(
        files=found.files,
        unpacked=found.unpacked,
        natives=len(found.natives),
        machines=tuple(sorted({native.machine for native in found.natives})),
        glibc=max((_glibc(native) for native in found.natives), key=_numbers, default=None),
        unread=sum(_is_unread(native) for native in found.natives) + len(found.suspects),
    )


def _read_size(found: ArchiveContents | Unavailable | None) -> int | None:
    """Return how long a file is that no index states the size of, where it was looked into."""
    return found.packed or None if isinstance(found, ArchiveContents) else None


def unseen(comparisons: Iterable[Comparison]) -> tuple[str, ...]:
    """Return the packages of which aarch64 gets a wheel that nobody has looked into, sorted."""
    return tuple(
        sorted(
            comparison.name
            for comparison in comparisons
            if comparison.arm.status in _WHEELS and not isinstance(comparison.arm.contents, ArchiveContents)
        )
    )


def _is_unread(native: NativeFile) -> bool:
    return native.format == "elf" and (native.needs is None or native.needs.partial)


def _glibc(native: NativeFile) -> str | None:
    return native.needs.glibc if native.needs is not None else None


def _numbers(version: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else ()
