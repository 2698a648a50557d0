"""Small universes as data: what an index has, what is asked for, and the least that cures it.

The tables are those of `tests/resolve/cases.py`, and beside them `[best]`: what the cheapest change pins, and
its price, as `brute.py` found them out; without it there is no way out.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.remedy.brute import Price
from tests.resolve.cases import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).with_name("universes")


class Universe(NamedTuple):
    """A case, and what is the best that can be done."""

    case: Case
    price: Price | None
    pins: Mapping[str, str]


def universes() -> list[Universe]:
    """Return all universes, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        best = said.pop("best", None)
        price = Price(**best["price"]) if best else None
        found.append(
            Universe(case=Case(name=path.stem, **said), price=price, pins=best["pins"] if best else {})
        )
    return found


def written(case: Case, best: tuple[Price, Mapping[str, str]] | None) -> str:
    """Return the file of *case*, with what was found out to be the *best*."""
    lines = [f"about = {json.dumps(case.about)}", f"requirements = {json.dumps(case.requirements)}"]
    for name, versions in case.packages.items():
        lines.append(f"[packages.{name}]")
        for version, facts in versions.items():
            told = ", ".join(f"{key} = {json.dumps(value)}" for key, value in facts.items())
            lines.append(f'"{version}" = {{ {told} }}')
    if best is not None:
        price, pins = best
        lines.append("[best]")
        lines.append("pins = { " + ", ".join(f'{name} = "{pins[name]}"' for name in sorted(pins)) + " }")
        lines.append(
            "price = { " + ", ".join(f"{key} = {value}" for key, value in price._asdict().items()) + " }"
        )
    return "\n".join(lines) + "\n"
