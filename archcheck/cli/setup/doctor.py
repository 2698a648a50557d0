"""`archcheck doctor`: this installation looked over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.cli.options.arguments import Parser, add_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console
    from archcheck.cli.setup.examined.found import Found
    from archcheck.report.layout import Style, View

_BAD: Final = 1
_SIGNS: Final[dict[str, tuple[str, Style | None]]] = {
    "ok": ("✓", "green"),
    "note": ("–", None),
    "bad": ("✗", "red"),
}


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck doctor",
        description="Look this installation over: what is imported from where, which settings of pip and uv "
        "count, the cache, the certificates, and whether the index answers.",
        epilog="Exit codes: 0 all is well; 1 something is not.",
    )
    made.add_argument("--offline", action="store_true", help="ask no index")
    made.add_argument("--json", action="store_true", help="as JSON")
    add_color(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Look, and print what was found."""
    parsed = parser().parse(arguments)
    from msgspec import structs  # noqa: PLC0415 - `--help` comes first

    from archcheck.cli.setup.examined.installation import installation  # noqa: PLC0415
    from archcheck.cli.setup.examined.surroundings import surroundings  # noqa: PLC0415
    from archcheck.index.http.addresses import without_passwords  # noqa: PLC0415

    looked = (*installation(), *surroundings(console.environ, offline=parsed.offline))
    found = [structs.replace(each, text=without_passwords(each.text)) for each in looked]
    well = all(each.state != "bad" for each in found)
    if parsed.json:
        from archcheck.report.json import encoded  # noqa: PLC0415 - as above

        console.print(encoded({"well": well, "found": found}))
    else:
        console.print("".join(f"{line}\n" for line in _lines(found, console.view(color=parsed.color))))
    return 0 if well else _BAD


def _lines(found: Sequence[Found], view: View) -> list[str]:
    from archcheck.report.layout import paragraph  # noqa: PLC0415 - as above

    lines = list[str]()
    for each in found:
        sign, style = _SIGNS[each.state]
        text = f"{each.about}: {each.text}"
        lines += paragraph(text, view, label=sign, hang=5 if view.ascii_only else 2, label_style=style)
    return lines
