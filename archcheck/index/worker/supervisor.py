"""Who asks the index for a run: a worker in a process of its own, or in a thread where none can be had."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING

from archcheck.index.http.messages import Unavailable
from archcheck.index.worker.messages import Errand, Opening, Part, Password, Ready, is_framable
from archcheck.index.worker.process import take
from archcheck.index.worker.transports import InProcess, InThread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from archcheck.index.cache.store import Mode
    from archcheck.index.http.addresses import Credential
    from archcheck.index.http.messages import Access, Reading, Reply, Stats
    from archcheck.index.worker.messages import Up
    from archcheck.index.worker.process import Process
    from archcheck.index.worker.transports import Carrier

_ENDED = Unavailable(reason="the process that asks the index ended before it had answered", incomplete=True)


class _Waiting:
    """An errand under way, where its body goes, and who waits for it."""

    def __init__(self, errand: Errand, into: BinaryIO | None) -> None:
        self.errand = errand
        self.into = into
        self.future: Future[Reply | Unavailable] = Future()

    def settle(self, answer: Reply | Unavailable | None, fault: str = "") -> None:
        """Tell whoever waits; where there is no *answer*, of the *fault*: the traceback of one of ours."""
        if answer is not None:
            self.future.set_result(answer)
            return
        error = RuntimeError(fault.strip().rpartition("\n")[2])
        error.add_note(fault)
        self.future.set_exception(error)


class Remote:
    """Asks as *access* says, *jobs* addresses at once; nothing is started before the first one.

    Documents are kept in the cache's *folder* as its *mode* has it. What is asked is counted in *stats*.
    """

    def __init__(self, access: Access, stats: Stats, *, folder: str, mode: Mode, jobs: int) -> None:
        self._opening = Opening(access, jobs, folder, mode)
        self._stats = stats
        self._lock = threading.Lock()
        self._carrier: Carrier | None = None
        self._passwords: list[Password] = []
        self._waiting: dict[int, _Waiting] = {}
        self._count = 0
        self._ready = self._ended = self._closed = False

    def ask(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        into: BinaryIO | None,
        limit: int,
        reading: Reading | None,
    ) -> Future[Reply | Unavailable]:
        """Return what *url* answers; a body for *into* is written there, in another thread."""
        with self._lock:
            self._count += 1
            errand = Errand(self._count, url, dict(headers), limit, long=into is not None, reading=reading)
            waiting = _Waiting(errand, into)
            if self._closed:
                waiting.future.set_exception(CancelledError())
            elif self._ended:
                waiting.future.set_result(_ENDED)
            else:
                self._waiting[errand.number] = waiting
                if self._carrier is None:
                    process = take() if is_framable(self._opening) else None
                    self._set_out(self._here() if process is None else self._apart(process))
                else:
                    self._carrier.say(errand)
        return waiting.future

    def add_credential(self, credential: Credential) -> None:
        """Use *credential* too for what is asked from now on."""
        with self._lock:
            self._passwords.append(Password(credential))
            if self._carrier is not None:
                self._carrier.say(self._passwords[-1])

    def close(self) -> None:
        """Give up what is under way, and whoever waits for it; waits a moment at most."""
        self._closed = True
        if self._carrier is not None:  # first: who has the lock may be saying something, and not be heard
            self._carrier.close()
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            each.future.set_exception(CancelledError())  # nobody may wait for ever

    def _apart(self, process: Process) -> Carrier:
        try:
            return InProcess(process, self._hear, self._lose)
        except RuntimeError:  # that was the last process or thread that there may be: one thread is enough
            process.close()
            return self._here()

    def _here(self) -> Carrier:
        return InThread(self._hear, self._end)

    def _set_out(self, carrier: Carrier) -> None:
        """Send *carrier* with all that has been asked so far."""
        self._carrier = carrier
        carrier.say(self._opening)
        for password in self._passwords:
            carrier.say(password)
        for each in self._waiting.values():
            carrier.say(each.errand)

    def _hear(self, message: Up) -> None:
        if isinstance(message, Ready):
            self._ready = True
        elif isinstance(message, Part):
            self._write(message)
        else:
            self._stats.requests, self._stats.received = message.requests, message.received
            self._settle(message.number, message.reply or message.failure, message.fault)

    def _write(self, part: Part) -> None:
        """Write *part* to where it goes, if anybody still waits for it."""
        waiting = self._waiting.get(part.number)
        if waiting is None or waiting.into is None:
            return
        try:
            if part.again:
                waiting.into.seek(0)
                waiting.into.truncate()
            waiting.into.write(part.data)
        except (OSError, ValueError) as error:  # a full disk; ValueError where it was closed meanwhile
            reason = f"what was downloaded cannot be kept: {getattr(error, 'strerror', None) or error}"
            self._settle(part.number, Unavailable(reason=reason, incomplete=True))

    def _settle(self, number: int, answer: Reply | Unavailable | None, fault: str = "") -> None:
        with self._lock:
            waiting = self._waiting.pop(number, None)
        if waiting is not None:
            waiting.settle(answer, fault)

    def _lose(self) -> None:
        """Make do without the process that has ended: with a thread, where it could not even begin."""
        with self._lock, contextlib.suppress(RuntimeError):  # no thread can be started either
            if not self._ready and not self._closed:
                self._set_out(self._here())
                return
        self._end()

    def _end(self, fault: str = "") -> None:
        """Leave nobody waiting for a worker that is no more, nor ask it."""
        with self._lock:
            if self._closed:
                return
            self._ended = True
            waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            each.settle(None if fault else _ENDED, fault)
