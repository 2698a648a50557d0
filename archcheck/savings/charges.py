"""What AWS Lambda and AWS Fargate charge less on arm64: a share, and dollars where a use is given."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import replace

from archcheck.savings import monthly_bill
from archcheck.savings.prices import LambdaPrices, Tier, fargate_prices, prices
from archcheck.savings.workload import CostAt, Savings, Workload

_RATIOS = tuple(Decimal(step) / 20 for step in range(10, 33))  # 0.50 to 1.60: what was measured lies within
_ALIKE = Decimal(1)


def on_lambda(said: Workload, workload: Workload | None) -> Savings:
    """Return the share of the duration charge; where *said* has a month's use, dollars as well."""
    known = _prices(said)
    ratio = _ratio(said)
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


def on_fargate(said: Workload) -> Savings:
    """Return the smaller of the two shares, vCPUs' and memory's: what a task is made of is not known here."""
    known = fargate_prices()
    vcpu, memory = known.usd_per_vcpu_hour.relative, known.usd_per_gb_hour.relative
    dearer = max(vcpu, memory)
    less = [f"{_rounded((1 - each) * 100, '0.1'):g}%" for each in (vcpu, memory)]
    return Savings(
        basis="AWS Fargate charge",
        percent=_rounded((1 - dearer * _ratio(said)) * 100, "0.1"),
        monthly_usd=None,
        break_even_ratio=_rounded(1 / dearer, "0.01"),
        assumptions=(
            f"prices of {known.region} as of {known.as_of}: {less[0]} less a vCPU-hour, {less[1]} a GB-hour",
            "the tasks run on Amazon ECS; EKS's Fargate has no arm64",
            _lasting(said, "a task"),
        ),
        workload=said,
    )


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
        assumptions=(*share.assumptions, *_about_the_bill(workload, known)),
    )


def _prices(workload: Workload) -> LambdaPrices:
    """Return the prices of the region, or those that the user gives; of most, one for every tier."""
    known = prices()
    if workload.price_x86 is not None and workload.price_arm is not None:
        x86, arm = _exact(workload.price_x86), _exact(workload.price_arm)
    elif workload.region in known.elsewhere.first_tier:
        pair = known.elsewhere.first_tier[workload.region]
        x86, arm = pair.x86_64, pair.arm64
    else:
        return known
    return replace(
        known, tiers={"x86_64": (Tier(usd_per_gb_second=x86),), "arm64": (Tier(usd_per_gb_second=arm),)}
    )


def _used(workload: Workload) -> Decimal:
    if workload.memory_mb is None or workload.duration_ms is None or workload.invocations is None:
        return _exact(workload.gb_seconds or 0.0)
    return monthly_bill.gb_seconds(
        memory_mb=workload.memory_mb,
        duration_ms=_exact(workload.duration_ms),
        invocations=workload.invocations,
    )


def _assumptions(workload: Workload, known: LambdaPrices) -> tuple[str, ...]:
    if workload.price_x86 is not None:
        x86, arm = (f"${tiers[0].usd_per_gb_second:f}" for tiers in (known.x86_64, known.arm64))
        priced = f"prices as given, without tiers: {x86} a GB-second on x86_64, {arm} on arm64"
    elif workload.region in known.elsewhere.first_tier:
        priced = f"prices of {workload.region} as of {known.elsewhere.as_of}, the first tier's throughout"
    else:
        priced = f"prices of {known.region} as of {known.as_of}"
    return priced, _lasting(workload, "the function"), "the request charge is the same on both"


def _lasting(workload: Workload, what: str) -> str:
    if workload.arm_duration_ratio is None:
        return f"{what} takes as long on arm64 as on x86_64; measure yours"
    return f"{what} takes {workload.arm_duration_ratio:g} times as long on arm64, as measured"


def _about_the_bill(workload: Workload, known: LambdaPrices) -> tuple[str, ...]:
    free = known.free
    free_tier = f"the free {free.requests:,} requests and {free.gb_seconds:,} GB-seconds a month"
    said = [f"nothing else in the account uses up the tiers, or {free_tier}"]
    if workload.invocations is None:
        said.append("requests are not counted: GB-seconds alone were given")
    return tuple(said)


def _ratio(workload: Workload) -> Decimal:
    return _ALIKE if workload.arm_duration_ratio is None else _exact(workload.arm_duration_ratio)


def _exact(value: float) -> Decimal:
    """Return the decimal number that was typed."""
    return Decimal(repr(value))


def _cents(dollars: Decimal) -> Decimal:
    return dollars.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _rounded(value: Decimal, step: str) -> float:
    return float(value.quantize(Decimal(step), rounding=ROUND_HALF_UP))
