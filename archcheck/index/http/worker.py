"""The thread that asks the index, so that the run need not wait for one answer before it asks the next.

The run asks with `Worker.ask`, from any thread, and gets a future. The worker is one daemon thread with one
asyncio loop, in which a `Client` lives; it begins with the first question, and with it the import of httpx.
What waits for a future goes on in that thread (see `index.coroutines`): the pages of an index are read there,
while the run resolves in its own.

It leaves nobody waiting. An answer that cannot be had is an `Unavailable`; a fault of ours is raised where
the answer is looked at; what is under way when the index is closed is cancelled. A second thread watches the
loop: where that has not turned for a minute, because something in it blocks, every question is given up.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from archcheck.index.http.messages import Reply, Unavailable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping

    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.messages import HttpSettings, Stats
    from archcheck.index.http.patience import Patience

BEAT = 1.0
"""Seconds between two looks at whether the loop still turns."""
MISSED_BEATS = 60
"""How many looks in vain there may be. They are counted: while a machine sleeps, none is missed."""
_CLOSING = 2.0
_MEANWHILE = 0.01  # seconds after the first question: it is under way then, and seldom back
_HANGS = Unavailable(reason="the thread that asks the index hangs", incomplete=True)
_GONE = Unavailable(reason="the thread that asks the index has ended", incomplete=True)


class _Question(NamedTuple):
    """What is asked, where its body goes (None: with the reply), and who waits for the answer."""

    url: str
    headers: Mapping[str, str]
    limit: int
    into: BinaryIO | None
    answer: Future[Reply | Unavailable]


class _CannotKeepError(Exception):
    """What was downloaded cannot be written."""


class _Body:
    """The file that a long body is written to; the body may come again, from its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def restart(self) -> None:
        with self._keeping():
            self._file.seek(0)
            self._file.truncate()

    async def write(self, chunk: bytes) -> None:
        with self._keeping():
            self._file.write(chunk)

    @contextlib.contextmanager
    def _keeping(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # a full disk; ValueError where it was closed meanwhile
            raise _CannotKeepError(getattr(error, "strerror", None) or str(error)) from error


class Worker:
    """Asks as *settings* say, *jobs* addresses at once, and counts what is asked in *stats*.

    *patience* is shared with whoever else asks in this run; None for one of its own. *meanwhile* is called in
    the worker's thread while the first answer is on its way.
    """

    def __init__(
        self,
        settings: HttpSettings,
        stats: Stats,
        *,
        jobs: int,
        patience: Patience | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        self._settings = settings
        self._stats = stats
        self._jobs = jobs
        self._patience = patience
        self._meanwhile = meanwhile
        self._credentials = list(settings.credentials)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._ended: Unavailable | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: deque[_Question] = deque()
        self._waiting: set[Future[Reply | Unavailable]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = 0

    def ask(
        self, url: str, headers: Mapping[str, str], *, into: BinaryIO | None = None, limit: int
    ) -> Future[Reply | Unavailable]:
        """Return what *url* answers; a body for *into* is written there, in the worker's thread."""
        answer: Future[Reply | Unavailable] = Future()
        with self._lock:
            closed = self._closed.is_set()
            if self._thread is None and not closed:
                self._start()
            ended = self._ended
            if ended is None and not closed:
                self._waiting.add(answer)
                self._asked.append(_Question(url, headers, limit, into, answer))
                if self._loop is not None:
                    self._loop.call_soon_threadsafe(self._begin)
        if closed:
            answer.set_exception(CancelledError())
        elif ended is not None:
            answer.set_result(ended)
        return answer

    def add_credential(self, credential: Credential) -> None:
        """Use *credential* too for what is asked from now on."""
        with self._lock:
            self._credentials.append(credential)

    def close(self) -> None:
        """Give up what is under way, and whoever waits for it; waits a moment at most."""
        with self._lock:
            self._closed.set()
            waiting, self._waiting = self._waiting, set()
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
        for answer in waiting:
            answer.set_exception(CancelledError())
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_CLOSING)

    def _start(self) -> None:
        """Start the worker's thread and the one that watches it; the system may let none be started."""
        thread = threading.Thread(target=self._run, name="archcheck-index", daemon=True)
        watch = threading.Thread(target=self._watch, name="archcheck-index-watch", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._ended = Unavailable(reason=f"the index cannot be asked: {error}", incomplete=True)
            return
        self._thread = thread
        with contextlib.suppress(RuntimeError):  # that was the last one: then nobody watches
            watch.start()

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException as fault:  # noqa: BLE001 - of ours: raised again where the answer is looked at
            self._end(_GONE, fault)
        else:
            self._end(_GONE)

    def _serve(self) -> None:
        """Ask what there is to ask, until the worker is closed."""
        import asyncio  # noqa: PLC0415 - 100 ms with httpx, spent in this thread and only where it is needed

        # where click is installed, httpx imports a command line of its own: 50 ms that nobody here uses
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        from archcheck.index.http.client import Client  # noqa: PLC0415

        self._client = Client(
            self._settings, self._stats, self._credentials, jobs=self._jobs, patience=self._patience
        )
        loop = asyncio.new_event_loop()
        loop.call_soon(self._turn)
        loop.call_soon(self._begin)
        loop.call_later(_MEANWHILE, self._meanwhile)
        with self._lock:
            self._loop = loop
            if self._closed.is_set():
                loop.call_soon(loop.stop)
        loop.run_forever()
        with self._lock:
            self._loop = None
        loop.run_until_complete(self._finish())
        loop.close()  # not `asyncio.run`, which waits for a name look-up that hangs in a thread of its own

    def _begin(self) -> None:
        """Begin with every question that is not under way yet."""
        while self._asked and self._loop is not None:
            task = self._loop.create_task(self._answer(self._asked.popleft()))
            self._tasks.add(task)  # the loop itself holds its tasks by weak references only
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, question: _Question) -> None:
        url, headers, limit, into, answer = question
        found: Reply | Unavailable
        try:
            body = None if into is None else _Body(into)
            found = await self._client.get(url, headers=headers, into=body, limit=limit)
        except _CannotKeepError as error:
            found = Unavailable(reason=f"what was downloaded cannot be kept: {error}", incomplete=True)
        except Exception as fault:  # noqa: BLE001 - as in `_run`
            if self._is_awaited(answer):
                answer.set_exception(fault)
            return
        if self._is_awaited(answer):
            answer.set_result(found)

    def _is_awaited(self, answer: Future[Reply | Unavailable]) -> bool:
        """Return whether *answer* is still waited for: this once, and only where it was not given up."""
        with self._lock:
            awaited = answer in self._waiting
            self._waiting.discard(answer)
        return awaited

    async def _finish(self) -> None:
        import asyncio  # noqa: PLC0415 - as in `_serve`

        loop = asyncio.get_running_loop()
        for task in self._tasks:
            task.cancel()
        # These end others: those of a connection that is being made, of a body that is given up half-way. A
        # keyring that waits for its user is not waited for.
        if under_way := asyncio.all_tasks(loop) - {asyncio.current_task()}:
            await asyncio.wait(under_way, timeout=_CLOSING / 2)
        await loop.shutdown_asyncgens()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._client.aclose(), _CLOSING / 2)

    def _turn(self) -> None:
        """Show `_watch` that the loop turns."""
        self._turns += 1
        if self._loop is not None:
            self._loop.call_later(BEAT / 2, self._turn)

    def _watch(self) -> None:
        """Give up what is asked once the loop has not turned for long; the longest page is read by then."""
        missed, seen = 0, -1
        while missed < MISSED_BEATS:
            if self._closed.wait(BEAT):
                return
            missed = missed + 1 if self._turns == seen else 0
            seen = self._turns
        self._end(_HANGS)

    def _end(self, why: Unavailable, fault: BaseException | None = None) -> None:
        """Leave nobody waiting: who waits gets the *fault*, where there is one, and who asks later *why*."""
        with self._lock:
            self._ended = self._ended or why
            waiting, self._waiting = self._waiting, set()
        for answer in waiting:
            if fault is None:
                answer.set_result(why)
            else:
                answer.set_exception(fault)
