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
    """One fault: which versions have it (a specifier set, PEP 440; empty: all), and where it shows.

    `targets` are globs; with "!" in front it does not show there, and with such alone it shows on all others.
    `glibc` is a specifier set for the target's glibc; with one, it does not show on musl. `files` are globs
    of the file that aarch64 gets: libclang 16.0.6 has two for it, and the later one is sound.
    `effect` is "fails" where it cannot be used there at all, "limited" where some of it works, or where it
    shows on some machines alone, which `says` names. What is `inside` the file can be seen there: AC011 is
    about the same where it was read. `newest` was the newest release when that was `checked`.
    """

    versions: str = ""
    targets: tuple[str, ...] = ("*",)
    glibc: str = ""
    files: tuple[str, ...] = ("*",)
    effect: Literal["fails", "limited"]
    inside: bool = False
    says: str
    source: str
    checked: date
    newest: str


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    advisory: tuple[Advisory, ...]


@cache
def _files() -> dict[str, str]:
    """Return the file of each package; "_" at its end keeps ruff from taking `ruff.toml` for its settings."""
    return {path.stem.rstrip("_"): path.name for path in Path(__file__).parent.glob("*.toml")}


def advised() -> frozenset[str]:
    """Return the normalised names of the packages that there are advisories about."""
    return frozenset(_files())


@cache
def advisories(package: str) -> tuple[Advisory, ...]:
    """Return what is known of the normalised name *package*."""
    file = _files().get(package)
    return load(f"advisories/{file}", _File).advisory if file else ()
