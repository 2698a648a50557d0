"""Connections to the hosts that are asked, one for each request that is under way there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import httpx

from archcheck.index.http.addresses import host, origin
from archcheck.index.http.failures import proxy_for
from archcheck.index.http.tls import tls_context

if TYPE_CHECKING:
    import ssl

    from archcheck.index.http.messages import HttpSettings


class Connections:
    """Those of one client, made as *settings* say.

    Not one pool for all: at each request httpcore's pool looks at every connection for every other one, which
    with 50 of them costs six times what all the rest does. Nor `httpx.AsyncClient`, whose cookies, redirects
    and logins are not wanted here, and cost as much as the request itself.
    """

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._all: list[httpx.AsyncHTTPTransport] = []
        self._idle: defaultdict[tuple[str, str, int], list[httpx.AsyncHTTPTransport]] = defaultdict(list)
        self._contexts: dict[bool, ssl.SSLContext] = {}

    def take(self, url: str) -> httpx.AsyncHTTPTransport:
        """Return a connection to the origin of *url* that nobody uses.

        Raises OSError, ValueError or ImportError where the certificates or the proxy cannot be used.
        """
        idle = self._idle[origin(url)]
        return idle.pop() if idle else self._new(url)

    def give_back(self, url: str, connection: httpx.AsyncHTTPTransport) -> None:
        """Let the next request to that origin use *connection*."""
        self._idle[origin(url)].append(connection)

    async def aclose(self) -> None:
        """Close all of them."""
        for each in self._all:
            await each.aclose()

    def _new(self, url: str) -> httpx.AsyncHTTPTransport:
        name = host(url)
        trusted = (
            name in self._settings.trusted_hosts or name.partition(":")[0] in self._settings.trusted_hosts
        )
        made = httpx.AsyncHTTPTransport(
            verify=self._tls(check=url[:6].lower() == "https:" and not trusted),
            proxy=self._settings.proxy or proxy_for(url),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60),
        )
        self._all.append(made)
        return made

    def _tls(self, *, check: bool) -> ssl.SSLContext:
        if check not in self._contexts:
            self._contexts[check] = tls_context(self._settings.cert, self._settings.client_cert, check=check)
        return self._contexts[check]
