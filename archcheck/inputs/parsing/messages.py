"""What readers say of a text by strangers: the place, and as much of it as may be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.manifest.manifest import Location

SHOWN = 80  # characters
LISTED = 20  # names
_CREDENTIALS = r"://(?!git@)[^/?#\s]*@"


def failure(location: Location, message: str) -> InputError:
    """Return the error to raise for *location*, safe to print whatever the file is called."""
    return InputError(message, path=escaped(location.path), line=location.line or None)


def escaped(text: str) -> str:
    """Return *text* with control characters, bidirectional marks and the like written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def redacted(text: str) -> str:
    """Return *text* without the credentials of the URLs in it (`git@` is none)."""
    return re.sub(_CREDENTIALS, "://****@", text)


def shown(text: str) -> str:
    """Return *text* in quotes as a message may hold it: redacted, escaped, at most `SHOWN` characters."""
    text = escaped(redacted(text)[: SHOWN + 1])
    return f"'{text}'" if len(text) <= SHOWN else f"'{text[: SHOWN - 1]}…'"


def a_few(names: Iterable[str]) -> str:
    """Return *names* in their order, each as a message may hold it; of many the first `LISTED`."""
    found = sorted(names)
    more = f" and {len(found) - LISTED:,} more" if len(found) > LISTED else ""
    return ", ".join(escaped(name)[:SHOWN] for name in found[:LISTED]) + more or "none"


def words(error: Exception) -> str:
    """Return what *error* says as one short line, without the path that a message names anyway."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    line = escaped(redacted(said.partition("\n")[0].replace("`", "")))[:200]
    return line[:1].lower() + line[1:]
