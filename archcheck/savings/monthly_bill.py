"""What a month of AWS Lambda costs: GB-seconds by tier and requests, less what is free.

All arithmetic is in `Decimal`, in US dollars; nothing is rounded here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.savings.prices import LambdaPrices, Tier

MILLION = 1_000_000
_ZERO = Decimal(0)


class Usage(Struct, frozen=True, kw_only=True):
    """What runs in a month: GB-seconds as on x86_64, and requests."""

    gb_seconds: Decimal
    requests: int


def gb_seconds(*, memory_mb: int, duration_ms: Decimal, invocations: int) -> Decimal:
    """Return what the invocations use; a GB is 1,024 MB."""
    return memory_mb * duration_ms * invocations / (1024 * 1000)


def duration_charge(used: Decimal, tiers: Sequence[Tier], *, free: int) -> Decimal:
    """Return the price of *used* GB-seconds; the free ones come off first, the rest fills the tiers."""
    left = max(used - free, _ZERO)
    total = start = _ZERO
    for tier in tiers:
        end = left if tier.until is None else min(left, Decimal(tier.until))
        total += max(end - start, _ZERO) * tier.usd_per_gb_second
        start = max(start, end)
    return total


def affordable(charge: Decimal, tiers: Sequence[Tier], *, free: int) -> Decimal:
    """Return the GB-seconds that *charge* pays for: `duration_charge` the other way round."""
    start = _ZERO
    for tier in tiers:
        if tier.until is None:
            break
        whole = (tier.until - start) * tier.usd_per_gb_second
        if charge <= whole:
            break
        charge -= whole
        start = Decimal(tier.until)
    return free + start + charge / tier.usd_per_gb_second


def request_charge(requests: int, prices: LambdaPrices) -> Decimal:
    """Return the price of *requests*, which is the same on both architectures."""
    billed = max(requests - prices.free.requests, 0)
    return prices.usd_per_million_requests * billed / MILLION


def on_x86_64(usage: Usage, prices: LambdaPrices) -> Decimal:
    """Return the month's bill on x86_64."""
    charge = duration_charge(usage.gb_seconds, prices.x86_64, free=prices.free.gb_seconds)
    return charge + request_charge(usage.requests, prices)


def on_arm64(usage: Usage, prices: LambdaPrices, *, ratio: Decimal) -> Decimal:
    """Return the month's bill on arm64, where the function takes *ratio* times as long."""
    charge = duration_charge(usage.gb_seconds * ratio, prices.arm64, free=prices.free.gb_seconds)
    return charge + request_charge(usage.requests, prices)


def break_even(usage: Usage, prices: LambdaPrices) -> Decimal | None:
    """Return the duration ratio at which both cost the same; None where x86_64's duration is all free."""
    charge = duration_charge(usage.gb_seconds, prices.x86_64, free=prices.free.gb_seconds)
    if not charge:
        return None
    return affordable(charge, prices.arm64, free=prices.free.gb_seconds) / usage.gb_seconds
