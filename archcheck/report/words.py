"""What a report says, in sentences; how they are laid out is each renderer's own business.

Nothing here is escaped: names and versions are as the manifest and the index gave them.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from archcheck.model import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.model import (
        Architecture,
        Audit,
        Evidence,
        Finding,
        Package,
        Place,
        Remedy,
        Result,
    )

CONFLICT = "AC010"
KNOWN_ISSUE = "AC012"
TARGET_PROBLEM = "AC013"
NOT_ARM64 = "Not arm64's fault: x86_64 has the same problem"
FILES_SHOWN = 3
_AMAZON_LINUX_2 = {"3.8", "3.9", "3.10", "3.11"}
# What a shell takes as it stands: strangers' names go into a command that people copy.
_PIN = re.compile(r"[\w.-]+==[\w.+]+", re.ASCII)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return *count* with *noun* in the right number."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def obstacles(audit: Audit) -> tuple[Finding, ...]:
    """Return the findings that keep the set from arm64."""
    worst = {Severity.BLOCKER, Severity.BUILD}
    return tuple(f for f in audit.findings if f.severity in worst and f.rule != TARGET_PROBLEM)


def failing(audit: Audit) -> frozenset[str]:
    """Return the packages that install on aarch64 and are known to fail there, ignored findings included."""
    return frozenset(
        finding.package
        for finding in (*audit.findings, *audit.ignored)
        if finding.rule == KNOWN_ISSUE and finding.severity is Severity.BLOCKER
    )


def target_problems(audit: Audit) -> tuple[Finding, ...]:
    """Return the findings that x86_64 shares."""
    return tuple(finding for finding in audit.findings if finding.rule == TARGET_PROBLEM)


def of_severity(audit: Audit, severity: Severity) -> tuple[Finding, ...]:
    """Return the findings of one severity, the target's own problems aside."""
    return tuple(f for f in audit.findings if f.severity is severity and f.rule != TARGET_PROBLEM)


def outcome(finding: Finding) -> str:
    """Return in a few words what a finding means for its package."""
    match finding.severity:
        case Severity.BLOCKER:
            others = {TARGET_PROBLEM: "installs on neither", KNOWN_ISSUE: "installs and fails"}
            return others.get(finding.rule, "does not install")
        case Severity.BUILD:
            return "needs a build"
        case Severity.UNKNOWN:
            return "not determined"
        case Severity.WARNING:
            return "alike on both" if finding.rule == TARGET_PROBLEM else finding.name.replace("-", " ")


def subject(finding: Finding, packages: Iterable[Package]) -> str:
    """Return the finding's package and version, with x86_64's version beside it where that is another one."""
    name = f"{finding.package} {finding.version or ''}".rstrip()
    package = next((package for package in packages if package.name == finding.package), None)
    others = sorted(versions(package, "x86_64")) if package else []
    return f"{name} (x86_64: {', '.join(others)})" if others and finding.version not in others else name


def versions(package: Package, architecture: Architecture) -> set[str]:
    """Return the versions that *architecture* gets; a lock with forks may give several."""
    return {r.version for r in package.results if r.architecture == architecture and r.version}


def file(path: str) -> str:
    """Return the path of an input as people read it."""
    return "standard input" if path == "-" else path


def at(where: Place) -> str:
    """Return a place as editors read it."""
    return file(where.path) if where.line is None else f"{file(where.path)}:{where.line}"


def way_in(finding: Finding) -> str:
    """Return the line that asks for the package and the packages it comes through."""
    start = at(finding.location) if finding.location else ""
    through = " → ".join(finding.path) if len(finding.path) > 1 else ""
    return f"{start}: {through}" if start and through else start or through


def needs(finding: Finding) -> str:
    """Return what the package would need and what the target has, unless the message says so already."""
    needed, has = finding.evidence.needs, finding.evidence.has
    if not needed or (needed in finding.message and (not has or has in finding.message)):
        return ""
    return f"{needed}; the target has {has}" if has else needed


