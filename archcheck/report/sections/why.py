"""Why a package is in the set: every way from a line of the input to it."""

from __future__ import annotations

import operator
from collections import deque
from difflib import get_close_matches
from heapq import heappop, heappush
from itertools import compress
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from archcheck.errors import UsageError
from archcheck.report import phrases
from archcheck.report.layout import RULE, View, clean, paragraph
from archcheck.report.sections import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.model import Audit, Package, Report

Way = tuple[str, ...]

SHOWN = 100
# Ways multiply at every fork: past this many steps the rest is not counted, and the report says so.
STEPS = 20_000


def why(report: Report, package: str, view: View) -> str:
    """Return every way by which *package* gets into each audit, and how it stands there.

    Raises `UsageError` where no audit holds it, with the nearest names that one does.
    """
    name = _name(report, package)
    has = [any(package.name == name for package in audit.packages) for audit in report.audits]
    blocks = [_audit(audit, name, view) for audit in compress(report.audits, has)]
    if others := [answer.place(audit) for audit in compress(report.audits, map(operator.not_, has))]:
        blocks.append(paragraph(f"not in {'; '.join(others)}", view))
    if report.fleet is not None and not report.complete:
        blocks.append(paragraph("not all inputs could be audited: archcheck check says which", view))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def told(report: Report, package: str) -> dict[str, Any]:
    """Return the same for JSON; `ways` are at most `SHOWN`, and `all_ways` tells whether that is all."""
    name = _name(report, package)
    audits = [_told(audit, name) for audit in report.audits]
    return {"package": name, "complete": report.complete, "audits": audits}


def _told(audit: Audit, name: str) -> dict[str, Any]:
    packages = {package.name: package for package in audit.packages}
    found, whole = ways(packages, name) if name in packages else ([], True)
    return {
        "input": audit.input,
        "target": audit.target,
        "package": packages.get(name),
        "ways": found[:SHOWN],
        "all_ways": whole and len(found) <= SHOWN,
        "findings": [finding for finding in phrases.all_findings(audit) if finding.package == name],
    }


def _name(report: Report, package: str) -> str:
    """Return the normalised name of *package*, which an audit has to hold."""
    name = canonicalize_name(package)
    known = {one.name for audit in report.audits for one in audit.packages}
    if name not in known:
        near = get_close_matches(name, sorted(known), n=3)
        hint = f"; did you mean {' or '.join(map(clean, near))}?" if near else ""
        audits = "this audit" if len(report.audits) == 1 else f"these {len(report.audits)} audits"
        raise UsageError(f"{clean(package)} is not among the {len(known)} packages of {audits}{hint}")
    return name


def ways(packages: Mapping[str, Package], name: str, *, steps: int = STEPS) -> tuple[list[Way], bool]:
    """Return the ways to *name* from a direct requirement, shortest first, and whether these are all.

    No way passes a package twice, so circles among the requirements end. Ways are grown backwards from
    *name*, the one with the nearest start first (A*), so that a cut-off search has found the short ones.
    """
    far = _distances(packages)
    found: list[Way] = []
    open_: list[tuple[int, int, Way]] = []

    def grow(way: Way) -> None:
        if way[0] in far:
            heappush(open_, (len(way) + far[way[0]], -len(way), way))

    grow((name,))
    while open_:
        if steps == 0:
            break
        steps -= 1
        way = heappop(open_)[-1]
        package = packages[way[0]]
        if package.direct:
            found.append(way)
        for parent in set(package.required_by).difference(way):
            grow((parent, *way))
    return sorted(found, key=lambda way: (len(way), way)), not open_


def _distances(packages: Mapping[str, Package]) -> dict[str, int]:
    """Return how many steps each package is from the nearest direct requirement."""
    asked: dict[str, list[str]] = {}
    for package in packages.values():
        for parent in package.required_by:
            asked.setdefault(parent, []).append(package.name)
    far = {package.name: 0 for package in packages.values() if package.direct}
    queue = deque(far)
    while queue:
        parent = queue.popleft()
        for child in asked.get(parent, ()):
            if child not in far:
                far[child] = far[parent] + 1
                queue.append(child)
    return far


def _audit(audit: Audit, name: str, view: View) -> list[str]:
    packages = {package.name: package for package in audit.packages}
    lines = paragraph(f"{name} in {answer.place(audit)}", view, style="bold")
    package = packages[name]
    for result in package.results:
        version = f"{result.version} " if result.version else ""
        because = f", {reason}" if (reason := phrases.because(result)) else ""
        lines += paragraph(
            f"{version}{result.status}{because}", view, indent=2, label=result.architecture, hang=9
        )
    return [*lines, "", *_ways(packages, name, view), *_findings(audit, name, view)]


def _ways(packages: Mapping[str, Package], name: str, view: View) -> list[str]:
    found, all_of_them = ways(packages, name)
    if not found:
        return paragraph("no way in was recorded", view)
    number = f"{'' if all_of_them else 'more than '}{phrases.plural(len(found), 'way')}"
    lines = paragraph(f"{number} in", view, style="bold")
    for way in found[:SHOWN]:
        start = ", ".join(map(phrases.at, packages[way[0]].locations))
        through = " → ".join(_named(packages[step]) for step in way)
        lines += paragraph(f"{start}: {through}" if start else through, view, indent=2)
    hidden = len(found) - SHOWN
    if not all_of_them:
        lines += paragraph(f"and more, which were not counted ({STEPS:,} steps tried)", view, indent=2)
    elif hidden > 0:
        lines += paragraph(f"and {hidden} more", view, indent=2)
    return lines


def _named(package: Package) -> str:
    """Return the package with its version, or with both where the architectures differ."""
    x86_64, aarch64 = (", ".join(sorted(phrases.versions(package, on))) for on in ("x86_64", "aarch64"))
    if x86_64 and aarch64 and x86_64 != aarch64:
        return f"{package.name} {aarch64} (x86_64: {x86_64})"
    return f"{package.name} {aarch64 or x86_64}".rstrip()


def _findings(audit: Audit, name: str, view: View) -> list[str]:
    mine = [finding for finding in phrases.all_findings(audit) if finding.package == name]
    if not mine:
        return []
    lines = ["", *paragraph("Findings", view, style="bold")]
    for finding in mine:
        text = f"{phrases.outcome(finding)}: {finding.message}"
        lines += paragraph(text, view, indent=2, label=finding.rule, hang=RULE)
        change = phrases.remedy(finding.remedy) if finding.remedy else ""
        lines += paragraph(change, view, indent=2 + RULE, label="remedy", hang=8)
        lines += paragraph(phrases.accepted(finding), view, indent=2 + RULE)
    return lines
