"""Why aarch64 gets another version of a package than x86_64: told by the version that x86_64 takes.

That version is passed over on aarch64 where none of its files installs there (the wheels of pyside6 6.12.0
need a newer glibc), where a package that it brings along on x86_64 is passed over (imas-python's newest needs
an imas-core without an aarch64 wheel), or where others ask for something else. Where none of that shows, the
cause is not told.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from archcheck.judge.misses import misses, near_miss
from archcheck.platforms.wheel_tags import MissKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.judge.comparison import Comparison

    MayBuild = Callable[[NormalizedName], bool]


def drift_causes(comparisons: Sequence[Comparison], may_build: MayBuild) -> Mapping[NormalizedName, str]:
    """Return, by package, why aarch64 gets another version; *may_build* tells whose sdists are allowed."""
    apart = {each.name: each for each in comparisons if _is_apart(each)}
    own = {name: why for name, each in apart.items() if (why := _own_cause(each, may_build)) is not None}
    below = _below(comparisons)
    above = {name: [up for up in below if name in below[up]] for name in apart}
    found = {}
    for name, each in apart.items():
        if not each.arm.status.installs or each.arm.version is None:
            continue
        cause = own.get(name) or _asked_otherwise(each) or _elsewhere(name, (below, above), apart, own)
        if cause is not None:
            found[name] = cause
    return found


def _is_apart(comparison: Comparison) -> bool:
    return comparison.x86.status.installs and comparison.x86.version not in {None, comparison.arm.version}


def _below(comparisons: Iterable[Comparison]) -> dict[NormalizedName, set[NormalizedName]]:
    """Return what each package asks for on x86_64."""
    found: dict[NormalizedName, set[NormalizedName]] = {}
    for comparison in comparisons:
        for edge in comparison.x86.chosen.wanted_by if comparison.x86.chosen else ():
            if edge.parent is not None:
                found.setdefault(edge.parent, set()).add(comparison.name)
    return found


def _own_cause(comparison: Comparison, may_build: MayBuild) -> str | None:
    """Return why no file of the version that x86_64 takes installs on aarch64; None where one does."""
    x86, machine = comparison.x86, comparison.arm.machine
    wheels = x86.wheels
    if len(misses(wheels, machine)) < len(wheels) or (x86.has_sdist and may_build(comparison.name)):
        return None
    near = near_miss(wheels, machine)
    if near is None:
        return f"{x86.version} has no aarch64 wheel"
    if near.kind is MissKind.PYTHON_OR_ABI:
        return f"the aarch64 wheels of {x86.version} are for {near.needs}, not {near.has}"
    return f"the aarch64 wheels of {x86.version} need {near.needs}; {machine.target.id} has {near.has}"


def _asked_otherwise(comparison: Comparison) -> str | None:
    """Return who asks for another version on aarch64 alone: a marker, or a wheel with other dependencies."""
    x86, arm = comparison.x86.chosen, comparison.arm.chosen
    version = x86.pick.version if x86 is not None else None
    if arm is None or version is None:
        return None
    for edge in arm.wanted_by:
        if not edge.specifier.contains(version, prereleases=True):
            return f"{edge.parent or 'the input'} asks for {edge.text} there"
    return None


def _elsewhere(
    name: NormalizedName,
    ways: tuple[Mapping[NormalizedName, Iterable[NormalizedName]], ...],
    apart: Mapping[NormalizedName, Comparison],
    own: Mapping[NormalizedName, str],
) -> str | None:
    """Return what stands behind the drift of *name*: what it brings along, else what brings it along."""
    for way, what in zip(ways, ("its dependency", "it follows"), strict=True):
        seen, waiting = {name}, deque([name])
        while waiting:
            for near in sorted(set(way.get(waiting.popleft(), ())) & apart.keys() - seen):
                if near in own:
                    return f"{what} {near}: {own[near]}"
                seen.add(near)
                waiting.append(near)
    return None