def details(finding: Finding) -> list[str]:
    """Return the further facts that the message leaves out."""
    return [detail for detail in finding.evidence.detail if detail not in finding.message]


def files(evidence: Evidence) -> list[str]:
    """Return the files that a finding rests on; of many the first few."""
    shown = list(evidence.files[:FILES_SHOWN])
    if len(evidence.files) > FILES_SHOWN:
        shown.append(f"and {len(evidence.files) - FILES_SHOWN} more")
    return shown


def remedy(change: Remedy) -> str:
    """Return a remedy with what is known about it."""
    first = change.first_version if change.first_version != change.version else None
    notes = [
        "within the declared range" if change.range == "within" else "",
        f"first version with a wheel: {first}" if first else "",
        "verified" if change.verified else "not yet verified",
    ]
    return f"{change.message} ({'; '.join(filter(None, notes))})"


def counts(audit: Audit) -> str:
    """Return how many packages stand where."""
    summary = audit.summary
    parts = [
        f"{summary.ready} ready",
        f"{summary.build} to build" if summary.build else "",
        f"{summary.blocked} blocked" if summary.blocked else "",
        f"{summary.unknown} unknown" if summary.unknown else "",
        f"{plural(summary.ignored, 'finding')} ignored" if summary.ignored else "",
    ]
    return f"{plural(summary.packages, 'package')}: {', '.join(part for part in parts if part)}"


def makeup(audit: Audit) -> str:
    """Return what the ready packages are; "" where there are none."""
    stands = Counter(package.on("aarch64").status for package in audit.packages)
    compiled, fallback = stands[Status.WHEEL], stands[Status.FALLBACK_SDIST]
    pure, absent = stands[Status.PURE_WHEEL] + stands[Status.PURE_SDIST], stands[Status.NOT_REQUIRED]
    parts = [
        f"{plural(compiled, 'compiled package')} {'has an' if compiled == 1 else 'have'} "
        f"aarch64 {'wheel' if compiled == 1 else 'wheels'}"
        if compiled
        else "",
        f"{pure} {'is' if pure == 1 else 'are'} pure Python" if pure else "",
        f"{fallback} can do without {'its' if fallback == 1 else 'their'} compiled part" if fallback else "",
        f"{absent} {'is' if absent == 1 else 'are'} not needed on aarch64" if absent else "",
    ]
    return ", ".join(part for part in parts if part)


def pairs(package: Package) -> Iterator[tuple[Result | None, Result | None]]:
    """Return the package's results on x86_64 and aarch64 side by side."""
    x86_64 = [result for result in package.results if result.architecture == "x86_64"]
    aarch64 = [result for result in package.results if result.architecture == "aarch64"]
    return zip_longest(x86_64, aarch64)


def because(result: Result | None) -> str:
    """Return the file that would be installed, or why there is none."""
    return (result.file or result.reason or "") if result else ""


def build_command(audit: Audit) -> str:
    """Return the command that builds the packages to build in the target's image; "" where it has none."""
    target = re.fullmatch(r"lambda:python(3\.\d+)(?:\.\d+)?", audit.target.id)
    pins = dict.fromkeys(
        f"{finding.package}=={finding.version}"
        for finding in obstacles(audit)
        if finding.remedy and finding.remedy.kind == "build"
    )
    if not target or not pins or not all(_PIN.fullmatch(pin) for pin in pins):
        return ""
    inner = f"{installer(target[1])} install -y gcc gcc-c++ && pip wheel --no-deps -w wheels {' '.join(pins)}"
    return (
        'docker run --rm --platform linux/arm64 -v "$PWD:/src" -w /src --entrypoint sh '
        f'public.ecr.aws/lambda/python:{target[1]}-arm64 -c "{inner}"'
    )


def installer(python: str) -> str:
    """Return the package manager of the Lambda image of *python*, such as 3.13."""
    return "yum" if python in _AMAZON_LINUX_2 else "dnf"
