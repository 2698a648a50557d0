"""`archcheck explain-log`: why a pip, uv, Poetry, SAM or docker build failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from archcheck.cli.options.arguments import Parser, add_color
from archcheck.errors import InputError
from archcheck.files import STDIN, open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from archcheck.cli.console import Console
    from archcheck.logs.reading import Failure, Told, Where
    from archcheck.report.layout import View

NOTHING_KNOWN = 1
_KEPT: Final = 16 * 2**20  # bytes: a build fails at its end
_MOST: Final = 256 * 2**20
_PIECE: Final = 2**20


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck explain-log",
        description="Say why a pip, uv, Poetry, SAM or docker build failed, or why a module did not load: "
        "which package, on which target, and what to do next. Nothing is asked of an index.",
        epilog="Exit codes: 0 a failure was explained; 1 nothing in the log is known; 2 it cannot be read.",
    )
    made.add_argument("log", metavar="FILE", help="the log; - is standard input")
    made.add_argument("--json", action="store_true", help="as JSON")
    add_color(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Read a log, and print what it tells."""
    parsed = parser().parse(arguments)
    data, cut = _tail(parsed.log)
    from archcheck.logs.reading import read_log  # noqa: PLC0415 - `--help` and usage errors come first

    told = read_log(data)
    if cut:
        console.say(
            f"archcheck: {parsed.log}: only the last {_KEPT >> 20} MiB were read, and lines are counted there"
        )
    if parsed.json:
        import msgspec  # noqa: PLC0415

        from archcheck.report.json import encoded  # noqa: PLC0415

        console.print(encoded({"log": parsed.log, **msgspec.to_builtins(told)}))
    else:
        console.print("\n".join(_lines(told, console.view(color=parsed.color))) + "\n")
    return 0 if told.failures else NOTHING_KNOWN


def _tail(path: str) -> tuple[bytes, bool]:
    """Return the last bytes of the log at *path*, and whether there were more; raises InputError."""
    try:
        if path != STDIN:
            with open_regular(path) as file:
                return _last_of(file)
        if sys.stdin is None:
            raise InputError("cannot be read: standard input is closed", path=path)
        return _last_of(sys.stdin.buffer)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot be read: {reason}", path=path) from error


def _last_of(file: BinaryIO) -> tuple[bytes, bool]:
    kept, total = bytearray(), 0
    while total < _MOST and (piece := file.read(_PIECE)):
        kept += piece
        total += len(piece)
        if len(kept) > _KEPT + _PIECE:
            del kept[:-_KEPT]
    return bytes(kept[-_KEPT:]), total > _KEPT


def _lines(told: Told, view: View) -> Iterator[str]:
    from archcheck.report.layout import paragraph  # noqa: PLC0415 - as above

    if not told.failures:
        known = "it knows what pip, uv, Poetry, SAM, docker, loaders and compilers say"
        yield from paragraph(f"nothing in this log is known to archcheck; {known}", view)
        return
    yield from paragraph(_place(told.where), view, label="on", hang=4)
    for failure in told.failures:
        yield ""
        yield from _told(failure, view)


def _place(where: Where) -> str:
    parts = [where.target or "", "" if where.target or not where.python else f"python{where.python}"]
    parts.append(where.architecture or "an architecture that the log does not tell")
    return ", ".join(filter(None, parts))


def _told(failure: Failure, view: View) -> Iterator[str]:
    from archcheck.report.layout import paragraph  # noqa: PLC0415 - as above

    name = " ".join(filter(None, (failure.package, failure.version))) or failure.what or failure.tool
    yield from paragraph(f"{name}: {failure.message}", view, style="bold")
    found = f"line {failure.line}: {failure.evidence}"
    for label, text in (("missing", failure.missing), ("found", found), ("next", failure.advice)):
        yield from paragraph(text or "", view, indent=2, label=label, hang=9)
    for title, commands in (
        ("before the build, with the package manager that the image has:", tuple(failure.install.values())),
        ("what would install there, and which version does:", (failure.command,) if failure.command else ()),
    ):
        yield from _step(title, commands, view)


def _step(title: str, commands: Sequence[str], view: View) -> Iterator[str]:
    from archcheck.report.layout import command, paragraph  # noqa: PLC0415 - as above

    if commands:
        yield from paragraph(title, view, indent=2, label="next", hang=9)
    for each in commands:
        yield from command(each, view, indent=11)
