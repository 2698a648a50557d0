"""Passwords, each for its own host alone, and the TLS settings."""

from __future__ import annotations

import asyncio
import base64
import netrc
import os
from functools import cached_property
from typing import TYPE_CHECKING

from archcheck.index.http.addresses import Credential, credential_for, origin
from archcheck.index.http.keyring import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.index.http.messages import HttpSettings


class Passwords:
    """The *credentials*, and those that netrc or the keyring has for a host by name.

    They may grow; what the keyring answers is put into them.
    """

    def __init__(self, credentials: list[Credential], settings: HttpSettings) -> None:
        self._credentials = credentials
        self._provider = settings.keyring
        self._own = {origin(url): url for url in settings.places}
        self._asked: dict[tuple[str, str, int], asyncio.Task[None]] = {}

    def header(self, url: str) -> Mapping[str, str]:
        """Return the `Authorization` header for *url*, empty where none is meant for its origin."""
        found = credential_for(url, self._credentials) or self._from_netrc(url)
        if found is None:
            return {}
        token = base64.b64encode(f"{found.username}:{found.password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}

    async def ask_keyring(self, url: str) -> None:
        """Ask the keyring, once, for the password of the configured place that has the origin of *url*."""
        place = origin(url)
        if self._provider == "disabled" or place not in self._own:
            return
        if place not in self._asked:
            self._asked[place] = asyncio.create_task(self._learn(self._own[place]))
        await asyncio.shield(self._asked[place])

    async def _learn(self, url: str) -> None:
        known = credential_for(url, self._credentials)
        if known is not None and known.password:
            return  # the server does not take it, and the user would have to change it
        found = await asyncio.to_thread(look_up, url, known.username if known else "", self._provider)
        if found is not None:
            self._credentials.insert(0, found)

    def _from_netrc(self, url: str) -> Credential | None:
        _, name, _ = origin(url)
        # not authenticators(): its `default` entry would go to whatever host a page or a redirect names
        entry = self._netrc.get(name)
        return entry and Credential(url=url, username=entry[0], password=entry[2] or "")

    @cached_property
    def _netrc(self) -> dict[str, tuple[str, str | None, str | None]]:
        try:
            hosts = netrc.netrc(os.environ.get("NETRC") or None).hosts
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
            return {}
        return {name: entry for name, entry in hosts.items() if name != "default"}
