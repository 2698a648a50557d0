"""How long an HTTP answer in the cache may be used without asking again (RFC 9111)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.http_time import moment, seconds

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
    return seconds(value) or 0.0


def _lifetime_of_expires(headers: Mapping[str, str], now: float) -> float:
    expires = moment(headers["expires"])
    served = moment(headers.get("date", ""))
    return 0.0 if expires is None else expires - (now if served is None else served)
