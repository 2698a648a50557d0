"""`archcheck explain`: what a rule means and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.arguments import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console


def run(arguments: Sequence[str], console: Console) -> int:
    """Print the explanation of one rule, or the list of all."""
    parser = Parser(prog="archcheck explain", description="Say what a rule means and what to do about it.")
    parser.add_argument("code", nargs="?", metavar="CODE", help="as in AC003 (default: list all)")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    parsed = parser.parse(arguments)
    from archcheck.report.explain import explain, overview  # noqa: PLC0415

    view = console.view(color=parsed.color)
    console.print(explain(parsed.code, view) if parsed.code else overview(view))
    return 0
