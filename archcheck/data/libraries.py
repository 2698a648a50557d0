"""The shape of `libraries.toml`: shared libraries that a base is known to lack."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache

import msgspec

from archcheck.data import load
from archcheck.data.runtimes import runtimes


class Lacking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a base lacks: by soname the package that brings it there, and what `installs` packages."""

    as_of: date
    source: str
    installs: str
    absent: dict[str, str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    slim: Lacking
    lambda_: Lacking


@cache
def _known() -> _File:
    return load("libraries.toml", _File)


def lacking(base: str) -> Lacking | None:
    """Return what the *base* of a target lacks, as in `debian12` or `lambda`; None where nothing is known."""
    if base == "lambda":
        return _known().lambda_
    image = runtimes().bases.get(base)
    return _known().slim if base.startswith("debian") and image and image.python_image else None
