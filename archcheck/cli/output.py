"""Where a report goes: stdout, and files named with `-o`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.errors import UsageError
from archcheck.report import RENDERERS

if TYPE_CHECKING:
    import argparse

    from archcheck.cli.console import Console
    from archcheck.model import Report


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is printed and where."""
    group = parser.add_argument_group("what to print")
    group.add_argument(
        "--json", action="store_const", const="json", dest="format", default="text", help="same as -f json"
    )
    group.add_argument("-f", "--format", choices=list(RENDERERS))
    group.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="[FORMAT=]FILE",
        help="also write the report to FILE, in the format of its suffix; may be repeated",
    )
    group.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    group.add_argument("-q", "--quiet", action="store_true", help="the verdict and the obstacles only")
    group.add_argument("-v", "--verbose", action="store_true", help="add the full matrix of packages")
    group.add_argument("--no-progress", action="store_true", help="say nothing on stderr while working")


def write(report: Report, arguments: argparse.Namespace, console: Console) -> None:
    """Write *report* to the files asked for, then to stdout."""
    from archcheck.report.layout import View  # noqa: PLC0415

    for text in arguments.output:
        name, path = _format_and_path(text)
        rendered = RENDERERS[name].render(report, View(width=100, verbose=True))
        write_whole(path, rendered)
    view = console.view(color=arguments.color, verbose=arguments.verbose, quiet=arguments.quiet)
    console.print(RENDERERS[arguments.format].render(report, view))


def _format_and_path(text: str) -> tuple[str, Path]:
    name, equals, rest = text.partition("=")
    if equals and name in RENDERERS:
        return name, Path(rest)
    suffix = Path(text).suffix
    for name, renderer in RENDERERS.items():
        if renderer.suffix == suffix:
            return name, Path(text)
    known = ", ".join(f"{renderer.suffix} ({name})" for name, renderer in RENDERERS.items())
    raise UsageError(f"-o {text}: no format has the suffix {suffix!r}; known: {known}, or FORMAT=FILE")


def write_whole(path: Path, text: str) -> None:
    """Write *text* to *path* all at once or not at all; raises `UsageError` where it cannot be written."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # mkstemp keeps it to the user alone
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
