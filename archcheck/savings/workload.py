"""What moving to arm64 is worth, as a report says it, and what it is reckoned for."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace


class Workload(Struct, frozen=True, kw_only=True):
    """What the user says of what runs: a month's use, how long it takes on arm64, where, and what that costs.

    `gb_seconds` is the use on x86_64 in a month, also where it was given as memory, duration and
    invocations; None where no use was given. `arm_duration_ratio` is arm64's duration over x86_64's, None
    where it was not measured. `region` is one whose prices are known; prices that were given are US dollars a
    GB-second. `fargate`: containers run on AWS Fargate; the rest is of AWS Lambda.
    """

    memory_mb: int | None = None
    duration_ms: float | None = None
    invocations: int | None = None
    gb_seconds: float | None = None
    arm_duration_ratio: float | None = None
    price_x86: float | None = None
    price_arm: float | None = None
    region: str | None = None
    fargate: bool = False

    def without_use(self) -> Workload:
        """Return what holds of everything that runs: the month's use is that of one function."""
        return replace(self, memory_mb=None, duration_ms=None, invocations=None, gb_seconds=None)


class CostAt(Struct, frozen=True, kw_only=True):
    """The monthly bill on arm64 if the function took `ratio` times as long there as on x86_64."""

    ratio: float
    arm_monthly_usd: float


class Savings(Struct, frozen=True, kw_only=True):
    """What moving is worth; `percent` of the `basis`, never of the bill; dollars only for a workload.

    `bill_percent` is the share of the whole monthly bill. `break_even_ratio` is how many times as long as
    on x86_64 the function may take on arm64 before that costs as much; None where x86_64 costs nothing.
    """

    basis: str
    percent: float
    monthly_usd: float | None
    assumptions: tuple[str, ...]
    x86_monthly_usd: float | None = None
    arm_monthly_usd: float | None = None
    bill_percent: float | None = None
    break_even_ratio: float | None = None
    curve: tuple[CostAt, ...] = ()
    workload: Workload | None = None
