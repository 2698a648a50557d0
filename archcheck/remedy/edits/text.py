"""From the bytes of a file to its text and back: the same encoding, mark and line ends."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from archcheck.encoding import Encoding, encoding_of
from archcheck.remedy.edits.model import NotEditable

if TYPE_CHECKING:
    from collections.abc import Callable


def recoded(data: bytes, change: Callable[[str], str], *, toml: bool = False) -> bytes:
    """Return *data* with its text changed, in the encoding that it has; TOML is in UTF-8 always."""
    encoding = encoding_of(data)
    if toml:
        encoding = Encoding("utf-8", BOM_UTF8 if encoding.bom == BOM_UTF8 else b"")
    try:
        text = encoding.decoded(data)
        if encoding.encoded(text) != data:
            raise NotEditable(f"its encoding, {encoding.name}, cannot be written back as it is")
        return encoding.encoded(change(text))
    except (LookupError, UnicodeError):
        raise NotEditable(
            f"it is not text in {encoding.name}, or the change cannot be written in it"
        ) from None


def newline_of(text: str) -> str:
    """Return how the lines of *text* end, as the first one does."""
    end = text.find("\n")
    if end < 0:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if text[end - 1 : end] == "\r" else "\n"
