"""How long a run waits for what does not come: one patience for all that it asks. No I/O.

What is counted is time in which a host owes an answer: silence, pauses before another attempt, and bodies
that come too slowly. Bytes pay it back, and so does an answer, so that a large download over a slow line is
never cut off, while a byte a second is. A host that has used the patience up is not asked again in this run.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 30.0
"""Seconds of a run, where nobody says otherwise."""
_RATE = 1024.0  # bytes that pay a second back: no line that people work with is slower
_ANSWER = 5.0  # seconds that a whole answer pays back: one may be short, such as a 304
_SHARE = 0.1  # of the whole, for each further host once one has used the patience up


class _Host:
    """What has been waited for one host in vain so far, and since when somebody waits again."""

    def __init__(self, most: float) -> None:
        self.most = most
        self.waiting = 0
        self.since = 0.0
        self.waited = 0.0
        self.last = most
        self.has_answered = False
        self.is_given_up = False
        self.is_on_probation = False


class Patience:
    """The patience of one run, *total* seconds of it; *clock* gives seconds from anywhere.

    Each host has all of it, since they are waited for at the same time. Once one has used it up, a share is
    left for each of the others, and also for that one, where it has answered before: a single page may hang.
    What answers at once is heard to the end of the run that way. Several threads may count in it.
    """

    def __init__(self, total: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._shut: dict[str, str] = {}
        self._used_up = False
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time by this patience's clock."""
        return self._clock()

    @contextmanager
    def owed(self, host: str) -> Iterator[None]:
        """Count what is waited for here for *host*; time passes once for all that it owes."""
        with self._lock:
            self._counted(host).waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._counted(host).waiting -= 1

    def received(self, host: str, size: int) -> None:
        """Take note of *size* bytes from *host*."""
        with self._lock:
            counted = self._counted(host)
            if not counted.is_given_up:
                counted.waited = max(counted.waited - size / _RATE, 0.0)

    def answered(self, host: str) -> None:
        """Take note of a whole answer of *host*, whatever its size."""
        with self._lock:
            counted = self._counted(host)
            counted.has_answered, counted.is_given_up = True, False
        self.received(host, int(_ANSWER * _RATE))

    def left(self, host: str) -> float:
        """Return for how many seconds *host* is still waited for; 0 where it is not any more."""
        with self._lock:
            return 0.0 if host in self._shut else self._left(self._counted(host))

    def is_used_up(self, host: str) -> bool:
        """Return whether *host* is not waited for any more; then only a whole answer of it changes that."""
        with self._lock:
            counted = self._counted(host)
            if host in self._shut or self._left(counted) <= 0:
                counted.is_given_up = True
            return counted.is_given_up

    def use_up(self, host: str, what: str) -> str:
        """Give up *what* of *host*, which has used up the patience for it; return the reason.

        One that has not answered in this run, or has used up its share as well, is shut.
        """
        with self._lock:
            counted = self._counted(host)
            used_up = self._left(counted) <= 0  # else another question has just done that
            if used_up:
                counted.last, counted.waited, counted.is_given_up = counted.most, 0.0, False
                self._used_up = True
            reason = (
                f"{host} did not send {what} within {counted.last:g} s, "
                f"the patience that a run has for what does not come (--timeout)"
            )
            if used_up and (counted.is_on_probation or not counted.has_answered):
                self._shut.setdefault(host, reason)
            counted.is_on_probation = True
            return self._shut.get(host, reason)

    def shut(self, host: str, reason: str) -> None:
        """Let *host* not be asked again in this run, for *reason*."""
        with self._lock:
            self._shut.setdefault(host, reason)

    def reason(self, host: str) -> str | None:
        """Return why *host* is not to be asked; None where it may be."""
        return self._shut.get(host)

    def _left(self, counted: _Host) -> float:
        return max(counted.most - counted.waited, 0.0)

    def _counted(self, host: str) -> _Host:
        """Return the count of *host* as it is now."""
        now = self._clock()
        counted = self._hosts.setdefault(host, _Host(self.total))
        if self._used_up:
            counted.most = self.total * _SHARE
        if counted.waiting:
            counted.waited += now - counted.since
        counted.since = now
        return counted
