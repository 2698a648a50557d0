"""The `# /// script` block of a Python file (PEP 723): where it stands, and the TOML in it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_OPENING: Final = r"# /// (?P<type>[a-zA-Z0-9-]+)"
_CLOSING: Final = "# ///"


class Block(NamedTuple):
    """The contents of a block: the file's lines from `start` up to and without `end`, counted from 0."""

    start: int
    end: int


def block_in(lines: list[str]) -> Block | None:
    """Return the block in *lines*, which may have their ends; None where there is none.

    PEP 723 looks at lines alone, so that a block in a string counts, and ends it with the last `# ///` of the
    comment that it opens. Raises ValueError for one that is not closed, and for a second one.
    """
    bare = [line.rstrip("\r\n") for line in lines]
    found: Block | None = None
    number = unclosed = 0  # up to which line no block is closed: it is looked through once
    while number < len(bare):
        opening = re.fullmatch(_OPENING, bare[number])
        number += 1
        if opening is None:
            continue
        end, run = _end(bare, number) if number >= unclosed else (None, unclosed)
        unclosed = run if end is None else unclosed
        if opening["type"] == "script":
            if found is not None:
                raise ValueError(f"line {number}: a second `# /// script`; expected one")
            if end is None:
                raise ValueError(f"line {number}: `# /// script` is not closed; expected a line `{_CLOSING}`")
            found = Block(start=number, end=end)
        number = number if end is None else end + 1
    return found


def _end(lines: list[str], start: int) -> tuple[int | None, int]:
    """Return the last line that closes a block from *start* on, else None, and where the comment ends."""
    closing, number = None, start
    while number < len(lines) and (lines[number] == "#" or lines[number].startswith("# ")):
        if lines[number] == _CLOSING:
            closing = number
        number += 1
    return closing, number


def uncommented(line: str) -> str:
    """Return what a line of the block says, with its end."""
    return line[2:] if line.startswith("# ") else line[1:]


def commented(line: str) -> str:
    """Return *line* as the block has it, with its end."""
    return f"# {line}" if line.rstrip("\r\n") else f"#{line}"
