"""Progress on stderr: a terminal gets a moving line once the work takes long, anything else gets nothing."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archcheck.cli.console import Console
    from archcheck.index.client import IndexClient

PATIENCE = 0.5
"""Seconds before anything is shown: a run out of the cache is over by then, and need not import rich."""
STILL = 2.0
"""Seconds in which nothing moves, after which it is said what is waited for."""
_BEAT = 0.1


@contextmanager
def watching(console: Console, *, wanted: bool) -> Iterator[Callable[[str, IndexClient], None] | None]:
    """Yield what to call at the beginning of each audit, or None where nobody watches."""
    if not wanted or not console.err.isatty():
        yield None
        return
    watcher = _Watcher(console)
    watcher.start()
    try:
        yield watcher.see
    finally:
        watcher.stop()


class Moved:
    """When anything has moved last: a request, an answer, the next step. *stand* is whatever tells that."""

    def __init__(self, moment: float) -> None:
        self._stand: object = None
        self._since = moment

    def still(self, stand: object, moment: float) -> bool:
        """Return whether *stand* has been the same for `STILL` seconds at the *moment*."""
        if stand != self._stand:
            self._stand, self._since = stand, moment
        return moment - self._since >= STILL


def told(what: str, requests: int, seconds: float, waiting: Sequence[str] = ()) -> tuple[str, str]:
    """Return what is done now, and what it has cost so far; *waiting* are the hosts that owe an answer."""
    from archcheck.report.layout import clean  # noqa: PLC0415 - as below

    asked = f"{requests} {'request' if requests == 1 else 'requests'}"
    hosts = ", ".join(dict.fromkeys(waiting))
    parts = (asked, f"{seconds:.0f} s", f"waiting for {hosts}" if hosts else "")
    return clean(what or "reading"), clean(" · ".join(filter(None, parts)))


class _Watcher(threading.Thread):
    def __init__(self, console: Console) -> None:
        super().__init__(name="archcheck-progress", daemon=True)
        self._console = console
        self._over = threading.Event()
        self._what = ""
        self._index: IndexClient | None = None

    def see(self, what: str, index: IndexClient) -> None:
        self._what, self._index = what, index

    def stop(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        if self._over.wait(PATIENCE):
            return
        from rich.console import Console as Terminal  # noqa: PLC0415 - 70 ms, for long runs only
        from rich.markup import escape  # noqa: PLC0415

        from archcheck.index.http.messages import Stats  # noqa: PLC0415

        terminal = Terminal(file=self._console.err)
        started = time.monotonic() - PATIENCE
        moved = Moved(started)
        with terminal.status("reading", spinner="dots") as status:
            while not self._over.wait(_BEAT):
                moment = time.monotonic()
                stats = self._index.stats if self._index is not None else Stats()
                stand = self._what, stats.requests, stats.received, stats.inspected, stats.cache_hits
                waiting = tuple(stats.waiting) if moved.still(stand, moment) else ()
                what, cost = told(self._what, stats.requests, moment - started, waiting)
                status.update(f"{escape(what)} [dim]· {escape(cost)}[/dim]")
