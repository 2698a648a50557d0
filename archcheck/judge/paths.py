"""Who brings a package in: the ways from the manifest's own requirements down to it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.manifest.manifest import Location, Requirement
    from archcheck.resolve.model import Resolution

MAX_PATHS = 5


def parents(
    resolutions: Iterable[Resolution], via: Mapping[NormalizedName, tuple[NormalizedName, ...]]
) -> dict[NormalizedName, tuple[NormalizedName | None, ...]]:
    """Return, by package, who asks for it on any of the machines; None stands for the manifest.

    A compiled manifest lists every package: those that *via* says are there for others alone are not asked
    for by it, as long as a way from what it does ask for leads to them.
    """
    found: dict[NormalizedName, set[NormalizedName | None]] = {}
    for resolution in resolutions:
        for name, chosen in resolution.packages.items():
            found.setdefault(name, set()).update(edge.parent for edge in chosen.wanted_by)
    without = {
        name: (above | {up for up in via[name] if up in found}) - {None} if name in via else above
        for name, above in found.items()
    }
    reached = _reached(without)
    return {
        name: tuple(sorted(above if name in reached else found[name], key=lambda up: up or ""))
        for name, above in without.items()
    }


def compiled(requirements: Iterable[Requirement]) -> dict[NormalizedName, tuple[NormalizedName, ...]]:
    """Return, by package, for whose sake alone a compiled requirements file lists it."""
    via: dict[NormalizedName, set[NormalizedName]] = {}
    direct = set()
    for requirement in requirements:
        if requirement.name is not None and requirement.via:
            via.setdefault(requirement.name, set()).update(requirement.via)
        else:
            direct.add(requirement.name)
    return {name: tuple(sorted(ups)) for name, ups in via.items() if name not in direct}


def _reached(above: Mapping[NormalizedName, set[NormalizedName | None]]) -> set[NormalizedName | None]:
    """Return what some way from the manifest (None) leads to."""
    below: dict[NormalizedName | None, list[NormalizedName]] = {}
    for name, ups in above.items():
        for up in ups:
            below.setdefault(up, []).append(name)
    reached: set[NormalizedName | None] = {None}
    waiting: list[NormalizedName | None] = [None]
    while waiting:
        fresh = [name for name in below.get(waiting.pop(), ()) if name not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached


def locations(resolutions: Iterable[Resolution]) -> dict[NormalizedName, tuple[Location, ...]]:
    """Return where the manifest itself asks for each direct requirement."""
    found: dict[NormalizedName, set[Location]] = {}
    for resolution in resolutions:
        for name, chosen in resolution.packages.items():
            for edge in chosen.wanted_by:
                if edge.parent is None and edge.location is not None:
                    found.setdefault(name, set()).add(edge.location)
    return {name: tuple(sorted(places)) for name, places in found.items()}


def shortest(
    name: NormalizedName, above: Mapping[NormalizedName, tuple[NormalizedName | None, ...]]
) -> tuple[tuple[NormalizedName, ...], ...]:
    """Return up to `MAX_PATHS` of the shortest ways from a direct requirement to *name*, both included."""
    found: list[tuple[NormalizedName, ...]] = []
    queue = deque([name])
    below: dict[NormalizedName, NormalizedName | None] = {name: None}
    while queue and len(found) < MAX_PATHS:
        here = queue.popleft()
        ups = above.get(here, ())
        if None in ups:
            found.append(tuple(_down(here, below)))
        for up in ups:
            if up is not None and up not in below:
                below[up] = here
                queue.append(up)
    return tuple(found)


def _down(
    name: NormalizedName, below: Mapping[NormalizedName, NormalizedName | None]
) -> Iterator[NormalizedName]:
    here: NormalizedName | None = name
    while here is not None:
        yield here
        here = below[here]
