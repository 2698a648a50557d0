"""`archcheck render`: a saved result in another format, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser
from archcheck.cli.output import add_output, write
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console
    from archcheck.model import Report


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(prog="archcheck render", description="Write a saved JSON result in another format.")
    made.add_argument("result", metavar="RESULT.json")
    add_output(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Read a result and print it."""
    parsed = parser().parse(arguments)
    write(read_report(parsed.result), parsed, console)
    return 0


def read_report(path: str) -> Report:
    """Return the report saved at *path*; raises `InputError` where it is none."""
    from archcheck.report.json import from_json  # noqa: PLC0415

    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", path=path) from error
    return from_json(text, path=path)
