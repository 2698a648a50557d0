"""The shape of `replacements.toml`: distributions that another one takes the place of."""

from __future__ import annotations

from functools import cache

import msgspec

from archcheck.data import load


class Replacement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry; the file says what each field means."""

    package: str
    by: str
    since: str = ""
    same: bool = False
    code: bool
    why: str
    source: str


class _Replacements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    replacement: tuple[Replacement, ...]


def replacements_for(package: str) -> tuple[Replacement, ...]:
    """Return what may take the place of *package* (a normalised name), in the order of the file."""
    return tuple(each for each in _all() if each.package == package)


@cache
def _all() -> tuple[Replacement, ...]:
    return load("replacements.toml", _Replacements).replacement
