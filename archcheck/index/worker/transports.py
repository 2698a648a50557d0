"""How messages get to a worker and back: over pipes to a process, or into a loop in a thread of this one."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections import deque
from typing import TYPE_CHECKING, Protocol

from archcheck.index.worker.messages import Frames, Opening, decode_up, framed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from archcheck.index.worker.messages import Down, Up
    from archcheck.index.worker.process import Process
    from archcheck.index.worker.program import Worker

_PATIENCE = 2.0


class Carrier(Protocol):
    """Takes messages to a worker, and calls back, in a thread of its own, with what that says."""

    def say(self, message: Down) -> None:
        """Take *message* there; nothing happens where nobody is there any more."""
        ...

    def close(self) -> None:
        """Give up what is under way; waits a moment at most."""
        ...


class InProcess:
    """Carries to *process*, and calls *lose* once that has ended."""

    def __init__(self, process: Process, hear: Callable[[Up], None], lose: Callable[[], None]) -> None:
        self._process = process
        self._hear = hear
        self._frames = Frames()
        process.listen(self._take_apart, lose)
        self.close = process.close

    def say(self, message: Down) -> None:
        """Take *message* there."""
        self._process.say(framed(message))

    def _take_apart(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            self._hear(decode_up(frame))


class InThread:
    """Carries to a worker in a daemon thread of this process; calls *lose* with the fault that ends it."""

    def __init__(self, hear: Callable[[Up], None], lose: Callable[[str], None]) -> None:
        self._hear = hear
        self._lose = lose
        self._lock = threading.Lock()
        self._arrived: deque[Down] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="archcheck-index", daemon=True)
        self._thread.start()

    def say(self, message: Down) -> None:
        """Take *message* there."""
        with self._lock:
            self._arrived.append(message)
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._take)

    def close(self) -> None:
        """Give up what is under way and end the loop; waits a moment at most."""
        with self._lock:
            self._stopped = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException:  # noqa: BLE001 - raised again where an answer is asked for
            self._lose(traceback.format_exc())

    def _serve(self) -> None:
        import asyncio  # noqa: PLC0415 - 40 ms, spent here in the background and only where it is needed

        import archcheck.index.worker.program  # noqa: F401, PLC0415 - 60 ms more

        loop = asyncio.new_event_loop()
        loop.call_soon(self._take)
        with self._lock:
            self._loop = loop
            if self._stopped:
                loop.call_soon(loop.stop)
        loop.run_forever()
        with self._lock:
            self._loop = None
        loop.run_until_complete(self._finish())
        loop.close()

    def _take(self) -> None:
        from archcheck.index.worker.program import Worker  # noqa: PLC0415 - `_serve` has imported it

        while self._arrived and self._loop is not None:
            message = self._arrived.popleft()
            if isinstance(message, Opening):
                self._worker = Worker(message, self._tell)
            elif self._worker is not None:
                task = self._loop.create_task(self._worker.do(message))
                self._tasks.add(task)  # the loop itself holds its tasks by weak references only
                task.add_done_callback(self._tasks.discard)

    async def _tell(self, message: Up) -> None:
        self._hear(message)

    async def _finish(self) -> None:
        import asyncio  # noqa: PLC0415 - as in `_serve`

        under_way = list(self._tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._worker is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._worker.aclose(), _PATIENCE / 2)
