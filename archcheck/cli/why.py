"""`archcheck why`: every way by which a package gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import (
    Parser,
    add_color,
    add_input,
    add_network,
    add_resolution,
    request_of,
)
from archcheck.cli.options.configuration import add_settings, configure, decided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(prog="archcheck why", description="Show every path by which PACKAGE gets into the set.")
    made.add_argument("package", metavar="PACKAGE")
    made.add_argument(
        "path", nargs="*", metavar="PATH", help="as for check (default: what the current folder holds)"
    )
    add_color(made)
    made.add_argument("--no-progress", action="store_true", help="say nothing on stderr while working")
    add_input(made)
    add_settings(made)
    add_resolution(made)
    add_network(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Audit, and print the ways to one package."""
    command = parser()
    parsed = command.parse(arguments)
    settings = configure(command, parsed, console)
    request = decided(request_of(parsed, console, parsed.path), parsed, settings)
    from archcheck.app.perform import perform  # noqa: PLC0415 - `--help` and usage errors come first
    from archcheck.cli.progress import watching  # noqa: PLC0415
    from archcheck.report.sections.why import why  # noqa: PLC0415

    with watching(console, wanted=not parsed.no_progress) as watch:
        report = perform(request, watch)
    console.print(why(report, parsed.package, console.view(color=parsed.color)))
    return 0 if report.complete else 2
