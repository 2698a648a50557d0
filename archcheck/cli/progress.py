"""Progress on stderr: a terminal gets a moving line once the work takes long, anything else gets nothing."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcheck.cli.console import Console
    from archcheck.index.client import IndexClient

PATIENCE = 0.5
"""Seconds before anything is shown: a run out of the cache is over by then, and need not import rich."""
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

        terminal = Terminal(file=self._console.err)
        with terminal.status("reading", spinner="dots") as status:
            while not self._over.wait(_BEAT):
                asked = self._index.stats.requests if self._index is not None else 0
                status.update(f"{escape(self._what)} [dim]· {asked} requests[/dim]")
