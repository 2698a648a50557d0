"""The shape of `limits.toml`: how large a function or an agent may be, by the way it is shipped."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache

import msgspec

from archcheck.data import load


class Sdk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The AWS SDK, which the Python runtimes bring, and what comes with it; normalised names."""

    packages: frozenset[str] = frozenset()
    dependencies: frozenset[str] = frozenset()


class ShippingLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a service takes, in bytes; `layers` is a number of them, and `sdk` what its runtimes bring."""

    as_of: date
    source: str
    upload: int
    unzipped: int
    layers: int
    image: int
    sdk: Sdk = Sdk()


@cache
def _limits() -> dict[str, ShippingLimits]:
    return load("limits.toml", dict[str, ShippingLimits])


def shipping_limits(base: str) -> ShippingLimits | None:
    """Return what a target's *base* takes; None where `limits.toml` says nothing of it."""
    return _limits().get(base)
