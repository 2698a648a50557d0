"""The shape of `building.toml`: which system packages bring what building an sdist takes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from archcheck.data import load

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPILERS: Final = ("a C compiler", "a C++ compiler")
"""What building takes where nothing says what."""
_INSTALL: Final = {
    "apt-get": "apt-get update && apt-get install -y --no-install-recommends",
    "apk": "apk add --no-cache",
}


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that building takes: what evidence calls it, and its packages by manager."""

    says: tuple[str, ...]
    build: dict[str, tuple[str, ...]]
    run: dict[str, tuple[str, ...]] = {}


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """System packages to `build` with and to `run` with, and what no package is known for (`unknown`)."""

    build: tuple[str, ...]
    run: tuple[str, ...]
    unknown: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tool: tuple[Tool, ...]


@cache
def _tools() -> tuple[Tool, ...]:
    return load("building.toml", _File).tool


def needed(takes: Iterable[str], manager: str) -> Needed:
    """Return which packages of *manager* bring what building *takes* (`pg_config (setup.py:35)`)."""
    build: dict[str, None] = {}
    run: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for taken in takes:
        tool = next((each for each in _tools() if any(_is(taken, name) for name in each.says)), None)
        if tool is None or manager not in tool.build:
            unknown[taken] = None
            continue
        build.update(dict.fromkeys(tool.build[manager]))
        run.update(dict.fromkeys(tool.run.get(manager, ())))
    return Needed(build=tuple(build), run=tuple(run), unknown=tuple(unknown))


def install(packages: Iterable[str], manager: str) -> str:
    """Return the command with which *manager* installs *packages*."""
    return f"{_INSTALL.get(manager, f'{manager} install -y')} {' '.join(packages)}"


def _is(taken: str, name: str) -> bool:
    return taken == name or taken.startswith(f"{name} (")
