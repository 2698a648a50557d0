"""`archcheck mcp`: the same answers for agents, over the Model Context Protocol on stdin and stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from archcheck.cli.options.arguments import Parser
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console

_OF_THE_SDK: Final = {"mcp", "mcp_types", "anyio"}


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck mcp",
        description="Serve the tools audit, why, plan and explain to an agent, by the Model Context Protocol "
        "on standard input and output (extra `mcp`). They read files in the agent's folders alone, and write "
        "none.",
    )
    made.add_argument(
        "--root",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder that inputs may be read in; the first is where relative paths begin (default: the "
        "roots that the agent's program names, else the current folder)",
    )
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Serve until the client is gone; raises `UsageError` where the extra is not installed."""
    parsed = parser().parse(arguments)
    from archcheck.cli.agents.folders import folders_named  # noqa: PLC0415 - `--help` comes first

    folders = folders_named(parsed.root)
    try:
        from archcheck.cli.agents.server import serve  # noqa: PLC0415 - 1 s, and may not be there
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_SDK:
            raise
        raise UsageError(
            "the Model Context Protocol's SDK is not installed (mcp 2.0 or later); "
            "install archcheck with it: pip install '.[mcp]' in a checkout (docs/install.md)"
        ) from None
    if sys.stdin is not None and sys.stdin.isatty():
        console.say("archcheck: waiting for an agent's program on standard input; Ctrl-C ends it")
    serve(folders, console.environ)
    return 0
