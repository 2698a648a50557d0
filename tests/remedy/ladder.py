"""The ladder, as the known tools climb it: one package at a time, 1.2.3 → 1.2.* → 1.* → 2.* → …

For each package that is in the way the requirement that leads to it goes up step by step, each time to the
highest version of the step, and the whole set is resolved again; the first step that clears the package stays,
and the next package follows. What the ladder comes to is a bound from above for a plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.platforms.targets import parse_target
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Options, Resolution
from tests.remedy.brute import Price, goals, price_of_change, state_of
from tests.resolve.cases import index_of, manifest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.manifest.manifest import Manifest
    from tests.resolve.cases import Case

_MOST_MAJORS = 4


def climbed(case: Case) -> Price | None:
    """Return the price of what the ladder comes to; None where it clears nothing, or brings something new."""
    index = index_of(case)
    manifest = manifest_of(case)
    before = state_of(manifest, case, index)
    assert before is not None
    pins: dict[str, str] = {}
    for name in sorted(goals(before)):
        for step in _steps(manifest, case, index, name):
            after = state_of(step, case, index)
            if after is not None and name not in goals(after) and name not in after.neither:
                manifest = step
                break
    after = state_of(manifest, case, index)
    if after is None:
        return None
    for line, original in zip(manifest.requirements, manifest_of(case).requirements, strict=True):
        if line.specifier != original.specifier:
            pins[line.name or ""] = after.arm[line.name or ""]
    if not pins:
        return None
    price = price_of_change(before, after, pins, {line.name for line in manifest.requirements})
    return None if price.introduced or price.left >= len(goals(before)) else price


def _steps(manifest: Manifest, case: Case, index: object, name: str) -> Iterator[Manifest]:
    """Yield *manifest* with the requirement that leads to *name* relaxed, step by step."""
    for direct in _leading_to(manifest, case, index, name):
        line = next(each for each in manifest.requirements if each.name == direct)
        pinned = [spec.version.removesuffix(".*") for spec in line.specifier if spec.operator == "=="]
        low = Version(pinned[0]) if pinned else Version(min(case.packages[direct], key=Version))
        ranges = [f"=={low.major}.{low.minor}.*", f"=={low.major}.*"]
        ranges += [f"=={low.major + more}.*" for more in range(1, _MOST_MAJORS)]
        for text in ranges:
            lines = tuple(
                replace(each, specifier=SpecifierSet(text)) if each is line else each
                for each in manifest.requirements
            )
            yield replace(manifest, requirements=lines)


def _leading_to(manifest: Manifest, case: Case, index: object, name: str) -> list[str]:
    """Return the direct requirements from which *name* can be reached."""
    outcome = resolve_both(manifest, parse_target(case.target), index, Options())[0]  # type: ignore[arg-type]
    direct = [line.name or "" for line in manifest.requirements]
    if not isinstance(outcome, Resolution) or name in direct:
        return [name] if name in direct else []
    found, waiting = {name}, [name]
    while waiting:
        chosen = outcome.packages.get(waiting.pop())  # type: ignore[call-overload]
        for edge in chosen.wanted_by if chosen is not None else ():
            if edge.parent is not None and edge.parent not in found:
                found.add(edge.parent)
                waiting.append(edge.parent)
    return [each for each in direct if each in found]
