"""What could not be read or told, in words that are safe to print whatever a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.deployables.model import Problem
from archcheck.errors import InputError
from archcheck.inputs.parsing.messages import escaped, redacted, words
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NOTES: Final = 20
_LONGEST: Final = 400


def problem_of(error: InputError | OSError, path: str, *, is_lost: bool = False) -> Problem:
    """Return what *error* says of the file at *path*; *is_lost* where that names what it deploys."""
    if isinstance(error, InputError):
        found = problem(error.message, error.path, error.line or 0)
    else:
        found = problem(f"cannot be read: {words(error)}", path)
    return replace(found, is_lost=is_lost)


def problem(message: str, path: str, line: int = 0) -> Problem:
    """Return the problem *message*, in one line."""
    return Problem(location=Location(path=path, line=line), message=said(message))


def said(text: str) -> str:
    """Return *text* as one line without control characters and passwords."""
    return escaped(redacted(text[:_LONGEST]))


def notes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return *texts* as `Deployable.unknown` has them, each once, and no more than a person reads."""
    return tuple(dict.fromkeys(said(text) for text in texts))[:MAX_NOTES]
