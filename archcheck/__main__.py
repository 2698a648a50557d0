"""`python -m archcheck`, and the `archcheck` command."""

from __future__ import annotations

import gc
import os
import sys
import threading

_ALLOCATIONS = 50_000


def run() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_ALLOCATIONS)  # a run keeps nearly all that it makes: looking through it finds little
    from archcheck.cli.main import main  # noqa: PLC0415 - the import is part of what is guarded there

    code = main(sys.argv[1:])
    if threading.active_count() > 1:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """Leave without waiting for other threads: one that looks up a name can hang in it for minutes."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody reads any more; `main` has settled what that means
            continue
    os._exit(code)


if __name__ == "__main__":
    run()
