"""The shape of `stable_abi.toml`: which names of CPython's stable ABI older Pythons lack."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from archcheck.data import load

if TYPE_CHECKING:
    from collections.abc import Iterable


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    as_of: date
    source: str
    since: dict[str, tuple[str, ...]]


@cache
def _absent(minor: int) -> frozenset[str]:
    since = load("stable_abi.toml", _File).since
    return frozenset(name for line, names in since.items() if int(line[2:]) > minor for name in names)


def absent_from(symbols: Iterable[str], minor: int) -> tuple[str, ...]:
    """Return those of *symbols* that CPython 3.*minor* is known not to export, in their order."""
    absent = _absent(minor)
    return tuple(name for name in symbols if name in absent)
