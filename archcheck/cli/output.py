"""Where a report goes: stdout, and files named with `-o`."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import add_color
from archcheck.errors import OutputError
from archcheck.report import RENDERERS, format_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from archcheck.app.perform import Watch
    from archcheck.cli.console import Console
    from archcheck.model import Report
    from archcheck.report.layout import View


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is printed and where."""
    group = parser.add_argument_group("what to print")
    group.add_argument("--json", action="store_const", const="json", dest="format", help="same as -f json")
    group.add_argument(
        "-f",
        "--format",
        choices=list(RENDERERS),
        metavar="FORMAT",
        help=f"what goes to stdout (default: text): {', '.join(RENDERERS)}",
    )
    group.add_argument(
        "-o",
        "--output",
        type=destination,
        action="append",
        default=[],
        metavar="[FORMAT=]FILE",
        help="also write the report to FILE, in the format of its suffix; may be repeated",
    )
    group.add_argument(
        "--open",
        action="store_true",
        help="show the HTML report in the browser: that of -o x.html, else one in a temporary folder",
    )
    add_color(group)
    group.add_argument("-q", "--quiet", action="store_true", help="the verdict and what decides it only")
    group.add_argument("-v", "--verbose", action="store_true", help="add the full matrix of packages")
    group.add_argument("--no-progress", action="store_true", help="say nothing on stderr while working")


def watched(console: Console, *, wanted: bool) -> AbstractContextManager[Watch | None]:
    """Return what yields whom to call at the beginning of each step, or None where nobody watches."""
    if not wanted or not console.err.isatty() or console.environ.get("TERM") == "dumb":
        return nullcontext()
    from archcheck.cli.progress import watching  # noqa: PLC0415 - where there is a terminal

    return watching(console)


def write(report: Report, arguments: argparse.Namespace, console: Console) -> None:
    """Write *report* to the files asked for and to stdout.

    A file that cannot be written keeps it from none of the others; then the first `OutputError` is raised.
    """
    failures: list[OutputError] = []
    outputs, page = _outputs(arguments, console)
    for name, path in outputs:
        try:
            write_whole(path, _rendered(report, name, console.file_view))
        except OutputError as error:
            failures.append(error)
        else:
            say_wrote(path, arguments, console)
    view = partial(console.view, color=arguments.color, verbose=arguments.verbose, quiet=arguments.quiet)
    console.print(_rendered(report, arguments.format or "text", view))
    if failures:
        raise failures[0]
    if page is not None:
        from archcheck.cli.results.opening import open_page  # noqa: PLC0415 - seldom asked for

        open_page(page, console)


def _rendered(report: Report, name: str, view: Callable[[], View]) -> str:
    """Return *report* in the format *name*, which *view* is taken for where it is laid out for a reader."""
    renderer = RENDERERS[name]
    return renderer.render(report, view() if renderer.takes_view else None)


def _outputs(
    arguments: argparse.Namespace, console: Console
) -> tuple[Sequence[tuple[str, Path]], Path | None]:
    """Return what is written where, and the page that is opened then, where one is."""
    if not arguments.open:
        return arguments.output, None
    from archcheck.cli.results.opening import place_for_page, refuse_unseen  # noqa: PLC0415 - as above

    refuse_unseen(console.environ)
    page = next((path for name, path in arguments.output if name == "html"), None)
    if page is not None:
        return arguments.output, page
    page = place_for_page()
    return [*arguments.output, ("html", page)], page


def say_wrote(path: Path, arguments: argparse.Namespace, console: Console) -> None:
    """Say which file was written; not under `--quiet`, and not of a device."""
    if arguments.quiet or not path.is_file():
        return
    from archcheck.report.sections.sizes import shown  # noqa: PLC0415 - where a file was written

    console.say(f"wrote {path} ({shown(path.stat().st_size)})")


def destination(text: str) -> tuple[str, Path]:
    """Return the format and the file that `-o` names: `FORMAT=FILE`, or the format of the file's suffix."""
    name, equals, rest = text.partition("=")
    if equals and name in RENDERERS and rest:
        return name, Path(rest)
    path = Path(text)
    if found := format_of(path.name):
        return found, path
    known = ", ".join(f"{one.suffix} ({name})" for name, one in RENDERERS.items() if one.suffix)
    named = ", ".join(f"{name}=FILE" for name, one in RENDERERS.items() if not one.suffix)
    raise ArgumentTypeError(
        f"{text!r} tells no format by its suffix; known: {known}; any other file as FORMAT=FILE, and so "
        f"always {named}"
    )


def write_whole(path: Path, text: str) -> None:
    """Write *text* to *path* all at once or not at all; raises `OutputError` where it cannot be written.

    What is no file, such as `/dev/stdout` or a pipe, is written to as it is: root would replace it by a file.
    """
    import tempfile  # noqa: PLC0415 - 2 ms, where there is a file to write

    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as device:
                device.write(text)
            return
        place = Path(os.path.realpath(path))  # where `-o` names a link, the link stays
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        # CSV ends its lines itself, with CRLF everywhere.
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # mkstemp keeps it to the user alone
        Path(temporary).replace(place)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
