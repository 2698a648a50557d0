"""Progress on stderr: a terminal gets a moving line once the work takes long, anything else gets nothing."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import OverflowMethod

    from archcheck.app.perform import Step
    from archcheck.cli.console import Console
    from archcheck.index.client import IndexClient
    from archcheck.index.http.messages import Asked, Stats

PATIENCE = 0.5
"""Seconds before anything is shown: a run out of the cache is over by then, and need not import rich."""
STILL = 2.0
"""Seconds in which nothing moves, after which it is said what is waited for."""
_BEAT = 0.1
_LONGEST = 60  # characters of a name
_BAR = 20  # columns


@contextmanager
def watching(console: Console) -> Iterator[Callable[[Step, IndexClient], None]]:
    """Yield what to call at the beginning of each step; see `output.watched`."""
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


class Line(NamedTuple):
    """What is shown: what is done now, how far that is (`of` is 0 where nobody knows), and its cost."""

    what: str
    done: int
    of: int
    cost: str
    waiting: str = ""


def line(step: Step | None, stats: Stats, seconds: float, waiting: str = "") -> Line:
    """Return what is shown after so many *seconds*: of several inputs how many are done, else of packages."""
    from archcheck.report.layout import clean  # noqa: PLC0415 - as in `_Watcher`
    from archcheck.report.phrases import plural  # noqa: PLC0415

    found, answered = len(stats.found), min(len(stats.answered), len(stats.found))
    of_inputs, of_packages = (step.total if step else 0), f"{answered} of {plural(found, 'package')}"
    counts = (
        f"{step.number} of {plural(step.total, 'input')}" if step and of_inputs else "",
        of_packages if found else "",
        plural(stats.requests, "request"),
        f"{seconds:.0f} s",
    )
    return Line(
        what=clean(step.what if step else "reading"),
        done=step.number - 1 if step and of_inputs else answered,
        of=of_inputs or found,
        cost=", ".join(filter(None, counts)),
        waiting=clean(waiting),
    )


def waited_for(asked: Sequence[Asked], moment: float) -> str:
    """Return in words what is waited for at the *moment*, the oldest of it by name; "" for nothing."""
    if not asked:
        return ""
    from archcheck.report.phrases import plural  # noqa: PLC0415 - as above

    oldest = min(asked, key=lambda each: each.since)
    age = f"the oldest {max(moment - oldest.since, 0.0):.0f} s, {_project(oldest.what)} ({oldest.host})"
    return f"waiting for the index: {plural(len(asked), 'request')}, {age}"


def _project(what: str) -> str:
    """Return the project that the end of an address names: a page, a file, or the document of a version."""
    name = what.partition("/")[0]
    if re.search(r"\.whl\b", name):
        name = name.partition("-")[0]
    elif re.search(r"\.(?:tar\.gz|zip)\b", name):
        name = name.rpartition("-")[0] or name
    return name[:_LONGEST]


class _Watcher(threading.Thread):
    def __init__(self, console: Console) -> None:
        super().__init__(name="archcheck-progress", daemon=True)
        self._console = console
        self._over = threading.Event()
        self._seen: tuple[Step, IndexClient] | None = None

    def see(self, step: Step, index: IndexClient) -> None:
        self._seen = step, index

    def stop(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        if self._over.wait(PATIENCE):
            return
        with suppress(OSError, ValueError):  # a terminal that has gone, or cannot show this
            self._show(time.monotonic() - PATIENCE)

    def _show(self, started: float) -> None:
        from archcheck.index.http.messages import Stats  # noqa: PLC0415

        moved = Moved(started)
        with display(self._console) as draw:
            while not self._over.wait(_BEAT):
                moment = time.monotonic()
                step, stats = (self._seen[0], self._seen[1].stats) if self._seen else (None, Stats())
                stand = step, stats.requests, stats.received, stats.inspected, stats.cache_hits
                waiting = waited_for(tuple(stats.waiting), moment) if moved.still(stand, moment) else ""
                draw(line(step, stats, moment - started, waiting))


@contextmanager
def display(console: Console) -> Iterator[Callable[[Line], None]]:
    """Yield what draws a `Line` on stderr in place of the last one; nothing of it is left afterwards."""
    from rich.console import Console as Terminal  # noqa: PLC0415 - 70 ms, for long runs only
    from rich.console import Group  # noqa: PLC0415
    from rich.live import Live  # noqa: PLC0415
    from rich.progress_bar import ProgressBar  # noqa: PLC0415
    from rich.spinner import Spinner  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    terminal = Terminal(file=console.err)
    plain = not terminal.encoding.startswith("utf")
    overflow: OverflowMethod = "crop" if plain else "ellipsis"
    spinner = Spinner("line" if plain else "dots")

    def drawn(shown: Line) -> Group:
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=shown.of, completed=shown.done, width=_BAR) if shown.of else Text("")
        for place in range(4):
            row.add_column(no_wrap=place != 1)  # which on a narrow terminal is not shortened
        what = Text(shown.what, no_wrap=True, overflow=overflow)
        row.add_row(spinner, what, bar, Text(shown.cost, style="dim"))
        below = Text(f"  {shown.waiting}", style="dim", no_wrap=True, overflow=overflow)
        return Group(row, below) if shown.waiting else Group(row)

    with Live(
        console=terminal, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:
        yield lambda shown: live.update(drawn(shown), refresh=True)
