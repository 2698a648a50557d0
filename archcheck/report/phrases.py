"""What a report says, in sentences; how they are laid out is each renderer's own business.

Nothing here is escaped: names and versions are as the manifest and the index gave them.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from archcheck.data import building, images
from archcheck.judge.obstacles import TARGET_PROBLEM, is_unusable
from archcheck.model import Ignored, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from archcheck.model import (
        Architecture,
        Audit,
        Evidence,
        Finding,
        Input,
        Package,
        Place,
        Remedy,
        Result,
    )

CONFLICT = "AC010"
KNOWN_ISSUE = "AC012"
BINARY_MISMATCH = "AC011"
TOO_LARGE = "AC018"
BUILD_TOOL = "AC019"
LAYER = "AC020"
NOT_ARM64 = "Not arm64's fault: x86_64 is no better off"
_BLOCKED = {
    CONFLICT: "cannot be resolved",
    KNOWN_ISSUE: "installs and fails",
    TARGET_PROBLEM: "installs on neither",
    BINARY_MISMATCH: "does not load",
    TOO_LARGE: "is too large",
    BUILD_TOOL: "is not built for arm64",
    LAYER: "has a layer of x86_64",
}
_OF_SEVERAL = {
    "does": "do",
    "needs": "need",
    "installs": "install",
    "fails": "fail",
    "is": "are",
    "has": "have",
}
FILES_SHOWN = 3
# A finding is about aarch64 unless it says otherwise.
_SIDES = {"on aarch64": "", "on x86_64": "the doubt is about x86_64 alone"}
_ENOUGH = 3  # findings alike, to be told as one
# What a shell takes as it stands: strangers' names go into a command that people copy.
_PIN = re.compile(r"[\w.-]+==[\w.+]+", re.ASCII)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return *count* with *noun* in the right number."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def all_findings(audit: Audit) -> tuple[Finding, ...]:
    """Return all that was found; what is ignored, and so no less true, after what counts."""
    return (*audit.findings, *audit.ignored)


def obstacles(audit: Audit) -> tuple[Finding, ...]:
    """Return the findings that keep the set from arm64, ignored ones included."""
    places = {fingerprint: place for place, fingerprint in enumerate(audit.obstacles)}
    mine = [finding for finding in all_findings(audit) if finding.fingerprint in places]
    return tuple(sorted(mine, key=lambda finding: places[finding.fingerprint]))


def unknowns(audit: Audit) -> tuple[Finding, ...]:
    """Return what could not be determined, ignored or not."""
    return tuple(finding for finding in all_findings(audit) if finding.severity is Severity.UNKNOWN)


def target_problems(audit: Audit) -> tuple[Finding, ...]:
    """Return the findings that x86_64 shares; of the ignored ones those by which the set installs nowhere."""
    unusable = [finding for finding in audit.ignored if is_unusable(finding)]
    return (*(finding for finding in audit.findings if finding.rule == TARGET_PROBLEM), *unusable)


def warnings(audit: Audit) -> tuple[Finding, ...]:
    """Return what is worth knowing and decides nothing; what is ignored of it is among the ignored alone."""
    return tuple(f for f in audit.findings if f.severity is Severity.WARNING and f.rule != TARGET_PROBLEM)


def deciding(audit: Audit) -> tuple[Finding, ...]:
    """Return the findings that the recommendation rests on: the obstacles, or else why it is undetermined."""
    if audit.recommendation.architecture != "undetermined":
        return obstacles(audit)
    unusable = filter(is_unusable, target_problems(audit))
    return (*obstacles(audit), *unusable, *unknowns(audit))


def failing(audit: Audit) -> frozenset[str]:
    """Return the packages that install on aarch64 and are known to fail there."""
    return frozenset(finding.package for finding in obstacles(audit) if finding.rule == KNOWN_ISSUE)


def accepted(finding: Finding) -> str:
    """Return that somebody accepted the finding, and why; "" where it counts."""
    return f"accepted: {terms(finding)}" if isinstance(finding, Ignored) else ""


def terms(ignored: Ignored) -> str:
    """Return why a finding is ignored, until when, and who says so."""
    ends = [f"until {ignored.until}"] if ignored.until else []
    ends += ["until there is a wheel"] if ignored.until_available else []
    source = "" if ignored.source in ignored.reason else ignored.source
    said = "; ".join(filter(None, [" or ".join(ends), source]))
    return f"{ignored.reason} ({said})" if said else ignored.reason


def outcome(finding: Finding) -> str:
    """Return in a few words what a finding means for its package."""
    match finding.severity:
        case Severity.BLOCKER:
            return _BLOCKED.get(finding.rule, "does not install")
        case Severity.BUILD:
            return "needs a build"
        case Severity.UNKNOWN:
            return "not determined"
        case Severity.WARNING:
            return (
                "no worse than on x86_64"
                if finding.rule == TARGET_PROBLEM
                else finding.name.replace("-", " ")
            )


def named(finding: Finding) -> str:
    """Return the finding's package and version."""
    return f"{finding.package} {finding.version or ''}".rstrip()


