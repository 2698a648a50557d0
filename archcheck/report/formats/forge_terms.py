"""What code forges ask of a finding, whatever their format: a level, a place in the repository, one line."""

from __future__ import annotations

import posixpath
import re
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from archcheck.judge.obstacles import TARGET_PROBLEM
from archcheck.model import Place, Severity
from archcheck.report import phrases
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit, Finding, Report

Level = Literal["error", "warning", "note"]

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class Told(NamedTuple):
    """A finding with what forges want beside it: the line to show it at, and what it is `on`.

    `audit` is None of one that is about how something is deployed, not about a package.
    """

    finding: Finding
    where: Place
    on: str
    audit: Audit | None = None


def found(report: Report, *, ignored: bool = False) -> Iterator[Told]:
    """Yield all findings: of the audits, on demand the *ignored* too, and of how things are deployed."""
    for audit in report.audits:
        for finding in chain(audit.findings, audit.ignored if ignored else ()):
            yield Told(finding, location(finding, audit), audit.target.title, audit)
    for deployable in report.deployables:
        for finding in deployable.findings:
            where = finding.location or deployable.source
            place = Place(path=repository_path(where.path), line=where.line or 1)
            yield Told(finding, place, f"{deployable.kind} {deployable.name}")


def level(finding: Finding) -> Level:
    """Return how loud a finding is: what fails a check by default is an error, the target's own a note."""
    match finding.severity:
        case Severity.BLOCKER | Severity.BUILD:
            return "error"
        case Severity.UNKNOWN:
            return "warning"
        case Severity.WARNING:
            return "note" if finding.rule == TARGET_PROBLEM else "warning"


def location(finding: Finding, audit: Audit) -> Place:
    """Return the line to show a finding at, that of the direct requirement; else the input's first."""
    where = finding.location or Place(path=audit.input.path, line=None)
    return Place(path=repository_path(where.path), line=where.line or 1)


def repository_path(path: str) -> str:
    """Return a path as forges have it: forward slashes, no `./`; an absolute path stays one.

    Audits run in the root of a checkout, as CI does, give paths that are relative to it.
    """
    path = path.replace("\\", "/")
    return posixpath.normpath(path) if path else "."


def is_absolute(path: str) -> bool:
    """Return whether *path* starts at a root or a drive, on whatever system it was written."""
    return path.startswith("/") or _DRIVE.match(path) is not None


def title(finding: Finding) -> str:
    """Return the rule and the package in a few words, cleaned."""
    version = f" {finding.version}" if finding.version else ""
    return clean(f"{finding.rule} {finding.package}{version}: {phrases.outcome(finding)}")


def sentences(finding: Finding) -> list[str]:
    """Return what there is to say under the title, each cleaned and on one line: problem, way in, remedy."""
    parts = [
        finding.message,
        f"brought in by {' → '.join(finding.path)}" if len(finding.path) > 1 else "",
        f"needs {needed}" if (needed := phrases.needs(finding)) else "",
        f"remedy: {phrases.remedy(finding.remedy)}" if finding.remedy else "",
    ]
    return [clean(part) for part in parts if part]
