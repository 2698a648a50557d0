"""Questions that run in the caller's thread until they need the network, then in a loop in the background.

A question is a coroutine. `Background.start` runs it at once, by hand: one that the cache can answer never
suspends, and costs no loop, no thread and no import of asyncio. One that does need the network says so with
`await network()`, before it awaits anything else, and goes on in the loop from that very line.
"""

from __future__ import annotations

import contextlib
import threading
import types
from collections import deque
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Generator

T = TypeVar("T")
_PATIENCE = 2.0


@types.coroutine
def network() -> Generator[None, None, None]:
    """Suspend until the loop runs the question; in the loop, a mere turn of it, as `asyncio.sleep(0)` is."""
    yield


async def shared(future: Future[T]) -> T:
    """Return what another question finds out, without asking again."""
    if not future.done():
        await network()
        import asyncio  # noqa: PLC0415 - the loop has imported it

        loop, arrived = asyncio.get_running_loop(), asyncio.Event()

        def tell(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                loop.call_soon_threadsafe(arrived.set)

        # `wrap_future` would copy the exception of a question given up, and complain that nobody looks at it.
        future.add_done_callback(tell)
        await arrived.wait()
    return future.result()


async def together(questions: list[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the answers to all *questions*, in order; those that need the network are asked at once."""
    answers: list[Any] = [None] * len(questions)
    waiting: list[int] = []
    for place, question in enumerate(questions):
        try:
            question.send(None)
        except StopIteration as stop:
            answers[place] = stop.value
        else:
            waiting.append(place)
    if waiting:
        await network()
        import asyncio  # noqa: PLC0415 - the loop has imported it

        late = await asyncio.gather(*(questions[place] for place in waiting))
        for place, answer in zip(waiting, late, strict=True):
            answers[place] = answer
    return answers


class Background:
    """One asyncio loop in a daemon thread, started by the first question that needs it.

    *closing* is awaited in the loop when it ends.
    """

    def __init__(self, closing: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._closing = closing
        self._lock = threading.Lock()
        self._handed_over: deque[Coroutine[Any, Any, None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False

    def start(self, question: Coroutine[Any, Any, T], future: Future[T]) -> None:
        """Run *question* as far as it goes without the network; its answer arrives in *future*."""
        settled = _settle(question, future)
        try:
            settled.send(None)
        except StopIteration:
            return
        with self._lock:
            if self._stopped:
                settled.close()
                return
            self._handed_over.append(settled)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="archcheck-index", daemon=True)
                self._thread.start()
            elif self._loop is not None:
                self._loop.call_soon_threadsafe(self._take_over)

    def close(self) -> None:
        """Give up every question under way and end the loop; waits a moment at most."""
        with self._lock:
            self._stopped = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        while self._handed_over:
            self._handed_over.popleft().close()

    def _run(self) -> None:
        import asyncio  # noqa: PLC0415 - 40 ms, spent here in the background and only where it is needed

        loop = asyncio.new_event_loop()
        loop.call_soon(self._take_over)
        with self._lock:
            self._loop = loop
            if self._stopped:
                loop.call_soon(loop.stop)
        loop.run_forever()
        with self._lock:
            self._loop = None
        loop.run_until_complete(self._finish())
        loop.close()

    def _take_over(self) -> None:
        while self._handed_over and self._loop is not None:
            task = self._loop.create_task(self._handed_over.popleft())
            self._tasks.add(task)  # the loop itself holds its tasks by weak references only
            task.add_done_callback(self._tasks.discard)

    async def _finish(self) -> None:
        import asyncio  # noqa: PLC0415 - as in `_run`

        under_way = list(self._tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing(), _PATIENCE / 2)


async def _settle(question: Coroutine[Any, Any, T], future: Future[T]) -> None:
    future.set_running_or_notify_cancel()
    try:
        future.set_result(await question)
    except Exception as error:  # noqa: BLE001 - a fault of ours: raised again where the answer is asked for
        future.set_exception(error)
    except BaseException:
        future.set_exception(CancelledError())  # nobody may wait for ever for a question given up
        raise
