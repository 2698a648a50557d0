"""What a forge answers, and how long to wait before it is asked again. No I/O."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from archcheck.bot.forges.forge import ForgeError
from archcheck.http_time import retry_after, seconds
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

OVERLOADED = frozenset({500, 502, 503, 504})
_SECONDARY = 60.0  # seconds: GitHub's advice where a secondary limit names no time
_LIMIT_WORDS = re.compile(r"rate limit|abuse detection|too many requests", re.IGNORECASE)


class Response(Struct, frozen=True, kw_only=True):
    """An answer; header names are in lower case, `message` is what the forge says of an error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether the request was done."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def decoded(body: bytes, kind: type[T]) -> T:
    """Return what the forge answers; raises `ForgeError` for what is no such document."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        reason = f"the forge's answer cannot be read ({error})"
        raise ForgeError(f"{reason}; is the API's address right?") from None


def message_of(body: bytes) -> str:
    """Return what an error's document says: GitHub's `message`, GitLab's `message` or `error`."""
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""
    found = (document.get("message") or document.get("error")) if isinstance(document, dict) else None
    return clean(str(found))[:200] if found else ""


def pause(response: Response, attempt: int, now: float, *, repeatable: bool) -> float | None:
    """Return how many seconds to wait before asking again; None where the answer is final.

    What was refused for its rate can always be sent again; what failed, only where twice does no harm.
    """
    stated = retry_after(response.headers, now)
    if response.status in OVERLOADED:
        return (2.0**attempt if stated is None else stated) if repeatable else None
    if response.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    if stated is not None:
        return stated
    left = response.headers.get("x-ratelimit-remaining", response.headers.get("ratelimit-remaining"))
    reset = seconds(response.headers.get("x-ratelimit-reset", response.headers.get("ratelimit-reset", "")))
    if left == "0" and reset is not None:
        return max(reset - now, 0.0) + 1
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or _LIMIT_WORDS.search(response.message):
        return _SECONDARY * 2.0**attempt
    return None
