"""Who brings a package in: the ways from the manifest's own requirements down to it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.manifest import Location
    from archcheck.resolve.model import Resolution

MAX_PATHS = 5


def parents(resolutions: Iterable[Resolution]) -> dict[NormalizedName, tuple[NormalizedName | None, ...]]:
    """Return, by package, who asks for it on any of the machines; None stands for the manifest."""
    found: dict[NormalizedName, dict[NormalizedName | None, None]] = {}
    for resolution in resolutions:
        for name, chosen in resolution.packages.items():
            for edge in chosen.wanted_by:
                found.setdefault(name, {})[edge.parent] = None
    return {name: tuple(sorted(above, key=lambda up: up or "")) for name, above in found.items()}


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
    queue: deque[tuple[NormalizedName, ...]] = deque([(name,)])
    seen = {name}
    while queue and len(found) < MAX_PATHS:
        path = queue.popleft()
        ups = above.get(path[0], ())
        if None in ups:
            found.append(path)
        for up in ups:
            if up is not None and up not in seen:
                seen.add(up)
                queue.append((up, *path))
    return tuple(found)
