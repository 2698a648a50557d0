"""Fitting text into a terminal: escapes, widths, wrapping, colours, tables."""

from __future__ import annotations

import re
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Style = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_ANSI: dict[Style, str] = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "green": "1;32",
    "yellow": "1;33",
    "cyan": "36",
}
_IN_ASCII = str.maketrans(
    {
        "✓": "[ok]",
        "≈": "[same]",
        "✗": "[no]",
        "→": "->",
        "≥": ">=",
        "≤": "<=",
        "…": "...",
        "\u2019": "'",
        "\u2013": "-",
    }
)
MARKS: dict[str, Style] = {"✓": "green", "≈": "yellow", "✗": "red", "?": "yellow"}
"""What stands before an answer, and its colour."""
_SPELLED_MARKS = {said: mark for mark in MARKS for said in (mark, mark.translate(_IN_ASCII))}
_MARKED = rf"(?:^|(?<=  ))(?:{'|'.join(map(re.escape, _SPELLED_MARKS))})(?= )"
# GitHub's runner takes `::` and a name at the start of a line, and `##[` anywhere; Azure's `##vso[`.
_COMMAND_ANYWHERE = r"(?i)##(?=[a-z]*\[)"
_COMMAND = rf"(?i)::(?=[a-z])|{_COMMAND_ANYWHERE[4:]}"
# The column that holds a rule's code, such as AC002.
RULE = 7
_LEAST = 10
_LEFT = 2  # where the name of a file stands that fits nowhere further in
_GAP = 2
# Wide characters are followed by this one while tabulate, which counts characters, measures them.
_FILLER = "\ue000"
# Stands in a table for a name that goes below its row; `clean` spells both out where a stranger has them.
_BELOW = "\ue001"
# People copy the name of a distribution's file: it is not cut, and a long one is a line of its own.
_FILE = r"(?a)[\w.!+-]{1,200}\.(?:whl|tar\.gz|zip)"


class View(NamedTuple):
    """What the reader has before them: `width` in columns, and whether it shows colours and non-ASCII signs.

    `verbose` asks for the full matrix, `quiet` for the verdict and what decides it alone.
    """

    width: int = 80
    color: bool = False
    ascii_only: bool = False
    verbose: bool = False
    quiet: bool = False


def clean(text: str, *, ascii_only: bool = False) -> str:
    """Return *text* on one line; control, bidi, zero-width and unassigned characters spelled out.

    Names and versions come from strangers: an escape sequence in one must not reach the terminal.
    """
    if ascii_only:
        text = text.translate(_IN_ASCII)
    if text.isprintable() and (text.isascii() or not ascii_only):
        return text
    return "".join(char if _shown(char, ascii_only=ascii_only) else _spelled(char) for char in text)


def logged(text: str, *, ascii_only: bool = False) -> str:
    """Return *text* cleaned, and free of what a CI service that reads the log would take for a command."""
    text = clean(text, ascii_only=ascii_only)
    return re.sub(_COMMAND, _interrupted, text) if "::" in text or "##" in text else text


def _interrupted(found: re.Match[str]) -> str:
    return f"{found[0][0]}\\x{ord(found[0][1]):x}"


