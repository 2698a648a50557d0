"""What an edit comes to, line by line: as a unified diff, and as replacements for reviews and reports."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff
from typing import TYPE_CHECKING

from archcheck.encoding import encoding_of
from archcheck.model import Replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_NEWLINE = "\\ No newline at end of file\n"


def replacements(path: str, before: bytes, after: bytes) -> tuple[Replacement, ...]:
    """Return what makes *after* of *before*, each run of changed lines by itself."""
    old, new = _lines(before), _lines(after)
    return tuple(
        Replacement(
            path=path,
            first=start + 1,
            last=end,
            old="".join(old[start:end]),
            new="".join(new[there:until]),
        )
        for tag, start, end, there, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )


def unified(path: str, before: bytes | None, after: bytes) -> Iterator[str]:
    """Yield the lines of a unified diff, with their line ends, as `git apply` and `patch -p1` read it.

    *before* is None for a new file.
    """
    old = "/dev/null" if before is None else f"a/{path}"
    for line in unified_diff(_lines(before or b""), _lines(after), old, f"b/{path}"):
        if line.endswith("\n"):
            yield line
        else:
            yield f"{line}\n"
            yield _NO_NEWLINE


def _lines(data: bytes) -> list[str]:
    text = encoding_of(data).decoded(data)
    *whole, rest = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]
