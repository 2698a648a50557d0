"""The shape of `prices.toml`: what AWS Lambda charges on each architecture."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from decimal import Decimal  # noqa: TC003
from functools import cache

import msgspec

from archcheck.data import load


class LambdaPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region's prices; `usd_per_gb_second` is keyed by architecture."""

    region: str
    as_of: date
    source: str
    usd_per_million_requests: Decimal
    usd_per_gb_second: dict[str, Decimal]

    @property
    def x86_64(self) -> Decimal:
        """The first tier's price of a GB-second on x86_64, in US dollars."""
        return self.usd_per_gb_second["x86_64"]

    @property
    def arm64(self) -> Decimal:
        """The first tier's price of a GB-second on arm64, in US dollars."""
        return self.usd_per_gb_second["arm64"]


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    """The whole file."""

    lambda_: LambdaPrices


@cache
def prices() -> LambdaPrices:
    """Return what AWS Lambda costs."""
    return load("prices.toml", Prices).lambda_
