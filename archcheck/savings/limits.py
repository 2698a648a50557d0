"""What numbers of a workload somebody may run."""

from __future__ import annotations

from typing import Final

Limits = tuple[type[int] | type[float], float, float]

# AWS Lambda's own limits; the others are far beyond what anybody runs, and keep the sums finite.
LIMITS: Final[dict[str, Limits]] = {
    "memory_mb": (int, 128, 10_240),
    "duration_ms": (float, 0.001, 900_000),
    "invocations": (int, 1, 10**15),
    "gb_seconds": (float, 0.001, 10**15),
    "arm_duration_ratio": (float, 0.01, 100),
    "price_x86": (float, 1e-9, 1),
    "price_arm": (float, 1e-9, 1),
}


def expected(field: str) -> str:
    """Return what number the *field* of a workload takes."""
    kind, least, most = LIMITS[field]
    return f"expected a {'whole ' if kind is int else ''}number from {least:,} to {most:,}"
