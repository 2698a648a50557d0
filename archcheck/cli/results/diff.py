"""`archcheck diff`: what changed between two saved results, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser, add_color
from archcheck.cli.output import say_wrote, write_whole
from archcheck.cli.render import read_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console
    from archcheck.report.layout import View
    from archcheck.report.sections.diff import Difference

FORMATS = ("text", "json", "markdown")


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck diff",
        description="Tell what changed between two saved JSON results: findings that are new, fixed or "
        "unchanged, packages that came, went or moved, and the recommendation before and after.",
    )
    made.add_argument("old", metavar="OLD.json")
    made.add_argument("new", metavar="NEW.json")
    made.add_argument("--json", action="store_const", const="json", dest="format", help="same as -f json")
    made.add_argument("-f", "--format", choices=FORMATS, default="text", help="text by default")
    made.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of standard output")
    add_color(made)
    made.add_argument("-q", "--quiet", action="store_true", help="the headline and the new findings only")
    made.add_argument("-v", "--verbose", action="store_true", help="also audits in which nothing changed")
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Compare two results, and print or write the difference."""
    parsed = parser().parse(arguments)
    from pathlib import Path  # noqa: PLC0415 - `--help` and usage errors come first

    from archcheck.report.sections.diff import compare  # noqa: PLC0415

    difference = compare(read_report(parsed.old), read_report(parsed.new))
    if parsed.output:
        view = console.file_view(verbose=parsed.verbose, quiet=parsed.quiet)
        write_whole(Path(parsed.output), _rendered(difference, parsed.format, view))
        say_wrote(Path(parsed.output), parsed, console)
    else:
        view = console.view(color=parsed.color, verbose=parsed.verbose, quiet=parsed.quiet)
        console.print(_rendered(difference, parsed.format, view))
    return 0


def _rendered(difference: Difference, name: str, view: View) -> str:
    if name == "json":
        from archcheck.report.formats.diff.json import to_json  # noqa: PLC0415 - each format alone

        return to_json(difference)
    if name == "markdown":
        from archcheck.report.formats.diff.markdown import to_markdown  # noqa: PLC0415

        return to_markdown(difference)
    from archcheck.report.formats.diff.text import to_text  # noqa: PLC0415

    return to_text(difference, view)
