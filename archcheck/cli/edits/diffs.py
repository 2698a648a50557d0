"""Changed files as a diff."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from archcheck.files import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.app.fixes.fixing import FileChange
    from archcheck.cli.console import Console
    from archcheck.report.layout import Style, View


def from_here(path: str, cwd: str) -> str:
    """Return *path* as `git apply` takes it: without `.` and `..`, and from *cwd* where it is in there."""
    whole = PurePath(absolute(cwd, path))
    return (whole.relative_to(cwd) if whole.is_relative_to(cwd) else whole).as_posix().lstrip("/")


def diff_of(change: FileChange, cwd: str) -> Iterator[str]:
    """Yield the lines of the diff of one file."""
    from archcheck.remedy.edits.lines import unified  # noqa: PLC0415 - not for --help

    return iter(unified(from_here(change.path, cwd), change.before, change.after))


def print_diff(files: Sequence[FileChange], cwd: str, console: Console, view: View) -> None:
    """Print the diff of *files*."""
    from archcheck.report.layout import clean, paint  # noqa: PLC0415 - not for --help

    styles: dict[str, Style] = {"+": "green", "-": "red", "@": "cyan"}
    for change in files:
        for number, line in enumerate(diff_of(change, cwd)):
            if not view.color:
                console.print(line)
                continue
            style: Style | None = "bold" if number < 2 else styles.get(line[:1])  # noqa: PLR2004 - the header
            console.print(paint(clean(line.rstrip("\r\n")), style, view) + "\n")
