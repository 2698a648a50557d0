"""The HTTP client: one answer from one address, with patience, bounds, and failures as values.

Import this module only where the network is really needed: httpx and ssl are the dearest imports there are.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import httpx

from archcheck._version import __version__
from archcheck.http_time import retry_after
from archcheck.index.http.addresses import host, is_remote, origin, split_credentials
from archcheck.index.http.failures import ANY, UNAUTHORIZED, proxy_for, unreached
from archcheck.index.http.messages import PAGE_LIMIT, Reply, Stats, Unavailable
from archcheck.index.http.passwords import Passwords
from archcheck.index.http.tls import tls_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping

    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.messages import HttpSettings

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore tries to import it at each turn; a search that is known to fail is a tenth of a cold run
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_REDIRECTS = 10
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_OK, _PARTIAL, _SERVER_ERRORS = 200, 206, 500
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 60.0
_DEADLINE = 300.0  # seconds for one question with all its attempts
_DRIP = 20.0  # timeouts for one attempt, since a server that drips bytes never meets the timeout itself
_DRAINED = 64 * 1024
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": f"archcheck/{__version__}",
}


class _FailureError(Exception):
    """This attempt failed; *retries* more may not; *wait*: the seconds that the server asks for."""

    def __init__(self, reason: str, *, retries: int = ANY, wait: float | None = None) -> None:
        self.reason = reason
        self.retries = retries
        self.wait = wait
        super().__init__(reason)


class Sink(Protocol):
    """What a body is written to, piece by piece."""

    def restart(self) -> None:
        """Forget what was written: the body comes again, from its beginning."""
        ...

    async def write(self, chunk: bytes) -> None:
        """Take the next piece."""
        ...


class _Body:
    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def restart(self) -> None:
        self._chunks.clear()

    async def write(self, chunk: bytes) -> None:
        self._chunks.append(chunk)

    def whole(self) -> bytes:
        return b"".join(self._chunks)


class Client:
    """Asks over HTTP as *settings* say; lives in one asyncio loop.

    *credentials* may grow while it lives. At most *jobs* requests are under way at once. *pause* sleeps
    between attempts; a test may pass its own.
    """

    def __init__(
        self,
        settings: HttpSettings,
        stats: Stats,
        credentials: list[Credential],
        *,
        jobs: int = 50,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._stats = stats
        self._places = asyncio.Semaphore(jobs)
        self._pause = pause
        self._passwords = Passwords(credentials, settings)
        self._quiet_until: dict[str, float] = {}
        self._shut: dict[str, str] = {}  # hosts that are not to be asked in this run any more, and why
        self._reached: set[tuple[str, str, int]] = set()
        self._timeouts = {"timeout": httpx.Timeout(settings.timeout).as_dict()}
        self._lines: list[httpx.AsyncHTTPTransport] = []
        self._idle: defaultdict[tuple[str, str, int], list[httpx.AsyncHTTPTransport]] = defaultdict(list)
        self._contexts: dict[bool, ssl.SSLContext] = {}

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        into: Sink | None = None,
        limit: int = PAGE_LIMIT,
    ) -> Reply | Unavailable:
        """Return what *url* (without credentials) answers; redirects are followed.

        The body goes to *into*, where that is given; over *limit* bytes is a failure. What is tried
        again: 408, 425, 429, most of 5xx, timeouts, connection errors (less often: see `unreached`), a
        body cut short.
        """
        target = into or _Body()
        began = time.monotonic()
        failure = _FailureError("never asked", retries=0)
        tries = 0
        while tries <= self._settings.retries:
            tries += 1
            try:
                return await self._attempt(url, headers or {}, target, limit)
            except _FailureError as error:
                failure = error
            wait = _backoff(tries) if failure.wait is None else failure.wait
            late = time.monotonic() + wait - began > _DEADLINE
            if wait > _LONGEST_PAUSE or late or tries > min(self._settings.retries, failure.retries):
                break
            await self._pause(wait)
        often = f" (tried {tries} times)" if tries > 1 else ""
        return Unavailable(reason=failure.reason + often, incomplete=True)

    async def aclose(self) -> None:
        """Close every connection."""
        for line in self._lines:
            await line.aclose()

    async def _attempt(self, url: str, headers: Mapping[str, str], into: Sink, limit: int) -> Reply:
        if host(url) in self._shut:
            raise _FailureError(self._shut[host(url)], retries=0)
        quiet = self._quiet_until.get(host(url), 0.0) - time.monotonic()
        if quiet > 0:
            await self._pause(quiet)
        into.restart()
        try:
            async with self._places, asyncio.timeout(self._settings.timeout * _DRIP):
                return await self._follow(url, headers, into, limit)
        except (httpx.TimeoutException, TimeoutError) as error:
            reason = f"{host(url)} did not answer within {self._settings.timeout:g} s"
            raise _FailureError(reason) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                reason = f"the certificate of {host(url)} is not trusted"
                raise _FailureError(reason, retries=0) from error
            reached = origin(url) in self._reached
            why = unreached(url, error, proxy=self._settings.proxy, reached=reached)
            raise _FailureError(why.reason, retries=why.retries) from error
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError) as error:
            never = isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError))
            reason = f"{host(url)} broke off its answer ({type(error).__name__})"
            raise _FailureError(reason, retries=0 if never else ANY) from error
        except (httpx.InvalidURL, ValueError) as error:
            raise _FailureError(f"{host(url)}: not an address that can be asked", retries=0) from error

    async def _follow(self, url: str, headers: Mapping[str, str], into: Sink, limit: int) -> Reply:
        """Send the request and follow redirects, with the password of each origin for that origin alone."""
        address = url
        for _ in range(_REDIRECTS):
            if not is_remote(address):
                raise _FailureError(f"{host(url)} redirects to something that is not HTTP", retries=0)
            if not origin(address)[0]:  # a port such as 99999 would be a fault only when the socket is opened
                raise ValueError(address)
            idle = self._idle[origin(address)]
            line = idle.pop() if idle else self._new_line(address)
            password = self._passwords.header(address)
            request = httpx.Request(
                "GET", address, headers={**_HEADERS, **headers, **password}, extensions=self._timeouts
            )
            self._stats.requests += 1
            response = await line.handle_async_request(request)
            response.request = request
            self._reached.add(origin(address))
            try:
                if response.status_code == UNAUTHORIZED:
                    await self._passwords.ask_keyring(address)
                    if self._passwords.header(address) != password:
                        continue
                if not response.has_redirect_location:
                    return await self._read(response, into, limit)
                await _drain(response)
                address = str(response.url.join(response.headers["location"]))
            finally:
                await response.aclose()
                idle.append(line)
        raise _FailureError(f"{host(url)} redirects more than {_REDIRECTS} times", retries=0)

    async def _read(self, response: httpx.Response, into: Sink, limit: int) -> Reply:
        url = split_credentials(str(response.url))[0]
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        if status in _PASSING or status >= _SERVER_ERRORS:
            await _drain(response)
            wait = retry_after(headers, time.time())
            said = _answered(url, response, wait)
            if wait is not None and wait > _LONGEST_PAUSE:
                self._shut[host(url)] = said  # `Retry-After: 86400`: nobody waits that long for a report
            elif wait is not None:
                self._quiet_until[host(url)] = time.monotonic() + wait
            raise _FailureError(said, retries=ANY if status in _PASSING else 0, wait=wait)
        if status not in {_OK, _PARTIAL}:
            await _drain(response)
            return Reply(status=status, url=url, headers=headers, body=b"")
        length = headers.get("content-length", "")
        if (
            status == _OK
            and "range" in response.request.headers
            and length.isdecimal()
            and int(length) > limit
        ):
            return Reply(status=status, url=url, headers=headers, truncated=True)
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > limit:
                raise _FailureError(f"{host(url)} answered with more than {limit >> 20} MiB", retries=0)
            await into.write(chunk)
        self._stats.received += size
        return Reply(
            status=status,
            url=url,
            headers=headers,
            body=into.whole() if isinstance(into, _Body) else b"",
        )

    def _new_line(self, url: str) -> httpx.AsyncHTTPTransport:
        """Return one connection to the origin of *url*.

        Not one pool for all: at each request httpcore's pool looks at every connection for every other one,
        which with 50 of them costs six times what all the rest does. Nor `httpx.AsyncClient`, whose cookies,
        redirects and logins are not wanted here, and cost as much as the request itself.
        """
        name = host(url)
        trusted = (
            name in self._settings.trusted_hosts or name.partition(":")[0] in self._settings.trusted_hosts
        )
        try:
            line = httpx.AsyncHTTPTransport(
                verify=self._tls(check=url[:6].lower() == "https:" and not trusted),
                proxy=self._settings.proxy or proxy_for(url),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60),
            )
        except (OSError, ValueError, ImportError) as error:
            reason = f"the certificate or proxy settings cannot be used ({type(error).__name__})"
            raise _FailureError(reason, retries=0) from error
        self._lines.append(line)
        return line

    def _tls(self, *, check: bool) -> ssl.SSLContext:
        if check not in self._contexts:
            self._contexts[check] = tls_context(self._settings.cert, self._settings.client_cert, check=check)
        return self._contexts[check]


def _backoff(tries: int) -> float:
    """Return the seconds before the next attempt: doubling, and never the same for all that wait."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return jitter * min(_FIRST_PAUSE * float(2**tries), _LONGEST_PAUSE / 4)


async def _drain(response: httpx.Response) -> None:
    """Read a short body to its end, so that the connection can be used again."""
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > _DRAINED:
            return


def _answered(url: str, response: httpx.Response, wait: float | None) -> str:
    asks = f" and asks to wait {wait:g} s" if wait else ""
    return f"{host(url)} answered {response.status_code} {response.reason_phrase}".rstrip() + asks
