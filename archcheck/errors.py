"""Every error that archcheck raises on purpose; each class owns its exit code."""

from __future__ import annotations

__all__ = [
    "ArchcheckError",
    "CacheError",
    "InputError",
    "OutputError",
    "SettingsError",
    "TargetError",
    "UsageError",
]


class ArchcheckError(Exception):
    """The root: caught in one place (`cli.main`) and shown as one line."""

    exit_code = 2


class UsageError(ArchcheckError):
    """The command line asks for something that cannot be done."""


class InputError(ArchcheckError):
    """A manifest or lock file cannot be read; says where, what was found and what was expected."""

    def __init__(self, message: str, *, path: str, line: int | None = None) -> None:
        self.path = path
        self.line = line
        self.message = message
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {message}")


class OutputError(ArchcheckError):
    """The report cannot be written to where it should go."""


class TargetError(UsageError):
    """A target string names no known base, Python or libc."""


class SettingsError(ArchcheckError):
    """A settings file (pip's, uv's or our own) cannot be read or holds an impossible value."""


class CacheError(ArchcheckError):
    """The cache directory cannot be used for what was asked (`cache clear`, `cache prune`)."""
