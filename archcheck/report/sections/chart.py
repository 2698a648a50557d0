"""The cost chart: where its lines, ticks and marks lie, in the units of an SVG 640 wide and 300 high."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from archcheck.savings.workload import Savings

WIDTH, HEIGHT = 640, 300
# Below and beside the axes there is room for the larger letters of a phone.
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 24, 64
_STEPS = (1, 2, 2.5, 5, 10)
_CENT = 0.01
_TICKS = 5


class Tick(Struct, frozen=True, kw_only=True):
    """A mark on an axis: where, and what it says."""

    at: float
    label: str


class Chart(Struct, frozen=True, kw_only=True):
    """A month's cost on arm64 against the duration ratio, with x86_64's as a level line."""

    points: str
    x86_y: float
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    even: Tick | None
    here: Tick | None
    here_y: float


def chart(savings: Savings) -> Chart | None:
    """Return the chart; None where no workload was given, or nothing is billed."""
    if not savings.curve or savings.x86_monthly_usd is None or savings.arm_monthly_usd is None:
        return None
    ratios = [point.ratio for point in savings.curve]
    low, high = min(ratios), max(ratios)
    top = max(savings.x86_monthly_usd, *(point.arm_monthly_usd for point in savings.curve))
    if low == high or top < _CENT:
        return None
    step = _step(top)

    def x(ratio: float) -> float:
        return round(LEFT + (ratio - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    def y(dollars: float) -> float:
        return round(HEIGHT - BOTTOM - dollars / top * (HEIGHT - TOP - BOTTOM), 1)

    def mark(ratio: float | None) -> Tick | None:
        if ratio is None or not low <= ratio <= high:
            return None
        return Tick(at=x(ratio), label=f"{ratio:g}")

    measured = savings.workload.arm_duration_ratio if savings.workload else None
    return Chart(
        points=" ".join(f"{x(point.ratio)},{y(point.arm_monthly_usd)}" for point in savings.curve),
        x86_y=y(savings.x86_monthly_usd),
        across=tuple(Tick(at=x(r), label=f"{r:g}") for r in ratios if round(r * 100) % 25 == 0),
        up=tuple(
            Tick(at=y(step * n), label=f"${step * n:,.10g}") for n in range(_TICKS + 1) if step * n <= top
        ),
        even=mark(savings.break_even_ratio),
        here=mark(1.0 if measured is None else measured),
        here_y=y(savings.arm_monthly_usd),
    )


def _step(top: float) -> float:
    """Return a round distance between ticks, so that about five of them fit under *top*."""
    rough = top / _TICKS
    scale = 10.0 ** math.floor(math.log10(rough))
    return next((scale * step for step in _STEPS if scale * step >= rough), rough)
