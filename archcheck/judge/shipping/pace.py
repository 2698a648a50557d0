"""How rarely packages change: what a layer is for. Told by the upload times on index pages.

The year that is looked at ends with the newest file of the set, not today: so one input has one answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from archcheck.judge.shipping.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_YEAR: Final = timedelta(days=365)


def releases_until(uploads: Iterable[Sequence[str | None]], end: str) -> int | None:
    """Return how many releases came out in the year up to *end*, each given as the upload times of its files.

    Times are ISO 8601. None where some release, or *end*, has none: pages in HTML state no times.
    """
    last = _moment(end)
    firsts = [min(filter(None, map(_moment, times)), default=None) for times in uploads]
    if last is None or not firsts or None in firsts:
        return None
    return sum(last - _YEAR < first <= last for first in firsts if first is not None)


def pace_note(layer: Sequence[str], releases: Mapping[str, int], end: str) -> str:
    """Return how often the packages of a *layer* change, in words; "" where nobody knows."""
    known = [f"{name} ({releases[name]})" for name in layer if name in releases]
    if not known:
        return ""
    return f"a layer is for what changes rarely: releases in the year up to {end[:10]}: {listed(known)}"


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
