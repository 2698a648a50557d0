"""What a plan does for each package that stands in the way, as the remedy that its finding bears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from archcheck.model import Remedy
from archcheck.remedy.first_remedy import declared_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from archcheck.judge.comparison import Comparison
    from archcheck.model import Change, Moved, Plan


def planned_remedies(
    comparisons: Sequence[Comparison], plans: Sequence[Plan]
) -> dict[NormalizedName, Remedy]:
    """Return, by package, what the best of *plans* does for it; nothing for what that leaves as it is."""
    if not plans or plans[0].introduces:
        return {}
    best = plans[0]
    resolved = best.verified or any(change.kind == "build" for change in best.changes)
    moved = {each.package: each for each in best.result.moved} if best.result is not None else {}
    changes = {change.package: change for change in best.changes}
    target = next((change for change in best.changes if change.kind == "target"), None)
    found: dict[NormalizedName, Remedy] = {}
    for comparison in comparisons:
        name = comparison.name
        change = changes.get(name)
        if change is not None:
            found[name] = _of_change(change, declared_range(comparison), verified=resolved)
        elif name in moved and name not in best.leaves:
            found[name] = _of_others(comparison, best, moved[name], verified=resolved)
        elif target is not None and name not in best.leaves:
            found[name] = _of_change(target, SpecifierSet(), verified=best.verified)
    return found


def _of_change(change: Change, declared: SpecifierSet, *, verified: bool) -> Remedy:
    match change.kind:
        case "build":
            takes = f"; {change.via}" if change.via else ""
            return Remedy(kind="build", message=f"build {change.package} {change.from_}{takes}")
        case "relock":
            message = "lock or hash again with the aarch64 wheel let in"
            return Remedy(kind="relock", message=message, verified=verified)
        case "replace":
            code = "; the code has to change with it" if change.code else ""
            message = f"replace {change.from_} by {change.to}{code}"
            return Remedy(kind="replace", message=message, verified=verified)
        case "target":
            return Remedy(kind="target", message=f"deploy on {change.to}", verified=verified)
        case _ if change.via is not None and change.from_ == change.to:
            message = f"ask for {change.package}{change.specifier}, with {change.via}"
            return Remedy(kind="relock", message=message, verified=verified)
        case _:
            return _of_version(change, declared, verified=verified)


def _of_version(change: Change, declared: SpecifierSet, *, verified: bool) -> Remedy:
    way, verb = _direction(change.from_, change.to)
    local = (change.from_ or "").partition("+")
    if local[2] and local[0] == change.to:
        message = f"ask for {change.package}=={change.to}, without +{local[2]}: that has an aarch64 wheel"
        return Remedy(
            kind="version",
            message=message,
            version=change.to,
            range="beyond",
            direction=way,
            verified=verified,
        )
    now = f" {change.from_}" if change.from_ else ""
    message = f"{verb} {change.package}{now} → {change.to}"
    if change.kind == "constraint":
        message = f"{message}, by a constraint: {change.package}{change.specifier}"
    return Remedy(
        kind="version",
        message=message,
        version=change.to,
        range="within" if declared.contains(change.to, prereleases=True) else "beyond",
        direction=way,
        verified=verified,
    )


def _of_others(comparison: Comparison, plan: Plan, moved: Moved, *, verified: bool) -> Remedy:
    """Return the remedy for a package that the changes to others move, or do without."""
    behind = [
        change for change in plan.changes if change.kind in {"version", "constraint", "lock", "replace"}
    ]
    above = {name for path in comparison.paths for name in path}
    by = [change for change in behind if change.package in above] or behind
    told = ", ".join(f"{change.package} {change.from_} → {change.to}" for change in by[:3])
    target = next((change.to for change in plan.changes if change.kind == "target"), None)
    what = f"change {told}" if told else f"deploy on {target}"
    then = f"which takes {moved.package} {moved.to}" if moved.to else f"which does without {moved.package}"
    way, _ = _direction(moved.from_, moved.to or moved.from_ or "0")
    declared = declared_range(comparison)
    return Remedy(
        kind="version" if told else "target",
        message=f"{what}, {then}",
        version=moved.to,
        range="within" if moved.to and declared.contains(moved.to, prereleases=True) else "beyond",
        direction=way,
        verified=verified,
    )


def _direction(now: str | None, then: str) -> tuple[Literal["newer", "older"], str]:
    try:
        back = now is not None and Version(then) < Version(now)
    except InvalidVersion:
        back = False
    return ("older", "go back") if back else ("newer", "upgrade")