def subject(finding: Finding, packages: Iterable[Package]) -> str:
    """Return the finding's package and version, with x86_64's version beside it where that is another one."""
    name = named(finding)
    package = next((package for package in packages if package.name == finding.package), None)
    others = sorted(versions(package, "x86_64")) if package else []
    return f"{name} (x86_64: {', '.join(others)})" if others and finding.version not in others else name


def versions(package: Package, architecture: Architecture) -> set[str]:
    """Return the versions that *architecture* gets; a lock with forks may give several."""
    return {r.version for r in package.results if r.architecture == architecture and r.version}


def file(path: str) -> str:
    """Return the path of an input as people read it."""
    return "standard input" if path == "-" else path


def input_name(audited: Input) -> str:
    """Return an input as people tell it from the others: the member meant, the extras chosen among."""
    extras = f"{'extras' if len(audited.extras) > 1 else 'extra'} {', '.join(audited.extras)}"
    said = ", ".join(filter(None, [audited.package, extras if audited.extras else ""]))
    return f"{file(audited.path)} ({said})" if said else file(audited.path)


def at(where: Place) -> str:
    """Return a place as editors read it."""
    return file(where.path) if where.line is None else f"{file(where.path)}:{where.line}"


def way_in(finding: Finding) -> str:
    """Return the line that asks for the package and the packages it comes through."""
    return _way(finding, finding.path if len(finding.path) > 1 else ())


def ways_in(findings: Iterable[Finding]) -> str:
    """Return the lines and the packages that several come in by; of many the first few."""
    ways = [*dict.fromkeys(_way(finding, finding.path[:-1]) for finding in findings)]
    more = [f"and {len(ways) - FILES_SHOWN} more"] if len(ways) > FILES_SHOWN else []
    return ", ".join([*filter(None, ways[:FILES_SHOWN]), *more])


def _way(finding: Finding, path: Sequence[str]) -> str:
    start = at(finding.location) if finding.location else ""
    return ": ".join(filter(None, (start, " → ".join(path))))


def groups(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Return *findings* in their order, but warnings that say the same of several packages together.

    torch brings in a dozen packages of NVIDIA's that are for x86_64 by their marker.
    """
    alike: dict[object, list[Finding]] = {}
    for place, finding in enumerate(findings):
        plain = finding.severity is Severity.WARNING and finding.remedy is None
        alike.setdefault((finding.rule, finding.message) if plain else place, []).append(finding)
    return [
        group
        for same in alike.values()
        for group in ([tuple(same)] if len(same) >= _ENOUGH else [(finding,) for finding in same])
    ]


def several(group: Sequence[Finding]) -> str:
    """Return how many packages a group of findings is about, and what it means for them."""
    said = " ".join(_OF_SEVERAL.get(word, word) for word in outcome(group[0]).split())
    return f"{plural(len(group), 'package')}: {said}"


def names(group: Iterable[Finding]) -> str:
    """Return the packages of a group of findings with their versions."""
    return ", ".join(named(finding) for finding in group)


def needs(finding: Finding) -> str:
    """Return what the package would need and what the target has, unless the message says so already."""
    needed, has = finding.evidence.needs, finding.evidence.has
    if not needed or (needed in finding.message and (not has or has in finding.message)):
        return ""
    return f"{needed}; the target has {has}" if has else needed


def details(finding: Finding) -> list[str]:
    """Return the further facts that the message leaves out."""
    told = (_SIDES.get(detail, detail) for detail in finding.evidence.detail)
    return [detail for detail in told if detail and detail not in finding.message]


def files(evidence: Evidence) -> list[str]:
    """Return the files that a finding rests on; of many the first few."""
    shown = list(evidence.files[:FILES_SHOWN])
    if len(evidence.files) > FILES_SHOWN:
        shown.append(f"and {len(evidence.files) - FILES_SHOWN} more")
    return shown


def remedy(change: Remedy) -> str:
    """Return a remedy with what is known about it."""
    first = (
        None
        if change.direction == "older" or change.first_version == change.version
        else change.first_version
    )
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


def needed_to_build(audit: Audit, names: Collection[str]) -> building.Needed:
    """Return the system packages that building *names* takes: both compilers at least."""
    takes = (taken for each in audit.packages if each.name in names for taken in each.on("aarch64").takes)
    return building.needed([*building.COMPILERS, *takes], images.package_manager(audit.target.id))


def build_command(audit: Audit) -> str:
    """Return the command that builds the packages to build in the target's image; "" where it has none."""
    python = images.lambda_python(audit.target.id)
    builds = [found for found in obstacles(audit) if found.remedy and found.remedy.kind == "build"]
    names = {found.package for found in builds}
    pins = dict.fromkeys(f"{found.package}=={found.version}" for found in builds)
    if not python or not pins or not all(_PIN.fullmatch(pin) for pin in pins):
        return ""
    tools = building.install(needed_to_build(audit, names).build, images.lambda_package_manager(python))
    inner = f"{tools} && pip wheel --no-deps -w wheels {' '.join(pins)}"
    return (
        'docker run --rm --platform linux/arm64 -v "$PWD:/src" -w /src --entrypoint sh '
        f'{images.lambda_image(python)} -c "{inner}"'
    )
