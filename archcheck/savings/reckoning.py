"""What moving to arm64 is worth on AWS Lambda: a share of the duration charge, never of the whole bill."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archcheck.savings import monthly_bill
from archcheck.savings.prices import LambdaPrices, Tier, prices
from archcheck.savings.workload import CostAt, Savings, Workload

if TYPE_CHECKING:
    from archcheck.platforms.targets import Target

_RATIOS = tuple(Decimal(step) / 20 for step in range(10, 33))  # 0.50 to 1.60: what was measured lies within
_ALIKE = Decimal(1)


def savings(target: Target, workload: Workload | None = None) -> Savings | None:
    """Return what moving saves; None for targets that Lambda does not bill.

    Without a month's use it is a percentage of the duration charge alone, with one it is dollars as well.
    """
    if not target.is_lambda:
        return None
    said = workload or Workload()
    known = _prices(said)
    ratio = _ALIKE if said.arm_duration_ratio is None else _exact(said.arm_duration_ratio)
    relative = known.arm64[0].usd_per_gb_second / known.x86_64[0].usd_per_gb_second
    share = Savings(
        basis="AWS Lambda duration charge",
        percent=_rounded((1 - relative * ratio) * 100, "0.1"),
        monthly_usd=None,
        break_even_ratio=_rounded(1 / relative, "0.01"),
        assumptions=_assumptions(said, known),
        workload=workload,
    )
    return share if said.gb_seconds is None else _in_dollars(share, said, known, ratio)


def _in_dollars(share: Savings, workload: Workload, known: LambdaPrices, ratio: Decimal) -> Savings:
    usage = monthly_bill.Usage(gb_seconds=_used(workload), requests=workload.invocations or 0)
    x86, arm = monthly_bill.on_x86_64(usage, known), monthly_bill.on_arm64(usage, known, ratio=ratio)
    even = monthly_bill.break_even(usage, known)
    return replace(
        share,
        # The difference of what is shown, so that a reader can do the sum.
        monthly_usd=float(_cents(x86) - _cents(arm)),
        x86_monthly_usd=float(_cents(x86)),
        arm_monthly_usd=float(_cents(arm)),
        bill_percent=_rounded((x86 - arm) / x86 * 100, "0.1") if x86 else None,
        break_even_ratio=None if even is None else _rounded(even, "0.01"),
        curve=tuple(
            CostAt(
                ratio=float(at), arm_monthly_usd=float(_cents(monthly_bill.on_arm64(usage, known, ratio=at)))
            )
            for at in _RATIOS
        ),
        assumptions=(*share.assumptions, *_about_the_bill(workload, usage, known, ratio)),
    )


def _prices(workload: Workload) -> LambdaPrices:
    """Return the prices known, or those that the user gives for another region, which have no tiers."""
    known = prices()
    if workload.price_x86 is None or workload.price_arm is None:
        return known
    given = {"x86_64": workload.price_x86, "arm64": workload.price_arm}
    tiers = {name: (Tier(usd_per_gb_second=_exact(price)),) for name, price in given.items()}
    return msgspec.structs.replace(known, tiers=tiers)


def _used(workload: Workload) -> Decimal:
    if workload.memory_mb is None or workload.duration_ms is None or workload.invocations is None:
        return _exact(workload.gb_seconds or 0.0)
    return monthly_bill.gb_seconds(
        memory_mb=workload.memory_mb,
        duration_ms=_exact(workload.duration_ms),
        invocations=workload.invocations,
    )


def _assumptions(workload: Workload, known: LambdaPrices) -> tuple[str, ...]:
    if workload.price_x86 is None:
        priced = f"prices of {known.region} as of {known.as_of}"
    else:
        x86, arm = (f"${tiers[0].usd_per_gb_second:f}" for tiers in (known.x86_64, known.arm64))
        priced = f"prices as given, without tiers: {x86} a GB-second on x86_64, {arm} on arm64"
    if workload.arm_duration_ratio is None:
        lasting = "the function takes as long on arm64 as on x86_64; measure yours"
    else:
        lasting = f"the function takes {workload.arm_duration_ratio:g} times as long on arm64, as measured"
    return priced, lasting, "the request charge is the same on both"


def _about_the_bill(
    workload: Workload, usage: monthly_bill.Usage, known: LambdaPrices, ratio: Decimal
) -> tuple[str, ...]:
    free = known.free
    free_tier = f"the free {free.requests:,} requests and {free.gb_seconds:,} GB-seconds a month"
    said = [f"nothing else in the account uses up the tiers, or {free_tier}"]
    if workload.invocations is None:
        said.append("requests are not counted: GB-seconds alone were given")
    if monthly_bill.reaches_unconfirmed(usage.gb_seconds * ratio, known.arm64, free=free.gb_seconds):
        said.append(f"arm64's price above {known.arm64[-2].until:,} GB-seconds a month is not confirmed")
    return tuple(said)


def _exact(value: float) -> Decimal:
    """Return the decimal number that was typed."""
    return Decimal(repr(value))


def _cents(dollars: Decimal) -> Decimal:
    return dollars.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _rounded(value: Decimal, step: str) -> float:
    return float(value.quantize(Decimal(step), rounding=ROUND_HALF_UP))
