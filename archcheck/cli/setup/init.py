"""`archcheck init`: settings, a job for the CI and a hook for pre-commit, written after asking."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from archcheck.cli.options.arguments import Listed, Parser
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.app.request import Request
    from archcheck.cli.console import Console
    from archcheck.cli.setup.starting.step import Step

_YES: Final = {"", "y", "yes"}


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck init",
        description="Write what a project begins with, after asking: [tool.archcheck] in pyproject.toml (or "
        "archcheck.toml), the job that asks on every pull request, and a hook for pre-commit. What is there "
        "already is left as it is.",
    )
    made.add_argument("-y", "--yes", action="store_true", help="ask nothing, and write all that is found")
    made.add_argument("--dry-run", action="store_true", help="write nothing: print the changes as a diff")
    made.add_argument(
        "-t",
        "--target",
        action=Listed,
        default=[],
        metavar="BASE:pythonX.Y",
        help="where it will run (default: what the project says)",
    )
    made.add_argument(
        "--ci",
        choices=["github", "gitlab", "none"],
        help="whose job is written (default: by what the git repository looks like)",
    )
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Ask, and write."""
    parsed = parser().parse(arguments)
    asks = not (parsed.yes or parsed.dry_run)
    if asks and (sys.stdin is None or not sys.stdin.isatty()):
        raise UsageError(
            "standard input is no terminal, where one could answer; --yes writes what is found, --dry-run "
            "prints it"
        )
    from archcheck.app.request import Request  # noqa: PLC0415 - `--help` and usage errors come first
    from archcheck.cli.setup.starting.steps import forge_of, steps, targets_said  # noqa: PLC0415

    request = Request(
        paths=(".",),
        cwd=os.getcwd(),  # noqa: PTH109 - as everywhere
        environ=console.environ,
        disk=console.disk,
        targets=_known(parsed.target),
    )
    targets, none = targets_said(request)
    if asks and not parsed.target:
        targets = _asked_targets(targets, none, console)
    forge = None if parsed.ci == "none" else (parsed.ci or forge_of(request))
    made = steps(request, forge, targets, none)
    if forge is None and parsed.ci != "none":
        console.say(
            "archcheck: this folder is no git repository: no job and no hook (--ci github writes them)"
        )
    return _print(made, console) if parsed.dry_run else _write(made, request, console, asks=asks)


def _known(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the targets that *texts* name; raises TargetError."""
    from archcheck.platforms.targets import parse_target  # noqa: PLC0415 - as above

    return tuple(parse_target(text).id for text in texts)


def _asked_targets(found: Sequence[str], none: str, console: Console) -> tuple[str, ...]:
    if not found:
        console.say(none)
    answer = _ask(f"where does it run? [{' '.join(found) or 'none'}] ", console)
    return _known(answer.split()) if answer else tuple(found)


def _ask(question: str, console: Console) -> str:
    """Return the answer of who sits at the terminal; the end of input is no answer, and ends the command."""
    console.err.write(question)
    console.err.flush()
    line = sys.stdin.readline()
    if not line:
        raise UsageError("no answer; nothing was written")
    return line.strip()


def _print(made: Sequence[Step], console: Console) -> int:
    from archcheck.remedy.edits.lines import unified  # noqa: PLC0415 - as above

    for step in made:
        if step.after is not None:
            console.print("".join(unified(step.path, step.before, step.after)))
    for line in _left(made):
        console.say(line)
    return 0


def _write(made: Sequence[Step], request: Request, console: Console, *, asks: bool) -> int:
    from archcheck.app.fixes.fixing import FileChange  # noqa: PLC0415 - as above
    from archcheck.app.fixes.writing import write  # noqa: PLC0415 - as above

    wanted = [step for step in made if step.after is not None and (not asks or _is_wanted(step, console))]
    changes = [
        FileChange(path=step.path, before=step.before, after=step.after)
        for step in wanted
        if step.after is not None
    ]
    write(changes, request.cwd)
    for step in wanted:
        console.say(f"written: {step.path}{f' ({step.said})' if step.said else ''}")
    for line in _left(made):
        console.say(line)
    return 0


def _is_wanted(step: Step, console: Console) -> bool:
    verb = "write" if step.before is None else "change"
    return _ask(f"{verb} {step.path}? [Y/n] ", console).lower() in _YES


def _left(made: Sequence[Step]) -> Iterator[str]:
    return (f"left as it is: {step.path}: {step.said}" for step in made if step.after is None)
