"""Locks of packages that a fake index has: each at a version, with the edges that its metadata states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from packaging.version import Version

from archcheck.app.audit import audit_input
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import Location
from archcheck.manifest.specifiers import parse_dependency
from archcheck.platforms.targets import parse_target
from archcheck.resolve.model import Options
from tests.resolve.cases import TARGET, Case, index_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.model import Audit, Plan

X86 = "cp312-cp312-manylinux_2_17_x86_64"
ARM = "cp312-cp312-manylinux_2_17_aarch64"
BOTH, ALONE, PURE = {"wheels": [X86, ARM]}, {"wheels": [X86]}, {"wheels": ["py3-none-any"]}
HERE = Location(path="some.lock")
ABOVE = Location(path="pyproject.toml", line=3)


def lock_of(
    packages: Mapping[str, Mapping[str, Any]],
    pins: Mapping[str, str],
    asks: list[str],
    *,
    kind: str = "uv",
    edges: bool = True,
    ranges: bool = False,
    flat: bool = False,
) -> Lock:
    """Return the lock of *pins*, whose project *asks* for some of them in the manifest beside it.

    Without *edges* it is one of Pipenv's, or a bare list. With *ranges* its edges state what they admit.
    """
    index = index_of(Case(name="", requirements=[], packages=dict(packages)))  # type: ignore[arg-type]
    found = []
    for name, version in pins.items():
        project = index.projects[name]
        needs = [parse_dependency(text) for text in packages[name][version].get("requires", ())]
        found.append(
            LockedPackage(
                name=name,  # type: ignore[arg-type]
                version=Version(version),
                files=project.releases[Version(version)],  # type: ignore[union-attr]
                dependencies=tuple(
                    _edge(need, ranges=ranges) for need in needs if edges and "extra" not in str(need.marker)
                ),
                optional={
                    extra: tuple(
                        replace(_edge(need, ranges=ranges), marker=None)
                        for need in needs
                        if f'extra == "{extra}"' in str(need.marker)
                    )
                    for extra in {str(need.marker).split('"')[1] for need in needs if need.marker} - {""}
                }
                if edges
                else {},
                location=HERE,
            )
        )
    return Lock(
        path="some.lock",
        kind=kind,
        sha256="",
        requirements=tuple(
            replace(_edge(parse_dependency(text), ranges=True), location=ABOVE) for text in asks
        ),
        packages=tuple(found),
        flat=flat,
    )


def _edge(need: Any, *, ranges: bool) -> LockedDependency:
    found = LockedDependency(name=need.name, extras=need.extras, marker=need.marker)
    return replace(found, specifier=need.specifier) if ranges else found


def audit(lock: Lock, packages: Mapping[str, Mapping[str, Any]]) -> Audit:
    """Return the audit of *lock* against an index that has the *packages*."""
    index = index_of(Case(name="", requirements=[], packages=dict(packages)))  # type: ignore[arg-type]
    return audit_input(lock, parse_target(TARGET), index, Options())


def best_plan(lock: Lock, packages: Mapping[str, Mapping[str, Any]]) -> Plan | None:
    """Return the best plan that does not lead to another target."""
    plans = audit(lock, packages).plans or ()
    return next((plan for plan in plans if all(each.kind != "target" for each in plan.changes)), None)


def told(plan: Plan | None) -> dict[str, str]:
    """Return the changes of *plan* in words."""
    return (
        {
            each.package: f"{each.kind} {each.to}{each.specifier and ' '}{each.specifier}"
            for each in plan.changes
        }
        if plan
        else {}
    )
