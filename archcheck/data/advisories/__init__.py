"""What is known to fail on arm64 although it installs: a file for each package, named as the package is.

Only the files of packages that are in a set are read; the folder's listing tells which there are.
Internal.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from archcheck.data import load


class Advisory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault. `versions` are a specifier set (PEP 440), `targets` globs of the targets that it shows on.

    `effect` is "fails" where it cannot be used there at all, "limited" where some of it works.
    """

    versions: str = ""
    targets: tuple[str, ...] = ("*",)
    effect: Literal["fails", "limited"]
    says: str
    source: str
    checked: date


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    advisory: tuple[Advisory, ...]


@cache
def advised() -> frozenset[str]:
    """Return the normalised names of the packages that there are advisories about."""
    return frozenset(path.stem for path in Path(__file__).parent.glob("*.toml"))


@cache
def advisories(package: str) -> tuple[Advisory, ...]:
    """Return what is known of the normalised name *package*."""
    return load(f"advisories/{package}.toml", _File).advisory if package in advised() else ()
