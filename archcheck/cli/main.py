"""Dispatch: picks the command, and is the one place where errors become a line and an exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from archcheck._version import __version__
from archcheck.cli.console import Console
from archcheck.cli.shortage import in_words
from archcheck.errors import ArchcheckError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INTERRUPTED = 130

COMMANDS: Final[Mapping[str, str]] = {
    "check": "archcheck.cli.check",
    "why": "archcheck.cli.why",
    "fix": "archcheck.cli.fix",
    "explain": "archcheck.cli.explain",
    "render": "archcheck.cli.render",
    "comment": "archcheck.cli.comment",
    "diff": "archcheck.cli.results.diff",
    "merge": "archcheck.cli.results.merge",
    "explain-log": "archcheck.cli.lookup.explain_log",
    "targets": "archcheck.cli.lookup.targets",
    "init": "archcheck.cli.setup.init",
    "doctor": "archcheck.cli.setup.doctor",
    "mcp": "archcheck.cli.agents.mcp",
    "cache": "archcheck.cli.cache",
    "completion": "archcheck.cli.completion",
}
DEFAULT_COMMAND = "check"
_NEAR = 0.75  # `cachetools` and `diffusers` are packages
# What the same is called elsewhere, and seldom a package.
_CALLED: Final[Mapping[str, str]] = {
    "audit": "check",
    "scan": "check",
    "analyze": "check",
    "repair": "fix",
    "upgrade": "fix",
    "tree": "why",
    "compare": "diff",
    "version": "--version",
}
_OF_A_FOLDER = {"check", "why", "fix", "init", "mcp"}


def main(arguments: Sequence[str]) -> int:
    """Run archcheck with *arguments* (without the program's name); return the exit code, never raise."""
    console = Console.of_process()
    try:
        return _dispatch(list(arguments), console)
    except ArchcheckError as error:
        console.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        console.begin_line()
        console.error("interrupted")
        return INTERRUPTED
    except Exception as error:  # no traceback ever reaches a user
        if os.environ.get("ARCHCHECK_TRACEBACK"):
            raise
        console.error(in_words(error))
        return ArchcheckError.exit_code


def _command(word: str) -> str:
    """Return the command that the first *word* names, else the default one, of which it is an argument.

    Raises UsageError for a word that is neither a file nor a command, and looks like one.
    """
    if word in COMMANDS:
        return word
    if word.startswith("-") or os.path.exists(word):  # noqa: PTH110 - Path raises for a name that is too long
        return DEFAULT_COMMAND
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is well

    near = _CALLED.get(word.lower()) or next(
        iter(get_close_matches(word.lower(), COMMANDS, n=1, cutoff=_NEAR)), None
    )
    if near:
        raise UsageError(
            f"there is no command {word!r}, nor a file of this name; did you mean {near}? "
            f"(the package: archcheck check {word})"
        )
    return DEFAULT_COMMAND


def _hint_of_a_command(word: str, console: Console) -> None:
    """Say which command has the letters of *word* in another order: `fxi` may be a package all the same."""
    meant = next((name for name in COMMANDS if word != name and sorted(word) == sorted(name)), None)
    if meant:
        console.say(f"archcheck: {word} is taken for a package; did you mean the command {meant}?")


def _refuse_late_commands(paths: Iterable[str]) -> None:
    """Raise UsageError where a command stands among *paths*: `archcheck requirements.txt fix`."""
    for word in paths:
        if word in COMMANDS and not os.path.exists(word):  # noqa: PTH110 - as above
            raise UsageError(
                f"{word} is a command, and goes first: archcheck {word} … (the package: {word}>=0)"
            )


def _refuse_nowhere() -> None:
    """Raise UsageError where the current folder has been deleted: nothing can be looked for from there."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not imported to repeat an answer
    except OSError as error:
        raise UsageError(f"the current folder cannot be read: {error.strerror}; change to another") from None


def _dispatch(arguments: list[str], console: Console) -> int:
    if arguments and arguments[0] in {"--version", "-V"}:
        console.print(f"archcheck {__version__}\n")
        return 0
    if arguments and arguments[0] in {"--help", "-h", "help"}:
        from archcheck.cli.help import overview  # noqa: PLC0415

        console.print(overview())
        return 0
    name = _command(arguments[0]) if arguments else DEFAULT_COMMAND
    is_implied = not (arguments and arguments[0] == name)
    if not is_implied:
        del arguments[0]
    elif arguments:
        _hint_of_a_command(arguments[0], console)
    if name in _OF_A_FOLDER:
        _refuse_nowhere()
    from importlib import import_module  # noqa: PLC0415 - not for what is answered without

    command = import_module(COMMANDS[name])
    if is_implied and not COMMANDS.keys().isdisjoint(arguments):
        _refuse_late_commands(command.parser().parse(arguments).path)
    return int(command.run(arguments, console))
