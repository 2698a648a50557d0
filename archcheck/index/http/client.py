"""The HTTP client: one answer from one address, with patience, bounds, and failures as values.

Import this module only where the network is really needed: httpx and ssl are the dearest imports there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import httpx

from archcheck._version import __version__
from archcheck.http_time import retry_after
from archcheck.index.http.addresses import end_of, host, is_remote, origin, split_credentials
from archcheck.index.http.bodies import CODINGS, BodyError, Unpacking, Whole, too_large
from archcheck.index.http.connections import Connections
from archcheck.index.http.failures import ANY, UNAUTHORIZED, unreached
from archcheck.index.http.messages import PAGE_LIMIT, Asked, Reply, Stats, Unavailable
from archcheck.index.http.passwords import Passwords
from archcheck.index.http.patience import PATIENCE, Patience
from archcheck.index.http.waiting import OutOfPatienceError, watched

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.bodies import Sink
    from archcheck.index.http.messages import HttpSettings

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore tries to import it at each turn; a search that is known to fail is a tenth of a cold run
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_REDIRECTS = 10
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_OK, _PARTIAL, _SERVER_ERRORS = 200, 206, 500
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0
_DRAINED = 64 * 1024
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": CODINGS,
    "Connection": "keep-alive",
    "User-Agent": f"archcheck/{__version__}",
}


class _FailureError(Exception):
    """This attempt failed; *retries* more may not; *wait*: the seconds that the server asks for.

    *unreached*: nobody has answered there yet in this run.
    """

    def __init__(
        self, reason: str, *, retries: int = ANY, wait: float | None = None, unreached: bool = False
    ) -> None:
        self.reason = reason
        self.retries = retries
        self.wait = wait
        self.unreached = unreached
        super().__init__(reason)


class Client:
    """Asks over HTTP as *settings* say; lives in one asyncio loop.

    *credentials* may grow while it lives. At most *jobs* requests are under way at once. *patience* is the
    run's; *pause* sleeps between attempts. A test may pass its own.
    """

    def __init__(
        self,
        settings: HttpSettings,
        stats: Stats,
        credentials: list[Credential],
        *,
        jobs: int = 50,
        patience: Patience | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._stats = stats
        self._places = asyncio.Semaphore(jobs)
        self._patience = patience or Patience(max(PATIENCE, settings.timeout))
        self._pause = pause
        self._passwords = Passwords(credentials, settings)
        self._connections = Connections(settings)
        self._quiet_until: dict[str, float] = {}
        self._reached: set[tuple[str, str, int]] = set()
        self._timeouts = {"timeout": httpx.Timeout(settings.timeout).as_dict()}

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
        again, as long as there is patience left: 408, 425, 429, most of 5xx, timeouts, connection errors
        (less often: see `unreached`), a body cut short.
        """
        target = into or Whole()
        tries = 0
        while True:
            tries += 1
            try:
                return await self._attempt(url, headers or {}, target, limit)
            except _FailureError as error:
                failure = error
            wait = _backoff(tries) if failure.wait is None else failure.wait
            spent = tries > min(self._settings.retries, failure.retries)
            if spent or wait >= self._patience.left(host(url)):
                break
            with self._asking(url), self._patience.owed(host(url)):
                await self._pause(wait)
        often = f" (tried {tries} times)" if tries > 1 else ""
        if failure.reason == self._patience.reason(host(url)):  # all that ask there are told the same
            often = ""
        elif failure.unreached:
            self._patience.shut(host(url), failure.reason + often)
        return Unavailable(reason=failure.reason + often, incomplete=True)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    @contextlib.contextmanager
    def _asking(self, url: str) -> Iterator[None]:
        """Have *url* among what is waited for."""
        asked = Asked(host=host(url), what=end_of(url), since=self._patience.now())
        self._stats.waiting.append(asked)
        try:
            yield
        finally:
            self._stats.waiting.remove(asked)

    async def _attempt(self, url: str, headers: Mapping[str, str], into: Sink, limit: int) -> Reply:
        self._refuse_shut(url)
        quiet = self._quiet_until.get(host(url), 0.0) - time.monotonic()
        if quiet > 0:
            with self._asking(url), self._patience.owed(host(url)):
                await self._pause(quiet)
        into.restart()
        reached = origin(url) in self._reached
        try:
            async with self._places:
                return await self._follow(url, headers, into, limit)
        except (httpx.TimeoutException, TimeoutError) as error:
            reason = f"{host(url)} did not answer within {self._settings.timeout:g} s"
            # The system has tried several times to connect by then: no use in doing it again.
            nobody = isinstance(error, httpx.ConnectTimeout) and not reached
            raise _FailureError(reason, retries=0 if nobody else ANY, unreached=nobody) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                reason = f"the certificate of {host(url)} is not trusted"
                raise _FailureError(reason, retries=0) from error
            why = unreached(url, error, proxy=self._settings.proxy, reached=reached)
            raise _FailureError(why.reason, retries=why.retries, unreached=not reached) from error
        except BodyError as error:
            raise _FailureError(f"{host(url)} {error.reason}", retries=0 if error.lasting else ANY) from error
        except (httpx.TransportError, httpx.StreamError) as error:
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
            self._refuse_shut(address)
            password = self._passwords.header(address)
            try:
                with self._asking(address):
                    async with watched(self._patience, host(address)):
                        found = await self._hop(address, {**_HEADERS, **headers, **password}, into, limit)
            except OutOfPatienceError as error:
                what = "its page" if address in self._settings.places else end_of(address)
                raise _FailureError(self._patience.use_up(host(address), what), retries=0) from error
            if isinstance(found, str):
                address = found
                continue
            if found.status == UNAUTHORIZED:
                await self._passwords.ask_keyring(address)
                if self._passwords.header(address) != password:
                    continue
            return found
        raise _FailureError(f"{host(url)} redirects more than {_REDIRECTS} times", retries=0)

    async def _hop(self, address: str, headers: Mapping[str, str], into: Sink, limit: int) -> Reply | str:
        """Return what *address* answers: a document, or where that is."""
        try:
            connection = self._connections.take(address)
        except (OSError, ValueError, ImportError) as error:
            reason = f"the certificate or proxy settings cannot be used ({type(error).__name__})"
            raise _FailureError(reason, retries=0) from error
        request = httpx.Request("GET", address, headers=headers, extensions=self._timeouts)
        self._stats.requests += 1
        response = await connection.handle_async_request(request)
        response.request = request
        self._reached.add(origin(address))
        try:
            if not response.has_redirect_location:
                return await self._read(response, into, limit)
            await _drain(response)
            return str(response.url.join(response.headers["location"]))
        finally:
            await response.aclose()
            self._connections.give_back(address, connection)

    async def _read(self, response: httpx.Response, into: Sink, limit: int) -> Reply:
        url = split_credentials(str(response.url))[0]
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        if status in _PASSING or status >= _SERVER_ERRORS:
            await _drain(response)
            raise self._refusal(url, response, retry_after(headers, time.time()))
        if status not in {_OK, _PARTIAL}:
            await _drain(response)
            self._patience.answered(host(url))
            return Reply(status=status, url=url, headers=headers, body=b"")
        length = headers.get("content-length", "")
        if (
            status == _OK
            and "range" in response.request.headers
            and length.isdecimal()
            and int(length) > limit
        ):
            return Reply(status=status, url=url, headers=headers, truncated=True)
        unpacking = Unpacking(headers.get("content-encoding", ""), limit=limit)
        size = 0
        async for packed in response.aiter_raw():
            self._patience.received(host(url), len(packed))
            for chunk in unpacking.unpack(packed):
                size += len(chunk)
                if size > limit:
                    raise too_large(limit)
                await into.write(chunk)
        self._patience.answered(host(url))
        self._stats.received += size
        body = into.take() if isinstance(into, Whole) else b""
        return Reply(status=status, url=url, headers=headers, body=body)

    def _refusal(self, url: str, response: httpx.Response, wait: float | None) -> _FailureError:
        """Return that the server does not answer now, and wants to be left alone for *wait* seconds."""
        asks = f" and asks to wait {wait:g} s" if wait else ""
        said = f"{host(url)} answered {response.status_code} {response.reason_phrase}".rstrip() + asks
        if wait is not None and wait >= self._patience.left(host(url)):
            self._patience.shut(host(url), said)  # `Retry-After: 86400`: nobody waits that long for a report
        elif wait is not None:
            self._quiet_until[host(url)] = time.monotonic() + wait
        passing = response.status_code in _PASSING
        return _FailureError(said, retries=ANY if passing else 0, wait=wait)

    def _refuse_shut(self, url: str) -> None:
        reason = self._patience.reason(host(url))
        if reason is not None:
            raise _FailureError(reason, retries=0)


def _backoff(tries: int) -> float:
    """Return the seconds before the next attempt: doubling, and never the same for all that wait."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return jitter * min(_FIRST_PAUSE * float(2 ** min(tries, 30)), _LONGEST_PAUSE)


async def _drain(response: httpx.Response) -> None:
    """Read a short body to its end, so that the connection can be used again."""
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > _DRAINED:
            return
