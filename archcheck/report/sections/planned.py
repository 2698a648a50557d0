"""The set as it is once the changes above the recipe are made: what a recipe installs, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.data import images
from archcheck.model import Package, Result, Status
from archcheck.report import phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.model import Audit, Plan, TargetInfo

_READY = frozenset({"ready", "no-worse"})


def planned(audit: Audit) -> Audit:
    """Return *audit* with the packages that the best plan leads to, on the target that it leads to.

    What is not in the way can be left as it is: a plan for another target is none of the recipe's then.
    In results without plans each obstacle is taken for helped as its remedy has it.
    """
    plan = audit.plans[0] if audit.plans else None
    if plan is None:
        return replace(audit, packages=_settled(audit.packages, _remedied(audit)))
    if audit.recommendation.code in _READY and _is_elsewhere(audit, plan):
        return audit
    target = _on(audit.target, plan.result.target) if plan.result else audit.target
    then = plan.result.then if plan.result else None
    if then is None:
        return replace(audit, target=target, packages=_settled(_left(audit, plan), _guessed(audit, plan)))
    results = {each.package: each.result for each in then}
    packages = [
        replace(package, results=(*_on_x86(package), results.pop(package.name)))
        if package.name in results
        else package
        for package in _left(audit, plan)
    ]
    packages += [_come_in(name, result) for name, result in results.items()]
    return replace(audit, target=target, packages=tuple(sorted(packages, key=lambda each: each.name)))


def _on(target: TargetInfo, name: str) -> TargetInfo:
    return target if target.id == name else replace(target, id=name, libc=images.libc_of(name) or target.libc)


def is_changed_first(audit: Audit) -> bool:
    """Return whether the recipe is of another set than today's."""
    return planned(audit) != audit


def to_compile(audit: Audit) -> tuple[str, ...]:
    """Return the packages that need a compiler even after the changes."""
    return compiled(planned(audit))


def compiled(audit: Audit) -> tuple[str, ...]:
    """Return the packages of *audit*, as it is, that need a compiler."""
    return tuple(each.name for each in audit.packages if each.on("aarch64").status.builds)


def helped_by_changes(audit: Audit) -> frozenset[str]:
    """Return the packages that install without a compiler, and work, once the best plan is carried out.

    In results without plans they are those of which a remedy spares the build.
    """
    plan = audit.plans[0] if audit.plans else None
    if plan is None:
        remedies = {each.name: each.remedy for each in audit.packages}
        return frozenset(name for name, remedy in remedies.items() if remedy and remedy.kind != "build")
    builds = {change.package for change in plan.changes if change.kind == "build"}
    after = {each.name: each.on("aarch64").status.ready for each in planned(audit).packages}
    names = (each.name for each in audit.packages if after.get(each.name, True))
    return frozenset(names).difference(plan.leaves, builds)


def _is_elsewhere(audit: Audit, plan: Plan) -> bool:
    return plan.result is not None and plan.result.target != audit.target.id


def _left(audit: Audit, plan: Plan) -> tuple[Package, ...]:
    gone = {each.package for each in plan.result.moved if each.to is None} if plan.result else set()
    return tuple(package for package in audit.packages if package.name not in gone)


def _on_x86(package: Package) -> tuple[Result, ...]:
    return tuple(result for result in package.results if result.architecture == "x86_64")


def _come_in(name: str, result: Result) -> Package:
    """Return a package that is not there today; on x86_64 it is taken to be the same."""
    results = (replace(result, architecture="x86_64"), result)
    return Package(name=name, direct=False, locations=(), paths=(), required_by=(), results=results)


def _remedied(audit: Audit) -> dict[str, Status]:
    return {
        finding.package: Status.NATIVE_SDIST if finding.remedy.kind == "build" else Status.WHEEL
        for finding in phrases.obstacles(audit)
        if finding.remedy is not None
    }


def _guessed(audit: Audit, plan: Plan) -> dict[str, Status]:
    """Return what packages are after *plan*, where it does not say: what moves, moves for a wheel."""
    built = {change.package for change in plan.changes if change.kind == "build"}
    moved = {each.package for each in (plan.result.moved if plan.result else ())}
    found = dict.fromkeys(moved | {change.package for change in plan.changes}, Status.WHEEL)
    found |= dict.fromkeys(built, Status.NATIVE_SDIST)
    if plan.verified and plan.result is not None and not plan.result.summary.build:
        found |= dict.fromkeys(set(compiled(audit)) - built, Status.WHEEL)
    return found


def _settled(packages: tuple[Package, ...], statuses: Mapping[str, Status]) -> tuple[Package, ...]:
    """Return *packages* with those *statuses* on aarch64; of a file that is not known, without its name."""
    return tuple(
        replace(
            package,
            results=(
                *_on_x86(package),
                replace(
                    package.on("aarch64"),
                    status=statuses[package.name],
                    version=_version(package),
                    file=package.remedy.file if package.remedy else None,
                ),
            ),
        )
        if package.name in statuses
        else package
        for package in packages
    )


def _version(package: Package) -> str | None:
    remedy = package.remedy.version if package.remedy else None
    return remedy or package.on("aarch64").version
