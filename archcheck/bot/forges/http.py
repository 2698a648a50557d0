"""Requests to a forge's REST API: one at a time, within its rate limit, with errors that say what to do."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from archcheck._version import __version__
from archcheck.bot.forges.forge import ForgeError, UnsureError
from archcheck.bot.forges.response import OVERLOADED, Response, decoded, message_of, pause
from archcheck.errors import UsageError
from archcheck.report.layout import clean

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

    import httpx

T = TypeVar("T")

TRIES = 4
MAX_WAIT = 300.0  # seconds in all: a job that waits costs money, and the next push writes the comment anyway
_BETWEEN_WRITES = 1.0
_MAX_PAGES = 100
_NEXT = re.compile(r'<([^<>]*)>[^<]*;\s*rel="?next"?')


class Clock(Protocol):
    """Time as the client needs it."""

    def now(self) -> float:
        """Return seconds since 1970."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Api:
    """The API under *base*, asked with *token*, which goes to that origin alone and into no message.

    *explain* turns a refusal into words. *context* gives the certificates, the system's own if None.
    """

    def __init__(
        self,
        base: str,
        token: str,
        *,
        explain: Callable[[Response], str],
        headers: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        timeout: float = 15.0,
        context: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._base = f"{base.rstrip('/')}/"
        self._token = token
        self._explain = explain
        self._clock = clock or SystemClock()
        self._timeout = timeout
        self._context = context
        self._headers = {
            "Authorization": f"Bearer {token}",
            "User-Agent": f"archcheck/{__version__}",
            **(headers or {}),
        }
        self._client: httpx.Client | None = None
        self._known: dict[str, tuple[str, Response]] = {}
        self._wrote = 0.0
        self._waited = 0.0

    def get(self, path: str, kind: type[T]) -> T:
        """Return the document at *path*."""
        return decoded(self._done(self._get(path)).body, kind)

    def status(self, path: str) -> Response:
        """Return the answer at *path*, whatever it is."""
        return self._get(path)

    def items(self, path: str, kind: type[list[T]]) -> Iterator[T]:
        """Yield what is listed at *path*, and on the pages that its `Link` header leads on to (RFC 8288)."""
        url: str | None = path
        for _ in range(_MAX_PAGES):
            if url is None:
                return
            response = self._done(self._get(url))
            yield from decoded(response.body, kind)
            following = _NEXT.search(response.headers.get("link", ""))
            url = self._own(following[1]) if following else None
        raise ForgeError(f"more than {_MAX_PAGES} pages of comments: too many to look through")

    def write(self, method: str, path: str, document: object = None, *, gone: bool = False) -> bytes:
        """Send *document*, at most one a second; with *gone* an answer of 404 is as good as done."""
        rest = self._wrote + _BETWEEN_WRITES - self._clock.now()
        if rest > 0:
            self._clock.sleep(min(rest, _BETWEEN_WRITES))  # the clock may have been set back
        try:
            response = self._ask(method, path, document)
        finally:
            self._wrote = self._clock.now()
        if gone and response.status == HTTPStatus.NOT_FOUND:
            return b""
        return self._done(response).body

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _own(self, url: str) -> str:
        """Return *url* where it is of this API; the token goes nowhere else."""
        if urlsplit(urljoin(self._base, url))[:2] != urlsplit(self._base)[:2]:
            raise ForgeError("a page of comments leads on to another host: not followed")
        return url

    def _get(self, path: str) -> Response:
        """Return the answer to a question; one asked before is only confirmed, which costs no quota (304)."""
        known = self._known.get(path)
        response = self._ask("GET", path, headers={"If-None-Match": known[0]} if known else {})
        if known and response.status == HTTPStatus.NOT_MODIFIED:
            return known[1]
        if response.ok and "etag" in response.headers:
            self._known[path] = (response.headers["etag"], response)
        return response

    def _done(self, response: Response) -> Response:
        if response.ok:
            return response
        raise ForgeError(self._hidden(self._explain(response)))

    def _ask(
        self, method: str, path: str, document: object = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        for attempt in range(TRIES):
            response = self._send(method, path, document, headers or {})
            if isinstance(response, Response):
                wait = pause(response, attempt, self._clock.now(), repeatable=method != "POST")
            else:
                wait = None if method == "POST" else 2.0**attempt
            if wait is None or attempt == TRIES - 1 or self._waited + wait > MAX_WAIT:
                return self._settled(method, response, wait)
            wait = wait if method == "GET" else max(wait, _BETWEEN_WRITES)
            self._waited += wait
            self._clock.sleep(wait)
        raise AssertionError

    def _settled(self, method: str, response: Response | str, wait: float | None) -> Response:
        """Return the last answer; raises where there is none, or it is "not now"."""
        if isinstance(response, str):
            message = f"{response}; run the job again when it can be reached"
            raise (UnsureError if method == "POST" else ForgeError)(message)
        if response.status in OVERLOADED:
            message = f"the forge answers {response.status}, its own failure; run the job again later"
            raise (UnsureError if method == "POST" else ForgeError)(message)
        if wait is not None:
            message = f"the forge's rate limit is used up ({response.status}), for {wait:.0f} more seconds"
            raise ForgeError(f"{message}; run the job again after that, or give it a token of its own")
        return response

    def _send(self, method: str, path: str, document: object, headers: Mapping[str, str]) -> Response | str:
        """Return the answer, or in words why there is none."""
        import httpx  # noqa: PLC0415 - 60 ms, and nothing to be sent under --dry-run

        if self._client is None:
            self._client = httpx.Client(
                headers=self._headers,
                timeout=self._timeout,
                verify=self._context() if self._context and self._base.startswith("https:") else True,
            )
        content = None if document is None else msgspec.json.encode(document)
        kind = {"Content-Type": "application/json"} if content else {}
        host = urlsplit(self._base).netloc
        try:
            answer = self._client.request(
                method, urljoin(self._base, path), content=content, headers={**headers, **kind}
            )
        except httpx.TimeoutException:
            return f"{host} did not answer within {self._timeout:g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            return self._hidden(f"{host} cannot be reached: {clean(str(error))[:200]}")
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return Response(
            status=answer.status_code, headers=lower, body=answer.content, message=message_of(answer.content)
        )

    def _hidden(self, text: str) -> str:
        return text.replace(self._token, "***") if self._token else text


def api_address(text: str, *, variable: str, example: str) -> SplitResult:
    """Return the parts of the API's address that *variable* gives; raises `UsageError`.

    That is for what is no address, and for plain http beyond this machine, which would show the token to the
    network.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    more = host and (parts.query or parts.fragment or "@" in parts.netloc)
    if not host or more or parts.scheme not in {"http", "https"}:
        raise UsageError(f"{variable}: expected an address such as {example}")
    if parts.scheme == "http" and host not in {"127.0.0.1", "localhost", "::1"}:
        raise UsageError(f"{variable}: expected https, since the token goes there")
    return parts
