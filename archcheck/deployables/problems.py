"""A file that cannot be read, as a value: one line, for people."""

from __future__ import annotations

from archcheck.deployables.model import Problem
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location


def problem_of(error: InputError | OSError, path: str) -> Problem:
    """Return what *error* says of the file at *path*."""
    if isinstance(error, InputError):
        return Problem(location=Location(path=error.path, line=error.line or 0), message=error.message)
    return Problem(location=Location(path=path), message=f"cannot be read: {error.strerror or error}")
