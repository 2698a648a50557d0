"""The packages of a report, and their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.model import Package, Place, Result, Severity, Status, Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.judge.subject import Subject
    from archcheck.manifest import Location
    from archcheck.model import Finding, Remedy


def package_row(subject: Subject, places: Sequence[Location], remedy: Remedy | None) -> Package:
    """Return one package as reports have it; *places* are the lines that ask for it."""
    above = {
        edge.parent
        for side in (subject.x86, subject.arm)
        if side.chosen is not None
        for edge in side.chosen.wanted_by
    }
    return Package(
        name=subject.name,
        direct=(subject.name,) in subject.paths,
        locations=tuple(Place(path=place.path, line=place.line or None) for place in places),
        paths=subject.paths,
        required_by=tuple(sorted(up for up in above if up is not None)),
        results=tuple(
            Result(
                architecture=side.machine.architecture,
                version=side.version,
                status=side.status,
                file=side.file,
                reason=side.reason,
                size=side.size,
            )
            for side in (subject.x86, subject.arm)
        ),
        remedy=remedy,
    )


def summary(packages: Sequence[Package], findings: Sequence[Finding]) -> Summary:
    """Return how the packages stand on aarch64.

    One that installs is not ready where it is known to fail (AC012), or its dependencies are not known.
    """
    marks = {Severity.BLOCKER: Status.MISSING, Severity.UNKNOWN: Status.UNKNOWN}
    marked: dict[str, Status] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        if finding.severity in marks:
            marked.setdefault(finding.package, marks[finding.severity])
    stands = [
        marked.get(package.name, status) if status.ready else status
        for package in packages
        for status in (package.on("aarch64").status,)
    ]
    return Summary(
        packages=len(stands),
        ready=sum(status.ready for status in stands),
        build=sum(status.builds for status in stands),
        blocked=stands.count(Status.MISSING),
        unknown=stands.count(Status.UNKNOWN),
        ignored=0,
    )
