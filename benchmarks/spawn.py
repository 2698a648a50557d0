"""Run commands one after the other and say what each took; `python -I -S spawn.py` reads a JSON order.

A process of its own because Linux counts the memory that the parent had at the fork as the child's peak
(`ru_maxrss`), and this one is small. The clock runs from the spawn to the end of the process.
"""

import json
import os
import signal
import sys
import time


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
    _, status, usage = os.wait4(process, 0)
    took = time.perf_counter() - began
    signal.alarm(0)
    return {
        "seconds": took,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "exit": os.waitstatus_to_exitcode(status),
    }


if __name__ == "__main__":
    order = json.load(sys.stdin)
    os.chdir(order["folder"])
    pairs = order["commands"]
    json.dump(
        [run(command, order["environ"], output, order["patience"]) for command, output in pairs], sys.stdout
    )
