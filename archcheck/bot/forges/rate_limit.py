"""How long a forge wants to be left alone, by its answer: a decision, without any waiting."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcheck.bot.forges.response import Reply

OVERLOADED = frozenset({500, 502, 503, 504})
_SECONDARY = 60.0  # seconds: GitHub's advice where a secondary limit names no time
_LIMIT_WORDS = re.compile(r"rate limit|abuse detection|too many requests", re.IGNORECASE)


def pause(reply: Reply, attempt: int, now: float, *, repeatable: bool) -> float | None:
    """Return how many seconds to wait before asking again; None where the answer is final.

    What was refused for its rate can always be sent again; what failed, only where twice does no harm.
    """
    stated = _retry_after(reply.headers.get("retry-after"), now)
    if reply.status in OVERLOADED:
        return (2.0**attempt if stated is None else stated) if repeatable else None
    if reply.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    if stated is not None:
        return stated
    left = reply.headers.get("x-ratelimit-remaining", reply.headers.get("ratelimit-remaining"))
    reset = reply.headers.get("x-ratelimit-reset", reply.headers.get("ratelimit-reset", ""))
    if left == "0" and reset.isascii() and reset.isdigit():
        return max(float(reset[:12]) - now, 0.0) + 1
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or _LIMIT_WORDS.search(reply.message):
        return _SECONDARY * 2.0**attempt
    return None


def _retry_after(text: str | None, now: float) -> float | None:
    """Return the seconds that `Retry-After` states, as a number or a date (RFC 9110)."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.fromtimestamp(now, UTC)).total_seconds(), 0.0)