def _shown(char: str, *, ascii_only: bool) -> bool:
    return char.isprintable() and (char.isascii() or not ascii_only)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def columns(text: str) -> int:
    """Return how many terminal columns the cleaned *text* takes."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(char: str) -> int:
    import unicodedata  # noqa: PLC0415 - few texts are not ASCII

    # Combining marks count as one, which is what tabulate takes them for: too narrow never breaks a line.
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def paint(text: str, style: Style | None, view: View) -> str:
    """Return *text* in *style* where the view has colours."""
    return f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if view.color and style and text else text


def marked(line: str, view: View) -> str:
    """Return the *line* of a table with the marks in colour that its cells begin with."""
    return re.sub(_MARKED, lambda found: paint(found[0], MARKS[_SPELLED_MARKS[found[0]]], view), line)


def wrap(text: str, width: int, *, whole: bool = False) -> list[str]:
    """Break *text* at spaces into lines of at most *width* columns; longer words are cut, at punctuation.

    A file's name that is longer is not cut where it is wanted *whole*: it is one line.
    """
    width = max(width, _LEAST)
    lines: list[str] = []
    line = ""
    words = ([word] if whole and re.fullmatch(_FILE, word) else _pieces(word, width) for word in text.split())
    for word in chain.from_iterable(words):
        joined = f"{line} {word}" if line else word
        if columns(joined) > width and line:
            lines.append(line)
            joined = word
        line = joined
    return [*lines, line] if line else lines


def _pieces(word: str, width: int) -> Iterator[str]:
    while columns(word) > width:
        head = _head(word, width)
        cut = 1 + max(head.rfind(mark) for mark in "-._/\\")
        cut = cut if cut > len(head) // 2 else len(head)
        yield word[:cut]
        word = word[cut:]
    yield word


def _head(word: str, width: int) -> str:
    used = 0
    for position, char in enumerate(word):
        used += _columns_of(char)
        if used > width:
            return word[:position]
    return word


def paragraph(
    text: str,
    view: View,
    *,
    indent: int = 0,
    label: str = "",
    hang: int = 0,
    style: Style | None = None,
    label_style: Style | None = "dim",
) -> list[str]:
    """Return *text*, cleaned and wrapped, *indent* columns in, after *label* in a column *hang* wide.

    A file's name that does not fit there stands further to the left; one that fits nowhere is a whole line.
    """
    label = logged(label, ascii_only=view.ascii_only)
    if columns(label) > hang:
        text, label = f"{label} {text}", ""
    start = indent + hang
    lines = wrap(logged(text, ascii_only=view.ascii_only), view.width - start, whole=True)
    if not lines:
        return []
    if label and start + columns(lines[0]) > view.width:
        lines.insert(0, "")
    first, *others = [" " * _margin(line, (start, indent, _LEFT), view) for line in lines]
    if label:
        gap = hang - columns(label) if lines[0] else 0
        first = " " * indent + paint(label, label_style, view) + " " * gap
    return [margin + paint(line, style, view) for margin, line in zip((first, *others), lines, strict=True)]


def _margin(line: str, wanted: Iterable[int], view: View) -> int:
    """Return the first of the *wanted* margins that leaves room for *line*; 0 where none does."""
    return next((margin for margin in wanted if margin + columns(line) <= view.width), 0)


def command(text: str, view: View, *, indent: int = 0) -> list[str]:
    """Return a shell command over as many lines as it needs, each continued with a backslash.

    It can be copied as it stands: a word that is cut goes on in the first column of the next line.
    """
    rest = logged(text, ascii_only=view.ascii_only)
    lines: list[str] = []
    prefix = " " * indent
    while columns(prefix + rest) > view.width:
        head = _head(rest, view.width - len(prefix) - 2)
        space = head.rfind(" ")
        if space > 0:
            lines.append(f"{prefix}{rest[:space]} \\")
            prefix, rest = " " * (indent + 2), rest[space + 1 :]
        else:
            lines.append(f"{prefix}{head}\\")
            prefix, rest = "", rest[len(head) :]
    return [*lines, prefix + rest]


def verbatim(line: str, view: View, *, indent: int = 0) -> str:
    """Return a *line* of a diff, with its sign, as one line to copy: an ARN stays whole (`${AWS::Region}`).

    GitHub takes `::` for a command at the beginning of a line alone, where the sign stands; `##[` anywhere.
    """
    text = clean(line, ascii_only=view.ascii_only)
    return " " * indent + re.sub(_COMMAND_ANYWHERE, _interrupted, text)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], view: View) -> list[str]:
    """Return *headers* and *rows* as an aligned table that fits the view, its cells cleaned and wrapped."""
    from tabulate import tabulate  # noqa: PLC0415 the other formats do without

    cells = [[logged(cell, ascii_only=view.ascii_only) for cell in row] for row in (headers, *rows)]
    below = _set_below(cells, view.width)
    widths = _shared(_widths(cells), view.width)
    wrapped = [[wrap(cell, width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    for row, name in zip(wrapped, below, strict=True):
        if name:
            row[-1] = [*repeat(_FILLER, max(map(len, row)) - 1), _BELOW]
    head, *body = (["\n".join(map(_fill, cell)) for cell in row] for row in wrapped)
    # Headers go in as rows: as headers tabulate pads them beyond what was measured.
    lines = tabulate(
        [head, ["-" * width for width in widths], *body], tablefmt="plain", disable_numparse=True
    )
    names, told = filter(None, below), list[str]()
    for line in lines.splitlines():
        shown = line.replace(_FILLER, "").replace(_BELOW, "").rstrip()
        told += [marked(shown, view)] if shown or _BELOW not in line else []
        for name in islice(names, line.count(_BELOW)):
            told.append(" " * _margin(name, (_LEFT,), view) + paint(name, "dim", view))
    return told


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(columns, column)) for column in zip(*cells, strict=True)]


def _set_below(cells: Sequence[list[str]], width: int) -> list[str]:
    """Take the names of files that would be cut out of the last column; return that of each row, or ""."""
    widths = _widths(cells)
    room = width - _GAP * (len(widths) - 1) - sum(widths[:-1])
    below = [row[-1] if columns(row[-1]) > room and re.fullmatch(_FILE, row[-1]) else "" for row in cells]
    for row, name in zip(cells, below, strict=True):
        row[-1] = "" if name else row[-1]
    return below


def _shared(widths: list[int], width: int) -> list[int]:
    """Shrink the widest columns until all of them fit side by side."""
    widths = list(widths)
    room = width - _GAP * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _LEAST:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def _fill(text: str) -> str:
    return text if text.isascii() else "".join(char + _FILLER * (_columns_of(char) - 1) for char in text)
