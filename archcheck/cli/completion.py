"""`archcheck completion`: a script that teaches a shell the commands, options and values."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from archcheck import formats
from archcheck.cli.options import shells
from archcheck.cli.options.arguments import Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from archcheck.cli.console import Console

SHELLS: Final = ("bash", "zsh", "fish")
_FILES: Final = ("FILE", "PATH", "DIR", ".json")


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck completion",
        description="Print the completion script of a shell. For this session of bash: "
        "`source <(archcheck completion bash)`; of zsh: `source <(archcheck completion zsh)`; "
        "of fish: `archcheck completion fish | source`. To keep it, write it to where the shell looks.",
    )
    made.add_argument("shell", choices=SHELLS)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Print the script for one shell."""
    shell = parser().parse(arguments).shell

    script = {"bash": shells.bash, "zsh": shells.zsh, "fish": shells.fish}[shell]
    console.print(script(tuple(_commands())))
    return 0


def _commands() -> Iterator[shells.Command]:
    from archcheck.cli.main import COMMANDS  # noqa: PLC0415 - which imports this by its name
    from archcheck.platforms.catalogue import identifiers  # noqa: PLC0415
    from archcheck.report.sections.explain import codes  # noqa: PLC0415

    rules = codes()
    kinds = tuple(each.kind for each in formats.FORMATS)
    known = {"CODE": rules, "BASE:pythonX.Y": identifiers(), "RULE[:PACKAGE]|PACKAGE": rules, "KIND": kinds}
    for name, module in COMMANDS.items():
        made: Parser = import_module(module).parser()
        first = (made.description or "").partition(". ")[0].partition(";")[0].rstrip(".")
        yield shells.Command(
            name=name, help=first, words=tuple(_word(action, known) for action in made.actions())
        )


def _word(action: argparse.Action, known: Mapping[str, tuple[str, ...]]) -> shells.Word:
    """Return an option or argument; *known* are the values that stand behind a metavar."""
    metavar = str(action.metavar or "")
    values = known.get(metavar) or tuple(map(str, action.choices or ()))
    return shells.Word(
        names=tuple(action.option_strings),
        help=(action.help or "").partition(" (")[0],
        flag=bool(action.option_strings) and action.nargs == 0,
        values=values,
        file=metavar.endswith(_FILES),
    )
