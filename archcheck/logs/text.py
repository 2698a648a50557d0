"""From the bytes of a log to its lines: without colours, cursor movements, and the stamps of who ran it."""

from __future__ import annotations

import re
from typing import Final

MAX_LINE: Final = 2_000
MAX_LINES: Final = 200_000
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[@-_]?"
)
# BuildKit's `#12 3.456 `, compose's `web-1  | `, the stamp of GitHub's and GitLab's runners.
_STAMP: Final = re.compile(
    r"^(?:\d{4}-\d\d-\d\dT[\d:.]{8,20}Z?(?: \d\d[OE]\+?)? |#\d{1,4} (?:\d{1,6}\.\d{1,3} )?"
    r"|[\w.-]{1,60} {1,40}\| ){1,3}"
)
_BOX: Final = re.compile(r"^[\s│├╰─▶×>╭╮|]+")
_QUERY: Final = re.compile(r"(\b[a-z][a-z0-9+]{1,15}://[^\s?#]{0,1000})[?#][^\s`'\")]*", re.IGNORECASE)
_SECRET: Final = re.compile(r"(?i)\b(password|passwd|token|secret|api[_-]?key)(\s*[=:](?!=)\s*)[^\s`'\"]+")


def lines_of(data: bytes) -> list[str]:
    """Return the lines of *data*, the last `MAX_LINES` of them; of what a bar wrote over itself the end."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")[-MAX_LINES:]
    return [_STAMP.sub("", _ESCAPES.sub("", _last(line)[:MAX_LINE])) for line in lines]


def _last(line: str) -> str:
    """Return what is left on the screen of a *line* in which the cursor went back to its start."""
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")


def around(line: str, at: int) -> str:
    """Return what stands around the place *at* in *line*: a sentence, not all that a stranger wrote there."""
    return line[max(0, at - 400) : at + 600]


def joined(first: str, others: list[str]) -> str:
    """Return *first* and the *others* as one sentence, without the signs that uv draws around it."""
    lines = (first, *(each[:600] for each in others))
    return " ".join(" ".join(_BOX.sub("", line).split()) for line in lines)


def discreet(text: str) -> str:
    """Return *text* without what may be a secret: what addresses ask for, and what is called a password."""
    return _SECRET.sub(r"\1\2****", _QUERY.sub(r"\1", text))
