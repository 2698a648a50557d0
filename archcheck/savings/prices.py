"""The shape of `prices.toml`: what AWS Lambda charges on each architecture."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from decimal import Decimal  # noqa: TC003
from functools import cache

import msgspec

from archcheck.data import load


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price, up to `until` GB-seconds of a month; the last tier has no end."""

    usd_per_gb_second: Decimal
    until: int | None = None
    confirmed: bool = True


class FreeTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account has free each month."""

    requests: int
    gb_seconds: int


class LambdaPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region's prices; `tiers` are keyed by architecture, in the order in which they are used up."""

    region: str
    as_of: date
    source: str
    usd_per_million_requests: Decimal
    free: FreeTier
    tiers: dict[str, tuple[Tier, ...]]

    @property
    def x86_64(self) -> tuple[Tier, ...]:
        """What a GB-second costs on x86_64."""
        return self.tiers["x86_64"]

    @property
    def arm64(self) -> tuple[Tier, ...]:
        """What a GB-second costs on arm64."""
        return self.tiers["arm64"]


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    """The whole file."""

    lambda_: LambdaPrices


@cache
def prices() -> LambdaPrices:
    """Return what AWS Lambda costs."""
    return load("prices.toml", Prices).lambda_
