"""The shape of `prices.toml`: what AWS Lambda and AWS Fargate charge on each architecture."""

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


class FreeTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account has free each month."""

    requests: int
    gb_seconds: int


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the same costs on each architecture, in US dollars."""

    x86_64: Decimal
    arm64: Decimal

    @property
    def relative(self) -> Decimal:
        """What arm64 costs as a share of x86_64."""
        return self.arm64 / self.x86_64


class Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A GB-second of the first tier in other regions, by their names."""

    as_of: date
    source: str
    first_tier: dict[str, Pair]


class LambdaPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region's prices; `tiers` are keyed by architecture, in the order in which they are used up."""

    region: str
    as_of: date
    source: str
    usd_per_million_requests: Decimal
    free: FreeTier
    tiers: dict[str, tuple[Tier, ...]]
    elsewhere: Elsewhere

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions whose prices are known, that with all its tiers first."""
        return self.region, *self.elsewhere.first_tier

    @property
    def x86_64(self) -> tuple[Tier, ...]:
        """What a GB-second costs on x86_64."""
        return self.tiers["x86_64"]

    @property
    def arm64(self) -> tuple[Tier, ...]:
        """What a GB-second costs on arm64."""
        return self.tiers["arm64"]


class FargatePrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region's prices of a task on Amazon ECS, by the hour."""

    region: str
    as_of: date
    source: str
    usd_per_vcpu_hour: Pair
    usd_per_gb_hour: Pair


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    """The whole file."""

    lambda_: LambdaPrices
    fargate: FargatePrices


def prices() -> LambdaPrices:
    """Return what AWS Lambda costs."""
    return _all().lambda_


def fargate_prices() -> FargatePrices:
    """Return what AWS Fargate costs."""
    return _all().fargate


@cache
def _all() -> Prices:
    return load("prices.toml", Prices)
