"""What moving would save, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report.sections.answer.verdict import SIGNS, is_about_x86

if TYPE_CHECKING:
    from archcheck.model import Audit
    from archcheck.savings.workload import Savings


def worth(audit: Audit) -> str:
    """Return what moving would save; "" where that is not known, or where the answer has to come first."""
    recommendation = audit.recommendation
    if audit.savings is None or recommendation.code not in {*SIGNS, "ready-in-part"}:
        return ""
    if is_about_x86(recommendation):
        return ""
    now = recommendation.code in {"ready", "no-worse"}
    if audit.savings.monthly_usd is not None:
        return f"arm64 {_in_dollars(audit.savings, audit.savings.monthly_usd, now=now)}"
    percent, basis = audit.savings.percent, audit.savings.basis
    if percent < 0:
        return f"arm64 {'costs' if now else 'would cost'} about {-percent:g}% more of the {basis}"
    return f"arm64 {'saves' if now else 'would save'} about {percent:g}% of the {basis}"


def _in_dollars(savings: Savings, less: float, *, now: bool) -> str:
    """Return what the month's bill comes to, and of what part: what is free costs nothing on either."""
    saves, costs = ("saves", "costs") if now else ("would save", "would cost")
    if not less:
        return f"{saves} nothing at this use: the free tier covers how long it runs"
    whole = "" if savings.x86_monthly_usd is None else f"${savings.x86_monthly_usd:,.2f}"
    part = "" if savings.bill_percent is None else f", {abs(savings.bill_percent):g}% of the bill"
    if less < 0:
        return f"{costs} ${-less:,.2f} a month on top{whole and f' of {whole}'}{part}"
    return f"{saves} ${less:,.2f}{whole and f' of {whole}'} a month{part}"


def share(savings: Savings) -> str:
    """Return what moving saves in percent: of the bill where that is known, else of the charge."""
    known = savings.monthly_usd is not None and savings.bill_percent is not None
    return f"{savings.bill_percent if known else savings.percent:g}%"


def even(audit: Audit) -> str:
    """Return how much longer the function may take on arm64, where the answer is in dollars."""
    savings = audit.savings
    if savings is None or savings.monthly_usd is None or savings.break_even_ratio is None or not worth(audit):
        return ""
    times = f"{savings.break_even_ratio:g} times as long"
    return f"arm64 stops being cheaper where the function takes {times} there as on x86_64"


def assumptions(audit: Audit, *, verbose: bool) -> tuple[str, ...]:
    """Return what the saving rests on: always where it is in dollars."""
    if audit.savings is None or not worth(audit):
        return ()
    return audit.savings.assumptions if verbose or audit.savings.monthly_usd is not None else ()
