"""TOML that strangers wrote: parsed, or refused in bounded time."""

from __future__ import annotations

import re
from typing import Any

_MAX_PARTS = 100
_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
# The parser's time grows with the square of a dotted key's parts: 40 KB of `a.a.a` take seconds.
_ENDLESS_KEY = rf"(?<![A-Za-z0-9_\\.-])(?:{_PART}[ \t]*+\.[ \t]*+){{{_MAX_PARTS}}}"


def parse_toml(text: str) -> dict[str, Any]:
    """Return the document *text*; raises ValueError with the reason where it cannot be had."""
    import tomli  # noqa: PLC0415 - a requirements file needs no TOML; compiled, three times as fast as tomllib

    # A key is on one line. To look at each line's dots takes a tenth of the time that the expression does.
    dotted = any(line.count(".") >= _MAX_PARTS - 1 for line in text.split("\n"))
    if dotted and re.search(_ENDLESS_KEY, text):
        raise ValueError(f"a key has over {_MAX_PARTS} parts")
    try:
        return tomli.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and a number of more digits than int() reads
        raise ValueError(f"not TOML: {error}") from None
