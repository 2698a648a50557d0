"""`archcheck targets`: what `--target` takes, on what it stands and how long it is supported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser, add_color

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from archcheck.cli.console import Console
    from archcheck.platforms.catalogue import Row
    from archcheck.report.layout import View


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck targets",
        description="List every target: its libc, its Python, and until when AWS supports it.",
    )
    made.add_argument("--json", action="store_true", help="as JSON, a row for each base and Python")
    add_color(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Print the list."""
    parsed = parser().parse(arguments)
    from archcheck.platforms.catalogue import PATTERNS, catalogue  # noqa: PLC0415 - not for --help

    rows = catalogue(_today(console))
    if parsed.json:
        import msgspec  # noqa: PLC0415

        from archcheck.report.json import encoded  # noqa: PLC0415

        console.print(encoded({"targets": msgspec.to_builtins(rows), "patterns": list(PATTERNS)}))
        return 0
    console.print("\n".join(_lines(rows, PATTERNS, console.view(color=parsed.color))) + "\n")
    return 0


def _lines(rows: Sequence[Row], patterns: Sequence[str], view: View) -> Iterator[str]:
    from archcheck.report.layout import paragraph, table  # noqa: PLC0415 - as above

    managed = [row for row in rows if row.status is not None]
    titles = ("target", "on", "Python", "status", "deprecated", "no updates")
    yield from table(titles, [(row.id, _ground(row), row.python, *_standing(row)) for row in managed], view)
    yield ""
    bases: dict[str, list[Row]] = {}
    for row in rows:
        if row.status is None:
            bases.setdefault(row.id.partition(":")[0], []).append(row)
    told = [(f"{name}:pythonX.Y", _grounds(each), ", ".join(each[0].aliases)) for name, each in bases.items()]
    yield from table(("target", "on", "also called"), told, view)
    yield ""
    pythons = [row.id.partition(":")[2] for row in next(iter(bases.values()), [])]
    text = (
        f"X.Y is one of {', '.join(pythons)}; a patch release (3.9.21) or a free-threaded build (3.13t) too. "
    )
    yield from paragraph(f"{text}Named by a number: {', '.join(patterns)}.", view)


def _grounds(rows: Sequence[Row]) -> str:
    """Return on what a base's *rows* stand: a service's on what Docker's image of each Python does."""
    title, libcs = rows[0].title.partition(",")[0], list(dict.fromkeys(row.libc for row in rows))
    return f"{title}, {libcs[0]}" if len(libcs) == 1 else f"{title}, {' or '.join(libcs)}, as python:X.Y-slim"


def _ground(row: Row) -> str:
    return row.title.partition("(")[2].replace(")", "")


def _standing(row: Row) -> tuple[str, str, str]:
    deprecated, blocked = (str(day) if day else "not said yet" for day in (row.deprecated, row.blocked))
    return row.status or "", deprecated, blocked


def _today(console: Console) -> date:
    """Return the day in UTC; `SOURCE_DATE_EPOCH` fixes it where runs must be reproducible."""
    from datetime import UTC, datetime  # noqa: PLC0415

    fixed = console.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(fixed), UTC).date()
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC).date()
