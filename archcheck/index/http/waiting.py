"""Waiting for a host, for as long as there is patience for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from archcheck.index.http.patience import Patience

_LOOK = 1.0
"""Seconds between two looks at what is left: another request may have used it up, or have paid it back."""


class OutOfPatienceError(Exception):
    """What was waited for did not come while there was patience for its host."""


class _Look:
    """Looks after one wait: lets *scope* expire once there is no patience left for *host*."""

    def __init__(self, patience: Patience, host: str, scope: asyncio.Timeout) -> None:
        self._patience = patience
        self._host = host
        self._scope = scope
        self._loop = asyncio.get_running_loop()
        self._plan()

    def cancel(self) -> None:
        self._next.cancel()

    def _plan(self) -> None:
        self._next = self._loop.call_later(min(self._patience.left(self._host), _LOOK), self._look)

    def _look(self) -> None:
        if self._patience.is_used_up(self._host):
            self._scope.reschedule(self._loop.time())
        else:
            self._plan()


@asynccontextmanager
async def watched(patience: Patience, host: str) -> AsyncIterator[None]:
    """Count what is waited for here for *host*; raise `OutOfPatienceError` where it takes too long."""
    with patience.owed(host):
        try:
            async with asyncio.timeout(None) as scope:
                look = _Look(patience, host, scope)
                try:
                    yield
                finally:
                    look.cancel()
        except TimeoutError as error:
            if scope.expired():
                raise OutOfPatienceError(host) from error
            raise
