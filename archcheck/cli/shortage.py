"""What went wrong, in a line; what a machine does not give, or a limit on it, is no fault of ours."""

from __future__ import annotations

import errno

from archcheck.errors import ArchcheckError

_LIMITS = {
    errno.EMFILE: "too many files are open for the limit of this process (`ulimit -n`)",
    errno.ENFILE: "too many files are open on this machine",
    errno.ENOMEM: "there is not enough memory",
    errno.ENOSPC: "there is no space left on the disk",
    errno.EDQUOT: "the user's share of the disk is used up",
    errno.EFBIG: "a file would be larger than the limit of this process allows (`ulimit -f`)",
    errno.EROFS: "the disk cannot be written to",
}
_NO_THREAD = "can't start new thread"  # the words of CPython's RuntimeError
_NO_FOLDER = "No usable temporary directory found"


def in_words(error: Exception) -> str:
    """Return what to tell a user of *error*: its own words, what was lacking, or that it is a fault."""
    if isinstance(error, ArchcheckError):
        return str(error)
    return shortage(error) or (
        f"internal error: {type(error).__name__}: {error}; this is a fault of archcheck, please "
        "report it with the output of the same command under ARCHCHECK_TRACEBACK=1"
    )


def shortage(error: BaseException) -> str | None:
    """Return what was lacking where *error* says that something was; None for all else."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, MemoryError):
            return _LIMITS[errno.ENOMEM]
        if isinstance(seen, RuntimeError) and _NO_THREAD in str(seen):
            return "no thread can be started (`ulimit -u`, or memory)"
        if isinstance(seen, OSError) and _NO_FOLDER in str(seen):
            return "there is no folder for temporary files (TMPDIR)"
        if isinstance(seen, OSError) and seen.errno in _LIMITS:
            return _LIMITS[seen.errno]
        seen = seen.__cause__
    return None
