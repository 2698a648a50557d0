"""How long a forge wants to be left alone, by its answer: a decision, without any waiting."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from archcheck.http_time import retry_after

if TYPE_CHECKING:
    from archcheck.bot.forges.response import Reply

OVERLOADED = frozenset({500, 502, 503, 504})
_SECONDARY = 60.0  # seconds: GitHub's advice where a secondary limit names no time
_LIMIT_WORDS = re.compile(r"rate limit|abuse detection|too many requests", re.IGNORECASE)


def pause(reply: Reply, attempt: int, now: float, *, repeatable: bool) -> float | None:
    """Return how many seconds to wait before asking again; None where the answer is final.

    What was refused for its rate can always be sent again; what failed, only where twice does no harm.
    """
    stated = retry_after(reply.headers, now)
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
