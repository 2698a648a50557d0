"""`archcheck cache`: where it is, and how to empty or trim it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console

_MEBIBYTE = 1024 * 1024
_DAY = 86_400.0


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(prog="archcheck cache", description="Look after the cache of index answers.")
    made.add_argument(
        "action",
        choices=["dir", "clear", "prune"],
        help="dir: print the folder; clear: delete all; prune: delete the old and the excess",
    )
    made.add_argument("--cache-dir", metavar="DIR", help="the folder (default: the user's own cache)")
    made.add_argument("--max-mb", type=int, default=500, help="prune: keep at most this much (default: 500)")
    made.add_argument("--max-days", type=int, default=30, help="prune: keep at most this old (default: 30)")
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Print the cache's folder, clear it, or prune it."""
    parsed = parser().parse(arguments)
    from archcheck.index.cache.location import cache_folder  # noqa: PLC0415
    from archcheck.index.cache.prune import clear, prune  # noqa: PLC0415

    folder = Path(parsed.cache_dir or cache_folder(console.environ))
    match parsed.action:
        case "dir":
            console.print(f"{folder}\n")
        case "clear":
            console.print(f"freed {clear(folder) / _MEBIBYTE:.1f} MiB\n")
        case _:
            freed = prune(folder, max_bytes=parsed.max_mb * _MEBIBYTE, max_age=parsed.max_days * _DAY)
            console.print(f"freed {freed / _MEBIBYTE:.1f} MiB\n")
    return 0
