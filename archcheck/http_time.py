"""Times in the header fields of an HTTP answer: seconds, dates, when to ask again (RFC 9110). Internal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_DIGITS = 12  # 30,000 years; a server may send more than a float holds


def seconds(text: str) -> float | None:
    """Return a whole number of seconds; None for anything else."""
    text = text.strip()
    return float(text[:_MOST_DIGITS]) if text.isascii() and text.isdigit() else None


def moment(text: str) -> float | None:
    """Return an HTTP date as seconds since 1970; None for anything else."""
    from datetime import UTC  # noqa: PLC0415 - as below
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 15 ms, for the few servers that send dates

    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a `Retry-After` asks to wait; None where there is none that can be read.

    It is a number of seconds or a date. *headers* have lower-case names; *now* is in seconds since 1970.
    """
    text = headers.get("retry-after", "")
    stated = seconds(text)
    if stated is not None:
        return stated
    until = moment(text)
    return None if until is None else max(until - now, 0.0)
