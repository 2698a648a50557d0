"""What the audit of the changed input says beside that of the input as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.judge.obstacles import DRIFT, TARGET_PROBLEM, goals, is_obstacle, is_one_release, is_unusable
from archcheck.model import Moved, Severity, Status, Then

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.model import Audit, Finding, Package, Result

CONFLICT: Final = "AC010"
_TOLD: Final = frozenset({DRIFT, "AC011", "AC012"})
"""Warnings that are a problem where they are new: another version than on x86_64, or one known to fail."""


def leaves(before: Audit, after: Audit) -> tuple[str, ...]:
    """Return the packages that are still what they were a goal for."""
    stuck = {finding.package for finding in after.findings if is_obstacle(finding)}
    drifted = {finding.package for finding in after.findings if finding.rule == DRIFT}
    was_drift = not any(is_obstacle(finding) for finding in (*before.findings, *before.ignored))
    return tuple(sorted(stuck | (drifted if was_drift else set())))


def unusable(audit: Audit) -> frozenset[str]:
    """Return the packages that neither architecture installs: nobody can deploy the set as it is."""
    findings = (*audit.findings, *audit.ignored)
    names = {package.name for package in audit.packages}
    return frozenset(finding.package for finding in findings if is_unusable(finding)) & names


def introduces(before: Audit, after: Audit) -> tuple[str, ...]:
    """Return the packages with a problem on either architecture that they did not have.

    Of the whole set a conflict counts. Its size does not: that of wheels is known, and that of what
    has to be built is not.
    """
    names = {package.name for package in after.packages}
    had = {(finding.package, finding.rule) for finding in (*before.findings, *before.ignored)}
    new = {
        finding.package
        for finding in after.findings
        if (finding.package in names or finding.rule == CONFLICT)
        and _is_problem(finding)
        and (finding.package, finding.rule) not in had
        and not (finding.rule == DRIFT and is_one_release(finding))
    }
    earlier = {package.name: package for package in before.packages}
    worse = {each.name for each in after.packages if _is_worse(earlier.get(each.name), each)}
    return tuple(sorted(new | worse))


def _is_problem(finding: Finding) -> bool:
    return (
        is_obstacle(finding)
        or finding.rule == TARGET_PROBLEM
        or finding.severity is Severity.UNKNOWN
        or finding.rule in _TOLD
    )


def _is_worse(before: Package | None, after: Package) -> bool:
    """Return whether x86_64 is worse off with the package, or has to build one that it did not have."""
    was = _rank(before.on("x86_64").status) if before is not None else 0
    return _rank(after.on("x86_64").status) > was


def _rank(status: Status) -> int:
    if status is Status.MISSING:
        return 3
    if status is Status.UNKNOWN:
        return 2
    return int(status.builds)


def moved(before: Audit, after: Audit) -> tuple[Moved, ...]:
    """Return the packages that get another version on aarch64 than is installed today, come in, or go."""
    return tuple(_moved(before, after))


def _moved(before: Audit, after: Audit) -> Iterator[Moved]:
    drifted = {finding.package for finding in before.findings if finding.rule == DRIFT}
    earlier = {
        package.name: package.on("x86_64").version
        if package.name in drifted & goals(before)
        else _version(package)
        for package in before.packages
    }
    later = {package.name: _version(package) for package in after.packages}
    for name in sorted(earlier.keys() | later.keys()):
        was, will_be = earlier.get(name), later.get(name)
        if was != will_be:
            yield Moved(package=name, from_=was, to=will_be)


def then(before: Audit, after: Audit) -> tuple[Then, ...]:
    """Return what aarch64 installs after a change, of the packages of which it is another file or version."""
    had = {package.name: _bare(package) for package in before.packages}
    now = {package.name: _bare(package) for package in after.packages}
    return tuple(Then(package=name, result=now[name]) for name in sorted(now) if now[name] != had.get(name))


def _bare(package: Package) -> Result:
    return replace(package.on("aarch64"), contents=None, size=None, reason=None)


def both(first: Iterable[Moved], then: Iterable[Moved]) -> tuple[Moved, ...]:
    """Return what moved when some did *first*, and some *then*."""
    found = {each.package: each for each in first}
    for each in then:
        before = found.get(each.package, each)
        found[each.package] = Moved(package=each.package, from_=before.from_, to=each.to)
    return tuple(found[name] for name in sorted(found) if found[name].from_ != found[name].to)


def _version(package: Package) -> str | None:
    """Return what is installed: on aarch64, but for what does not install there."""
    arm, x86 = package.on("aarch64"), package.on("x86_64")
    return arm.version if arm.status.installs and arm.version else x86.version or arm.version
