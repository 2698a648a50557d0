"""What kind of input a text is, where no file name tells: standard input, and names such as `a.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck import formats
from archcheck.files import STDIN, absolute
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from archcheck.files import Files

# Blanks are not `\s`, by which each of 65,536 empty lines would be read through to the last.
_HEADER = rb"^[ \t]*\[{1,2}[A-Za-z_\"'][^\n]*\]\s*(?:#[^\n]*)?$|^lock-version\s*="


def sniff(path: str, *, files: Files, cwd: str) -> str:
    """Return the kind of the text at *path*; `requirements` where nothing else fits, or it cannot be read."""
    try:
        data = files.read(path if path == STDIN else absolute(cwd, path))
    except (OSError, ValueError):
        return formats.REQUIREMENTS.kind  # whose reader says what is wrong
    text = formats.Text(data=data, table={})
    if text.shows(_HEADER):
        text = text._replace(table=_parsed(data))
    fitting = (each.kind for each in formats.FORMATS if each.sign is not None and each.sign(text))
    return next(fitting, formats.REQUIREMENTS.kind)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        return parse_toml(data.decode())
    except ValueError:
        return {}
