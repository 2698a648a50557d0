"""The hidden line by which the bot knows its own comments again."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from archcheck.errors import UsageError

# As a line of its own: a quoted one, behind "> ", is not a marker.
_MARKER = re.compile(
    r"^<!-- archcheck key=([\w./-]{1,100}) digest=([0-9a-f]{16}) -->\r?$", re.ASCII | re.MULTILINE
)
_KEY = re.compile(r"[\w./-]{1,100}", re.ASCII)


class Marker(Struct, frozen=True, kw_only=True):
    """Which of several comments this is (`key`), and what it says (`digest`, of the visible text)."""

    key: str
    digest: str


def checked_key(text: str) -> str:
    """Return *text* where it can be a key; raises `UsageError` where it cannot."""
    if not _KEY.fullmatch(text):
        raise UsageError(f"--key: expected up to 100 letters, digits and . _ / -, found {text[:120]!r}")
    return text


def marked(visible: str, key: str) -> str:
    """Return the comment that shows *visible*, with its marker as the last line.

    The last and not the first, since the text part of a notification mail shows it.
    """
    return f"{visible.rstrip()}\n\n<!-- archcheck key={key} digest={digest(visible)} -->\n"


def digest(visible: str) -> str:
    """Return what stands for the visible text; forges may change line ends and blanks at the end."""
    lines = [line.rstrip() for line in visible.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def read_marker(body: str) -> Marker | None:
    """Return the marker of a comment, the last where there are several; None for other people's comments."""
    found = _MARKER.findall(body)
    return Marker(key=found[-1][0], digest=found[-1][1]) if found else None
