"""A process for the worker: this Python once more, which ends when the run does."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from archcheck.index.worker.program import main; main()"
_STANDARD = 3
STDERR = 3
"""Where the worker finds standard error, which is silent until it is up: what fails before, a thread does."""
_PIECE = 1 << 20
_PATIENCE = 0.5
_SIGINT, _SIGKILL = 2, 9  # as `signal` has them, which would have to be imported

_ahead: list[Process] = []


def start_ahead() -> None:
    """Start a process before anybody needs it, which gets ready while the run reads its input."""
    process = Process.start()
    if process is not None:
        _ahead.append(process)


def dismiss() -> None:
    """Let a process go that was started ahead and that nobody took."""
    while _ahead:
        _ahead.pop().close()


def take() -> Process | None:
    """Return the process that was started ahead, else a new one; None where there can be none."""
    try:
        return _ahead.pop()
    except IndexError:
        return Process.start()


class Process:
    """One process, and the pipes to it and from it."""

    def __init__(self, number: int, incoming: int, outgoing: int) -> None:
        self._number = number
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = threading.Lock()
        self._reader: threading.Thread | None = None

    @classmethod
    def start(cls) -> Self | None:
        """Start the worker; None where there can be none, or it would be of no use."""
        if not _possible():
            return None
        fds: list[int] = []
        try:
            fds += os.pipe()
            fds += os.pipe()
            number = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", *_flags(), "-c", _PROGRAM, *_places()],
                dict(os.environ),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, fds[0], 0),
                    (os.POSIX_SPAWN_DUP2, fds[3], 1),
                    (os.POSIX_SPAWN_DUP2, 2, STDERR),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
                setsigmask=[_SIGINT],  # until it has its own way with that
            )
        except (OSError, ValueError):
            for fd in fds:
                os.close(fd)
            return None
        os.close(fds[0])
        os.close(fds[3])
        return cls(number, fds[2], fds[1])

    def listen(self, heard: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        """Call *heard* with what the process says, in a thread, and *ended* once it says no more."""
        self._reader = threading.Thread(
            target=self._listen, args=(heard, ended), name="archcheck-index", daemon=True
        )
        try:
            self._reader.start()
        except RuntimeError:
            self._reader = None
            raise

    def say(self, data: bytes) -> None:
        """Write *data* to the process; nothing happens where it has ended."""
        with self._writing, contextlib.suppress(OSError):
            rest = memoryview(data)
            while rest and self._outgoing >= 0:
                rest = rest[os.write(self._outgoing, rest) :]

    def close(self) -> None:
        """Let the process end; waits a moment at most."""
        if self._reader is None or not self._writing.acquire(timeout=_PATIENCE):
            self._kill()  # nobody needs it; or it reads no more, and somebody waits in `say` for that
            self._writing.acquire()
        if self._outgoing >= 0:
            os.close(self._outgoing)
        self._outgoing = -1
        self._writing.release()
        if self._reader is None:
            os.close(self._incoming)
            self._reap()
        elif self._reader is not threading.current_thread():
            self._reader.join(_PATIENCE)
            if self._reader.is_alive():  # it hangs, in a long page or in what a keyring asks
                self._kill()
                self._reader.join(_PATIENCE)

    def _listen(self, heard: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        try:
            while data := os.read(self._incoming, _PIECE):
                heard(data)
        except Exception:  # noqa: BLE001 - it makes no sense: another version was installed meanwhile
            self._kill()
        finally:
            os.close(self._incoming)
            self.close()
            ended()
            self._reap()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._number, _SIGKILL)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):  # somebody else waits for all children
            os.waitpid(self._number, 0)


def _possible() -> bool:
    """Return whether another process is of use, and what stands for Python here is Python."""
    if not hasattr(os, "posix_spawn") or getattr(sys, "frozen", False):
        return False
    standard = all(map(_is_open, range(_STANDARD)))  # else pipes would come to stand there
    several = len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else os.cpu_count() != 1
    python = os.path.basename(sys.executable or "").startswith(("python", "pypy"))  # noqa: PTH119
    return standard and several and python


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _flags() -> list[str]:
    """Return the interpreter's options that have to be this one's."""
    flags = ["-X", f"utf8={sys.flags.utf8_mode}"]  # on which it depends what a path of the cache is on disk
    if sys.dont_write_bytecode:
        flags.append("-B")
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


def _places() -> list[str]:
    """Return where this process finds modules, and archcheck itself however it was found."""
    package = os.path.abspath(__file__)  # noqa: PTH100
    for _ in range(4):
        package = os.path.dirname(package)  # noqa: PTH120
    return [*(place for place in sys.path if isinstance(place, str)), package]
