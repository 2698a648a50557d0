"""What keeps an answer from being had, in words: no connection, or a server that refuses.

A run that is answered by the cache imports this as well: what costs time to import is imported where a
connection fails.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from archcheck.index.http.addresses import host

if TYPE_CHECKING:
    from collections.abc import Iterator

UNAUTHORIZED, FORBIDDEN = 401, 403
ANY = 1 << 30  # retries, as many as the settings say
_FEW = 2
_RENEWAL = (
    "the CodeArtifact token may have expired (one lasts 12 hours at most): get a new one with "
    "`aws codeartifact login --tool pip` or `aws codeartifact get-authorization-token`"
)
_NOT_LET_IN = "it wants a user name and password, or does not take those that it was given"


def refused(url: str, status: int) -> str:
    """Return that the server at *url* answered *status*, and what that may mean."""
    answered = f"{host(url)} answered {status}"
    if status in {UNAUTHORIZED, FORBIDDEN} and is_code_artifact(url):
        return f"{answered}: {_RENEWAL}"
    return f"{answered}: {_NOT_LET_IN}" if status == UNAUTHORIZED else answered


def is_code_artifact(url: str) -> bool:
    """Return whether *url* is one of AWS CodeArtifact's, which refuses expired tokens."""
    return ".codeartifact." in (urlsplit(url).hostname or "")


class Unreached(NamedTuple):
    """Why a host was not reached, and after how many more attempts it is time to believe it."""

    reason: str
    retries: int


def unreached(url: str, error: BaseException, *, proxy: str | None, reached: bool) -> Unreached:
    """Return why no connection to *url* came about, from the *error* that httpx raised.

    *proxy* is what the settings name; where they name none, the environment's counts. How often to try again
    depends on what is known of the host: one that has answered in this run (*reached*) will again, so all
    attempts are worth it. Of one that has not, a name that DNS does not know will not be there in a second
    either; what is refused gets a few attempts more, within two seconds: the server may be just starting.
    """
    through = proxy or proxy_for(url)
    place = f"the proxy {_bare(through)} for {host(url)}" if through else host(url)
    why, retries = _why(error)
    if through:
        why = why or str(error)  # what the proxy answered
    elif why.startswith("DNS"):
        why += ", and no proxy is set"
    return Unreached(
        reason=": ".join(filter(None, (f"cannot connect to {place}", why))),
        retries=ANY if reached else retries,
    )


def _why(error: BaseException) -> tuple[str, int]:
    import socket  # noqa: PLC0415 - see above
    import ssl  # noqa: PLC0415 - see above

    for each in _causes(error):
        if isinstance(each, ssl.SSLError):  # its number is OpenSSL's own
            said = (each.reason or "").replace("_", " ").lower()
            return f"no TLS connection comes about{f' ({said})' if said else ''}", _FEW
        if isinstance(each, socket.gaierror):
            passing = each.errno == socket.EAI_AGAIN
            return ("DNS does not answer", _FEW) if passing else ("DNS knows no such name", 0)
        if isinstance(each, OSError) and each.errno:
            return os.strerror(each.errno).lower(), _FEW
    return "", _FEW


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield what led to *error*, of several attempts (IPv4, IPv6) the first."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        else:
            error = error.__cause__ or error.__context__


def _bare(proxy: str) -> str:
    """Return the host of *proxy*, which may have a password and need not have a scheme."""
    return host(proxy.rpartition("@")[2]).rstrip("/")


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment sets for *url*."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - imports ssl

    proxies = getproxies()
    if proxy_bypass(host(url)):
        return None
    proxy = proxies.get(url.partition(":")[0].lower()) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
