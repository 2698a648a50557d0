"""Coroutines without an event loop: a question to the index runs in whatever thread has what it waits for.

A question begins in its caller's thread. Where it has to wait (`await shared(future)`) it stops, and goes on
in the thread that sets the future. One that the cache can answer never waits, so it costs neither a loop nor
a thread.
"""

from __future__ import annotations

import types
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

T = TypeVar("T")


@types.coroutine
def _wait(future: Future[Any]) -> Generator[Future[Any], None, None]:
    yield future


async def shared(future: Future[T]) -> T:
    """Return what *future* comes to, which others may wait for too; raise what it raises."""
    if not future.done():
        await _wait(future)
    return future.result()


def start(question: Coroutine[Any, Any, T], future: Future[T]) -> None:
    """Run *question* as far as it goes at once; its answer arrives in *future*, now or later."""
    while True:
        try:
            awaited = question.send(None)
        except StopIteration as stop:
            future.set_result(stop.value)
            return
        except Exception as error:  # noqa: BLE001 - a fault of ours: raised again where the answer is asked for
            future.set_exception(error)
            return
        except BaseException:
            future.set_exception(CancelledError())  # nobody may wait for ever for a question given up
            raise
        if not awaited.done():
            awaited.add_done_callback(lambda _: start(question, future))
            return


async def together(questions: list[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the answers to all *questions*, in order; those that have to wait do so at once."""
    futures: list[Future[T]] = [Future() for _ in questions]
    for question, future in zip(questions, futures, strict=True):
        start(question, future)
    return [await shared(future) for future in futures]


async def aside(work: Callable[[], T]) -> T:
    """Return what *work* comes to, in a thread of its own: it takes long, and others have answers to read."""
    import threading  # noqa: PLC0415 - for the few questions that need it

    async def question() -> T:
        return work()

    future: Future[T] = Future()
    threading.Thread(target=start, args=(question(), future), name="archcheck-aside", daemon=True).start()
    return await shared(future)
