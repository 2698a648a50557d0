"""Texts of strangers in Markdown, and the few forms that all Markdown of ours is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SPECIAL = re.compile(r"[&<>\\`*\[\]|#~$]|(?<![^\W_])_|_(?![^\W_])|[@:!%^](?=\S)|www(?=\.)", re.IGNORECASE)
# "0." begins a list of its own, "---" is a line: as the first words of an item they would be markup.
_FIRST = re.compile(r"^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|-(?:\s*-){2}))")
_AS_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
# Both forges look for mentions, references, emoji and bare links after Markdown is done: a backslash does not
# stop them, a zero-width space after the sign does.
_INVISIBLE = "&#8203;"
_STOPPED = "@:!%^#~$"


def prose(text: str) -> str:
    """Return *text* so that it shows as it is: no markup, HTML, mention, reference, emoji or link."""
    return _FIRST.sub(r"\1\\", _SPECIAL.sub(_escaped, " ".join(clean(text).split())))


def _escaped(match: re.Match[str]) -> str:
    sign = match[0]
    if sign in _AS_ENTITY:
        return _AS_ENTITY[sign]
    backslash = "\\" if sign in "\\`*_[]#~$" else ""
    return f"{backslash}{sign}{_INVISIBLE if sign in _STOPPED or len(sign) > 1 else ''}"


def code(text: str) -> str:
    """Return *text* as code, also inside a table; "" stays empty."""
    text = " ".join(clean(text).split())
    if "`" in text or "|" in text:
        return f"<code>{prose(text)}</code>"
    return f"`{text}`" if text else ""


def details(summary: str, body: Iterable[str], *, unfolded: bool = False) -> Iterator[str]:
    """Fold *body* away; *summary* is our own words, since Markdown does not reach inside the tag."""
    yield from (f"<details{' open' if unfolded else ''}><summary>{summary}</summary>", "")
    yield from body
    yield from ("</details>", "")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table of cells that are escaped already."""
    lines = [f"| {' | '.join(row)} |" for row in (headers, ["---"] * len(headers), *rows)]
    return [*lines, ""]
