"""`archcheck explain`: what a rule means and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser, add_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(prog="archcheck explain", description="Say what a rule means and what to do about it.")
    made.add_argument("code", nargs="?", metavar="CODE", help="as in AC003 (default: list all)")
    made.add_argument("--json", action="store_true", help="as JSON")
    add_color(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Print the explanation of one rule, or the list of all."""
    parsed = parser().parse(arguments)
    if parsed.json:
        from archcheck.judge.rule_texts import rule, rules  # noqa: PLC0415
        from archcheck.report.json import encoded  # noqa: PLC0415

        console.print(encoded(rule(parsed.code) if parsed.code else {"rules": rules()}))
        return 0
    from archcheck.report.sections.explain import explain, overview  # noqa: PLC0415

    view = console.view(color=parsed.color)
    console.print(explain(parsed.code, view) if parsed.code else overview(view))
    return 0
