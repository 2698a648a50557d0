"""`archcheck render`: a saved result in another format, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser
from archcheck.cli.output import add_output, write
from archcheck.errors import InputError
from archcheck.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console
    from archcheck.model import Report

_MAX_BYTES = 256 * 2**20  # a result of fifty thousand packages


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
        with open_regular(path) as file:
            data = file.read(_MAX_BYTES + 1)
        text = data.decode()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", path=path) from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"cannot be read: it has more than {_MAX_BYTES >> 20} MiB", path=path)
    return from_json(text, path=path)
