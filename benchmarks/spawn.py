"""Run commands one after the other and say what each took; `python -I -S spawn.py` reads a JSON order.

A process of its own because Linux counts the memory that the parent had at the fork as the child's peak
(`ru_maxrss`), and this one is small. The clock runs from the spawn to the end of the process.
"""

import json
import os
import signal
import sys
import threading
import time

_BETWEEN = 0.02


def run(command: list[str], environ: dict[str, str], output: str, patience: int) -> dict[str, float]:
    """Return seconds, CPU seconds, peak bytes and exit code of *command*, killed after *patience*."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, output + ".err", flags, 0o600),
    ]
    began = time.perf_counter()
    process = os.posix_spawnp(command[0], command, environ, file_actions=actions)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(process, signal.SIGKILL))
    signal.alarm(patience)
    together = _Peak(process)
    _, status, usage = os.wait4(process, 0)
    took = time.perf_counter() - began
    signal.alarm(0)
    return {
        "seconds": took,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": max(usage.ru_maxrss * 1024, together.bytes()),
        "exit": os.waitstatus_to_exitcode(status),
    }


class _Peak:
    """The most that a process and its children hold together, looked at now and then.

    `ru_maxrss` is that of the largest of them. What they share counts for each, and peaks need not coincide:
    it is never too little. 0 where there is no /proc.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._most = 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def bytes(self) -> int:
        """Stop watching, and return what was seen."""
        self._ended.set()
        self._watcher.join()
        return self._most

    def _watch(self) -> None:
        while not self._ended.wait(_BETWEEN):
            children = _read(f"{self._process}/task/{self._process}/children").split()
            self._most = max(self._most, sum(map(_peak, [str(self._process), *children])))


def _peak(process: str) -> int:
    lines = _read(f"{process}/status").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _read(name: str) -> str:
    try:
        with open(f"/proc/{name}", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - no pathlib
            return file.read()
    except OSError:  # it has ended
        return ""


if __name__ == "__main__":
    order = json.load(sys.stdin)
    os.chdir(order["folder"])
    pairs = order["commands"]
    json.dump(
        [run(command, order["environ"], output, order["patience"]) for command, output in pairs], sys.stdout
    )
