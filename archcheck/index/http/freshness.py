"""How long an HTTP answer may be used again without asking, and how long to wait before asking again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_YEAR = 365 * 86400.0


def fresh_until(headers: Mapping[str, str], now: float) -> float | None:
    """Return the moment (seconds since the epoch) until which the answer is fresh; None: not to be stored.

    The rules for a private cache (RFC 9111): `s-maxage` is not for it. There is no guessing: without an
    explicit lifetime the answer is stale at once, for a wheel may be added to a release days after it is
    published (PyMuPDF does that). *headers* have lower-case names.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives:
        return None
    if "no-cache" in directives or "*" in headers.get("vary", ""):
        return now
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    elif "expires" in headers:
        lifetime = _lifetime_of_expires(headers, now)
    else:
        return now
    return now + min(max(lifetime - _seconds(headers.get("age", "0")), 0.0), _YEAR)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a `Retry-After` asks to wait, or None where it says nothing readable."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment = _moment(value)
    return None if moment is None else max(moment - now, 0.0)


def _directives(value: str) -> dict[str, str]:
    """Return the directives of a `Cache-Control`; of one that stands twice, the shortest lifetime counts."""
    found: dict[str, str] = {}
    for part in value.lower().split(","):
        name, _, argument = part.strip().partition("=")
        argument = argument.strip().strip('"')
        name = name.strip()
        if name not in found or _seconds(argument) < _seconds(found[name]):
            found[name] = argument
    return found


def _seconds(value: str) -> float:
    """Return a delta-seconds value; what cannot be read is 0, that is stale (RFC 9111, section 4.2.1)."""
    value = value.strip()
    return float(value[:12]) if value.isascii() and value.isdigit() else 0.0


def _lifetime_of_expires(headers: Mapping[str, str], now: float) -> float:
    expires = _moment(headers["expires"])
    served = _moment(headers.get("date", ""))
    return 0.0 if expires is None else expires - (now if served is None else served)


def _moment(value: str) -> float | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 15 ms, for the few servers that send dates

    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
