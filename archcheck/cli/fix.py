"""`archcheck fix`: the best plan, as a diff of the user's own files, or written into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archcheck.cli.options.arguments import (
    Parser,
    add_color,
    add_input,
    add_inspection,
    add_network,
    add_resolution,
    request_of,
)
from archcheck.cli.options.configuration import add_settings, configure, decided, unsettled
from archcheck.cli.options.scope import Scope
from archcheck.cli.output import watched
from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from archcheck.app.fixes.fixing import Command, FileChange, Fixes
    from archcheck.app.perform import Watch
    from archcheck.app.repositories.declaring import Declared
    from archcheck.app.request import Request
    from archcheck.cli.console import Console
    from archcheck.model import Report

NO_PLAN, NOT_DONE = 1, 2


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck fix",
        description="Print the smallest change after which the set installs on arm64, as a diff of your own "
        "files; the plan itself is told on stderr. Versions alone are changed: comments, order, markers, "
        "line ends and encodings stay.",
        epilog="Exit codes: 0 there is nothing to change, or the plan was printed or written; 1 no plan was "
        "found; 2 bad input, or a file that cannot be edited; 130 interrupted.",
    )
    made.add_argument(
        "path", nargs="*", metavar="PATH", help="as for check (default: what the current folder holds)"
    )
    group = made.add_argument_group("what to do")
    group.add_argument("--write", action="store_true", help="write the change into the files")
    group.add_argument(
        "--plan",
        type=int,
        default=1,
        metavar="N",
        help="the plan to take, where there are several (default: 1)",
    )
    group.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="what helps this one, whatever else there is (repeatable)",
    )
    group.add_argument(
        "--lock",
        action="store_true",
        help="with --write: run what makes a lock or a compiled list again, where the tool is there",
    )
    made.add_argument("--json", action="store_true", help="as JSON: the plans, and the one taken as a diff")
    add_color(made)
    made.add_argument("--no-progress", action="store_true", help="say nothing on stderr while working")
    add_input(made)
    add_settings(made)
    add_resolution(made)
    add_inspection(made)
    add_network(made)
    return made


class Fixed(NamedTuple):
    """What there is to change: what declares arm64 in a repository, or the plan of one input."""

    request: Request
    report: Report
    made: Declared | Fixes


def run(arguments: Sequence[str], console: Console) -> int:
    """Audit, and print or write the plan."""
    command = parser()
    parsed = command.parse(arguments)
    if parsed.plan < 1:
        raise UsageError("--plan counts from 1")
    if parsed.lock and not parsed.write:
        raise UsageError("--lock goes with --write: a lock is made of what is written")
    from archcheck.cli.edits.diffs import print_diff  # noqa: PLC0415 - `--help` and usage errors come first

    with watched(console, wanted=not parsed.no_progress) as watch:
        found = fixed(command, parsed, console, watch)
    if parsed.json:
        from archcheck.report.json import encoded  # noqa: PLC0415

        console.print(encoded(document(found)))
    else:
        print_diff(found.made.files, found.request.cwd, console, console.view(color=parsed.color))
    for line in told(found):
        console.say(line)
    from archcheck.app.repositories.declaring import Declared  # noqa: PLC0415 - as above

    fixes = found.made
    if isinstance(fixes, Declared):
        code = _write(fixes.files, (), found.request.cwd, console) if parsed.write else 0
        unread = found.report.fleet is not None and found.report.fleet.unread
        return NOT_DONE if unread else code
    if fixes.plan is None:
        return _without_plan(found.report, fixes)
    if fixes.refused:
        for reason in fixes.refused:
            console.error(reason)
        if parsed.write:
            console.say("nothing was written: the plan holds only as a whole")
        return NOT_DONE
    commands = fixes.commands if parsed.lock else ()
    return _write(found.made.files, commands, found.request.cwd, console) if parsed.write else 0


def fixed(command: Parser, parsed: argparse.Namespace, console: Console, watch: Watch | None) -> Fixed:
    """Return what there is to change of what *parsed* names, none of it written.

    Raises `ArchcheckError` as the commands do.
    """
    typed = unsettled(parsed)
    settings = configure(command, parsed, console)
    from msgspec.structs import replace  # noqa: PLC0415 - `--help` and usage errors come first

    request = replace(decided(request_of(parsed, console, parsed.path), parsed, settings), remedies=True)
    scope = Scope(command, typed, console, None)
    folder = None if parsed.only else scope.repository(request)
    if folder is not None and (found := _declared(scope, request, folder, watch)) is not None:
        return found
    _check_inputs(request)
    from archcheck.app.fixes.fix import fix  # noqa: PLC0415 - as above

    report, fixes = fix(request, number=parsed.plan, only=parsed.only, watch=watch)
    return Fixed(request, report, fixes)


def _declared(scope: Scope, request: Request, folder: str, watch: Watch | None) -> Fixed | None:
    """Return what declares arm64 for all that can move in a repository.

    None where one input is all that there is to change.
    """
    from archcheck.app.repositories.declaring import declared  # noqa: PLC0415 - where there is one
    from archcheck.app.repositories.perform import perform_repository  # noqa: PLC0415 - as above
    from archcheck.app.trust_scope import files_of  # noqa: PLC0415 - as above

    report = perform_repository(request, folder, scope.request_for, watch)
    made = declared(report, files_of(request), request.cwd)
    known = all(each.recommendation is not None for each in report.deployables)
    alone = len({audit.input.path for audit in report.audits}) == 1
    if not made.files and not made.by_hand and known and alone:
        return None
    return Fixed(request, report, made)


def document(found: Fixed) -> dict[str, Any]:
    """Return *found* for JSON."""
    from archcheck.app.repositories.declaring import Declared  # noqa: PLC0415 - as above
    from archcheck.cli.edits import moves, plans  # noqa: PLC0415 - as above

    if isinstance(found.made, Declared):
        return moves.document(found.report, found.made, found.request.cwd)
    return plans.document(found.report, found.made, found.request.cwd)


def told(found: Fixed) -> Iterator[str]:
    """Yield *found* in words, line by line."""
    from archcheck.app.repositories.declaring import Declared  # noqa: PLC0415 - as above
    from archcheck.cli.edits import moves, plans  # noqa: PLC0415 - as above

    if isinstance(found.made, Declared):
        yield from moves.told(found.made, found.report)
    elif found.made.plan is not None:
        yield from plans.told(found.made, found.request.cwd)
    elif found.made.audit.obstacles:
        yield "no plan was found; `archcheck check` says what stands in the way"
    elif not found.report.complete:
        yield "the audit is not complete; `archcheck check` says why"
    else:
        yield "nothing stands in the way of arm64: there is nothing to change"


def _without_plan(report: Report, fixes: Fixes) -> int:
    if fixes.audit.obstacles:
        return NO_PLAN
    return 0 if report.complete else NOT_DONE


def _check_inputs(request: Request) -> None:
    """Raise UsageError for all but one file that can be changed."""
    from archcheck.app.trust_scope import files_of  # noqa: PLC0415 - as above
    from archcheck.inputs.typed import divided  # noqa: PLC0415 - as above

    if not request.kind and divided(request.paths, files_of(request), request.cwd)[1]:
        raise UsageError("requirements on the command line are in no file that could be changed; name a file")
    if len(request.paths) + len(request.environments) > 1:
        raise UsageError("one input at a time: each has a plan of its own")
    if "-" in request.paths:
        raise UsageError("standard input cannot be changed; name the file")


def _write(files: Sequence[FileChange], commands: Sequence[Command], cwd: str, console: Console) -> int:
    """Write *files*, and run *commands* for the locks that are made of them; return the exit code."""
    from archcheck.app.fixes.writing import write  # noqa: PLC0415 - where something is written

    write(files, cwd)
    for change in files:
        console.say(f"written: {change.path}")
    if not commands:
        return 0
    from archcheck.app.fixes.locking import run_tool  # noqa: PLC0415 - as above

    failures = [reason for each in commands if (reason := run_tool(each.text, each.folder)) is not None]
    for reason in failures:
        console.error(reason)
    return NOT_DONE if failures else 0
