"""All that could be done about a small universe, tried one by one: the judge of what archcheck proposes.

Every line of the input may be pinned to any version, and every other package may be bound to any. Each such
input is resolved, and what comes out is counted here in its own way, without anything of `archcheck.remedy`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.manifest.manifest import Location, Requirement
from archcheck.platforms.targets import parse_target
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Options, Resolution
from tests.resolve.cases import index_of, manifest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.manifest.manifest import Manifest
    from archcheck.resolve.model import Chosen
    from tests.resolve.cases import Case


class Price(NamedTuple):
    """What a change costs, in the order of the ranking."""

    left: int
    introduced: int
    lines: int
    bounds: int
    moved: int
    majors: int
    minors: int


class State(NamedTuple):
    """What an input comes to: the versions on each machine, what is bad on aarch64, and on x86_64."""

    x86: Mapping[str, str]
    arm: Mapping[str, str]
    bad: frozenset[str]
    apart: frozenset[str]
    neither: frozenset[str]


def state_of(manifest: Manifest, case: Case, index: object) -> State | None:
    """Return what *manifest* comes to; None where there is no answer on one of the machines."""
    outcomes = resolve_both(manifest, parse_target(case.target), index, Options())  # type: ignore[arg-type]
    if not all(isinstance(outcome, Resolution) for outcome in outcomes):
        return None
    x86, arm = (outcome.packages for outcome in outcomes if isinstance(outcome, Resolution))
    if any(chosen.pick.version is None for packages in (x86, arm) for chosen in packages.values()):
        return None
    missing = {name for name, chosen in arm.items() if not chosen.pick.installs}
    there = {name for name, chosen in x86.items() if not chosen.pick.installs}
    return State(
        x86=_versions(x86),
        arm=_versions(arm),
        bad=frozenset(missing - there),
        apart=frozenset(
            name
            for name in x86.keys() & arm.keys() - missing - there
            if x86[name].pick.version != arm[name].pick.version
        ),
        neither=frozenset(there),
    )


def _versions(packages: Mapping[str, Chosen]) -> dict[str, str]:
    return {name: str(chosen.pick.version) for name, chosen in packages.items()}


def goals(state: State) -> frozenset[str]:
    """Return what is to be cured: what is bad, else what comes as another version."""
    return state.bad or state.apart


def present(state: State) -> dict[str, str]:
    """Return what is installed today: on aarch64, and of what is to be cured on x86_64."""
    of_x86 = {name: version for name, version in state.x86.items() if name in goals(state)}
    return {**(state.arm if state.bad else state.x86), **of_x86}


def all_changes(case: Case) -> Iterator[tuple[dict[str, str], Manifest]]:
    """Yield every set of pins, and the input that has them."""
    manifest = manifest_of(case)
    names = sorted(case.packages)
    stated = {line.name for line in manifest.requirements}
    for versions in product(*([None, *case.packages[name]] for name in names)):
        pins = {name: version for name, version in zip(names, versions, strict=True) if version}
        if pins:
            lines = tuple(_pinned(line, pins) for line in manifest.requirements)
            bounds = tuple(_bound(name, version) for name, version in pins.items() if name not in stated)
            yield (
                pins,
                replace(manifest, requirements=lines, constraints=(*manifest.constraints, *bounds)),
            )


def _pinned(line: Requirement, pins: Mapping[str, str]) -> Requirement:
    version = pins.get(line.name or "")
    return replace(line, specifier=SpecifierSet(f"=={version}")) if version else line


def _bound(name: str, version: str) -> Requirement:
    return Requirement(
        name=name,  # type: ignore[arg-type]
        specifier=SpecifierSet(f"=={version}"),
        location=Location(path="constraints.txt"),
        text=f"{name}=={version}",
    )


def best(case: Case) -> tuple[Price, dict[str, str]] | None:
    """Return the cheapest change that cures something and harms nothing, and its price; None without one."""
    index = index_of(case)
    before = state_of(manifest_of(case), case, index)
    assert before is not None
    stated = {line.name for line in manifest_of(case).requirements}
    found = []
    for pins, changed in all_changes(case):
        after = state_of(changed, case, index)
        if after is not None:
            price = price_of_change(before, after, pins, stated)
            if price.left < len(goals(before)) and not price.introduced:
                found.append((price, sorted(pins.items())))
    if not found:
        return None
    price, chosen = min(found)
    return price, dict(chosen)


def price_of_change(before: State, after: State, pins: Mapping[str, str], stated: set[str | None]) -> Price:
    """Return what *pins* cost, which lead from *before* to *after*; *stated* are the input's own packages."""
    left = after.bad if before.bad else after.bad | after.apart
    new = (after.bad - before.bad) | (after.apart - before.apart) | (after.neither - before.neither)
    today, then = present(before), after.arm
    steps = [
        step(today[name], version) for name, version in then.items() if today.get(name, version) != version
    ]
    back = [
        name
        for name in pins.keys() & stated
        if name not in goals(before) and name in then and Version(then[name]) < Version(today[name])
    ]
    return Price(
        left=len(left),
        introduced=len(new),
        lines=len(pins),
        bounds=len(pins.keys() - stated) + len(back),
        moved=len(steps),
        majors=sum(majors for majors, _ in steps),
        minors=sum(minors for _, minors in steps),
    )


def step(now: str, then: str) -> tuple[int, int]:
    """Return the first and the second numbers crossed; going back counts as one more of the first."""
    old, new = Version(now), Version(then)
    majors = abs(old.major - new.major)
    return majors + (new < old), 0 if majors else abs(old.minor - new.minor)
