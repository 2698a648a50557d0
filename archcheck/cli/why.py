"""`archcheck why`: every way by which a package gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import (
    Parser,
    add_color,
    add_input,
    add_network,
    add_resolution,
)
from archcheck.cli.options.configuration import add_settings, configure, unsettled
from archcheck.cli.options.scope import Scope
from archcheck.cli.output import watched

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from archcheck.app.perform import Watch
    from archcheck.cli.console import Console
    from archcheck.model import Report


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(prog="archcheck why", description="Show every path by which PACKAGE gets into the set.")
    made.add_argument("package", metavar="PACKAGE")
    made.add_argument(
        "path",
        nargs="*",
        default=[],  # else argparse says that it is required where PACKAGE is missing
        metavar="PATH",
        help="as for check (default: what the current folder holds)",
    )
    made.add_argument("--json", action="store_true", help="as JSON")
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

    with watched(console, wanted=not parsed.no_progress) as watch:
        report = report_on(command, parsed, console, watch)
    if parsed.json:
        from archcheck.report.json import encoded  # noqa: PLC0415
        from archcheck.report.sections.why import told  # noqa: PLC0415

        console.print(encoded(told(report, parsed.package)))
    else:
        from archcheck.report.sections.why import why  # noqa: PLC0415

        console.print(why(report, parsed.package, console.view(color=parsed.color)))
    return 0 if report.complete else 2


def report_on(command: Parser, parsed: Namespace, console: Console, watch: Watch | None) -> Report:
    """Return the report on all that `check` would audit there; raises `ArchcheckError` as the commands do."""
    typed = unsettled(parsed)
    settings = configure(command, parsed, console)
    scope = Scope(command, typed, console, None, remedies=False)
    return scope.perform(scope.request(parsed, settings), watch)
