"""What moving to arm64 is worth on AWS Lambda: a share of the duration charge, never of the whole bill."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from archcheck.data.prices import prices
from archcheck.model import Savings

if TYPE_CHECKING:
    from archcheck.targets import Target


def savings(target: Target) -> Savings | None:
    """Return the saving in percent of the duration charge; None for targets that Lambda does not bill."""
    if not target.is_lambda:
        return None
    known = prices()
    percent = (1 - known.arm64 / known.x86_64) * 100
    return Savings(
        basis="AWS Lambda duration charge",
        percent=float(percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)),
        monthly_usd=None,
        assumptions=(
            f"prices of {known.region} as of {known.as_of}",
            "the function takes as long on arm64 as on x86_64; measure yours",
            "the request charge is the same on both",
        ),
    )
