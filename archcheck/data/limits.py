"""The shape of `limits.toml`: how large a function may be, by the way it is shipped."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache

import msgspec

from archcheck.data import load


class Sdk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The AWS SDK, which the Python runtimes bring, and what comes with it; normalised names."""

    packages: frozenset[str]
    dependencies: frozenset[str]


class LambdaLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """AWS Lambda's limits in bytes; `layers` is a number of them."""

    as_of: date
    source: str
    upload: int
    unzipped: int
    layers: int
    image: int
    sdk: Sdk


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    lambda_: LambdaLimits


@cache
def lambda_limits() -> LambdaLimits:
    """Return what `limits.toml` says of AWS Lambda, read once a process."""
    return load("limits.toml", _File).lambda_
