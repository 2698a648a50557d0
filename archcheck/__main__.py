"""`python -m archcheck`, and the `archcheck` command."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress

_ALLOCATIONS = 500_000


def run() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_ALLOCATIONS)  # a run keeps nearly all that it makes: looking through it finds little
    try:
        from archcheck.cli.main import main  # noqa: PLC0415 - the import is part of what is guarded here
    except (OSError, MemoryError) as error:  # `ulimit -n 4`
        os.write(2, f"archcheck: error: it cannot be loaded: {error or 'not enough memory'}\n".encode())
        os._exit(2)
    _leave(main(sys.argv[1:]))


def _leave(code: int) -> None:
    """Leave at once.

    A thread that looks up a name can hang in it for minutes, and to take apart all that a run has built up
    costs a tenth of it.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - as the interpreter does; coverage and others count on it
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # `>&-`
            with suppress(OSError, ValueError):  # nobody reads any more; `main` has settled what that means
                stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
