"""Which packages are on several indexes, where whoever publishes the higher version is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.resolve.model import Resolution

SHOWN = 8
"""How many packages a note names: a mirror of everything would name them all."""


def confusion_notes(resolutions: Iterable[Resolution]) -> tuple[str, ...]:
    """Return a sentence for each set of indexes that have the same packages (dependency confusion)."""
    found = {
        name: chosen.indexes
        for resolution in resolutions
        for name, chosen in resolution.packages.items()
        if chosen.indexes
    }
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, indexes in sorted(found.items()):
        groups.setdefault(tuple(dict.fromkeys(indexes)), []).append(name)
    return tuple(
        f"on more than one index ({', '.join(indexes)}): {_first_of(names)}; by pip's rule the best version "
        "on any of them is taken, so whoever publishes the higher one is installed (dependency confusion)"
        for indexes, names in sorted(groups.items())
    )


def _first_of(names: list[str]) -> str:
    more = len(names) - SHOWN
    return f"{', '.join(names[:SHOWN])} and {more} more" if more > 0 else ", ".join(names)
