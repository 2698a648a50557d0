"""`archcheck fix`: the best plan, as a diff of the user's own files, or written into them."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING

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
from archcheck.errors import UsageError
from archcheck.files import absolute

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from archcheck.app.fixing import Command, FileChange, Fixes
    from archcheck.app.request import Request
    from archcheck.cli.console import Console
    from archcheck.model import Change, Report
    from archcheck.report.layout import Style, View

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
    add_color(made)
    made.add_argument("--no-progress", action="store_true", help="say nothing on stderr while working")
    add_input(made)
    add_settings(made)
    add_resolution(made)
    add_inspection(made)
    add_network(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Audit, and print or write the plan."""
    command = parser()
    parsed = command.parse(arguments)
    if parsed.plan < 1:
        raise UsageError("--plan counts from 1")
    if parsed.lock and not parsed.write:
        raise UsageError("--lock goes with --write: a lock is made of what is written")
    typed = unsettled(parsed)
    settings = configure(command, parsed, console)
    from msgspec.structs import replace  # noqa: PLC0415 - `--help` and usage errors come first

    request = replace(decided(request_of(parsed, console, parsed.path), parsed, settings), remedies=True)
    scope = Scope(command, typed, console, None)
    folder = None if parsed.only else scope.repository(request)
    if folder is not None and (code := _declare(scope, request, folder, parsed, console)) is not None:
        return code
    _check_inputs(request)
    from archcheck.app.fix import fix  # noqa: PLC0415 - as above
    from archcheck.cli.progress import watching  # noqa: PLC0415

    with watching(console, wanted=not parsed.no_progress) as watch:
        report, fixes = fix(request, number=parsed.plan, only=parsed.only, watch=watch)
    if fixes.plan is None:
        return _without_plan(report, fixes, console)
    _print_diff(fixes.files, request.cwd, console, console.view(color=parsed.color))
    for line in _told(fixes, request.cwd):
        console.say(line)
    if fixes.refused:
        for reason in fixes.refused:
            console.error(reason)
        if parsed.write:
            console.say("nothing was written: the plan holds only as a whole")
        return NOT_DONE
    return _write(fixes, request.cwd, console, lock=parsed.lock) if parsed.write else 0


def _declare(
    scope: Scope, request: Request, folder: str, parsed: argparse.Namespace, console: Console
) -> int | None:
    """Print or write what declares arm64 for all that can move in a repository; return the exit code.

    None where one input is all that there is to change.
    """
    from archcheck.app.repositories.declaring import declared  # noqa: PLC0415 - where there is one
    from archcheck.app.repositories.perform import perform_repository  # noqa: PLC0415 - as above
    from archcheck.cli.progress import watching  # noqa: PLC0415 - as above

    with watching(console, wanted=not parsed.no_progress) as watch:
        report = perform_repository(request, folder, scope.request_for, watch)
    made = declared(report, request.disk, request.cwd)
    if not made.moves and not made.by_hand and len({audit.input.path for audit in report.audits}) == 1:
        return None
    _print_diff(made.files, request.cwd, console, console.view(color=parsed.color))
    for each in made.moves:
        console.say(f"{each.name} ({each.source.path}:{each.source.line}) moves to arm64")
    for each in made.by_hand:
        console.say(f"by hand: {each.name} ({each.source.path}:{each.source.line}): {each.change}")
    for each in made.held:
        for finding in each.findings:
            console.say(f"first: {each.name} ({finding.rule}): {finding.message}")
    for path in dict.fromkeys(path for each in made.later for path in each.inputs):
        console.say(f"first its packages: archcheck fix {path}")
    if not made.moves:
        console.say("nothing moves to arm64 by a change of lines today")
    if parsed.write and made.files:
        from archcheck.app.writing import write  # noqa: PLC0415 - where something is written

        write(made.files, request.cwd)
        for change in made.files:
            console.say(f"written: {change.path}")
    return 0


def _check_inputs(request: Request) -> None:
    """Raise UsageError for all but one file that can be changed."""
    from archcheck.inputs.typed import divided  # noqa: PLC0415 - as above

    if not request.kind and divided(request.paths, request.disk, request.cwd)[1]:
        raise UsageError("requirements on the command line are in no file that could be changed; name a file")
    if len(request.paths) + len(request.environments) > 1:
        raise UsageError("one input at a time: each has a plan of its own")
    if "-" in request.paths:
        raise UsageError("standard input cannot be changed; name the file")


def _without_plan(report: Report, fixes: Fixes, console: Console) -> int:
    if fixes.audit.obstacles:
        console.say("no plan was found; `archcheck check` says what stands in the way")
        return NO_PLAN
    if not report.complete:
        console.say("the audit is not complete; `archcheck check` says why")
        return NOT_DONE
    console.say("nothing stands in the way of arm64: there is nothing to change")
    return 0


def _from_here(path: str, cwd: str) -> str:
    """Return *path* as `git apply` takes it: without `.` and `..`, and from *cwd* where it is in there."""
    whole = PurePath(absolute(cwd, path))
    return (whole.relative_to(cwd) if whole.is_relative_to(cwd) else whole).as_posix().lstrip("/")


def _print_diff(files: Sequence[FileChange], cwd: str, console: Console, view: View) -> None:
    from archcheck.remedy.edits.lines import unified  # noqa: PLC0415 - as above
    from archcheck.report.layout import clean, paint  # noqa: PLC0415

    styles: dict[str, Style] = {"+": "green", "-": "red", "@": "cyan"}
    for change in files:
        name = _from_here(change.path, cwd)
        for number, line in enumerate(unified(name, change.before, change.after)):
            if not view.color:
                console.print(line)
                continue
            style: Style | None = "bold" if number < 2 else styles.get(line[:1])  # noqa: PLR2004 - the header
            console.print(paint(clean(line.rstrip("\r\n")), style, view) + "\n")


def _told(fixes: Fixes, cwd: str) -> Iterator[str]:
    """Yield what the plan is and leads to, line by line."""
    plan = fixes.plan
    if plan is None:
        return
    count = len(fixes.audit.plans or ())
    verified = "resolved again on both architectures" if plan.verified else "not verified"
    of = f" of {count}" if count > 1 else ""
    yield f"plan {plan.rank}{of} for {fixes.audit.target.id} ({verified}):"
    for change in plan.changes:
        yield f"  {_words(change)}"
    if plan.result is not None:
        found, summary = plan.result.recommendation, plan.result.summary
        when = f" {found.when}" if found.when else ""
        yield (
            f"leads to: {found.architecture}{when}; {summary.ready} ready, {summary.build} to build, "
            f"{summary.blocked} blocked, {summary.unknown} unknown"
        )
        stated = {change.package for change in plan.changes}
        moved = [each for each in plan.result.moved if each.package not in stated]
        if moved:
            told = (f"{each.package} {each.from_ or 'new'} → {each.to or 'gone'}" for each in moved)
            yield f"moves with it: {', '.join(told)}"
    if plan.leaves:
        yield f"leaves in the way: {', '.join(plan.leaves)}"
    if plan.introduces:
        yield f"brings in: {', '.join(plan.introduces)}"
    yield from (f"by hand: {each}" for each in fixes.by_hand)
    yield from (f"then run{_where(each, cwd)}: {each.text}" for each in fixes.commands)
    if count > 1 and plan.rank == 1:
        yield "another plan: --plan 2"


def _where(command: Command, cwd: str) -> str:
    return "" if command.folder == cwd else f" in {os.path.relpath(command.folder, cwd)}"


def _words(change: Change) -> str:
    where = ""
    if change.location is not None:
        line = f":{change.location.line}" if change.location.line else ""
        where = f" ({change.location.path}{line})"
    match change.kind:
        case "target":
            return f"deploy on {change.to} instead of {change.from_}"
        case "build":
            return f"build {change.package} {change.to}"
        case "replace":
            return f"{change.from_} gives way to {change.to}{where}"
        case _:
            return f"{change.package} {change.from_ or ''} → {change.to}{where}".replace("  ", " ")


def _write(fixes: Fixes, cwd: str, console: Console, *, lock: bool) -> int:
    from archcheck.app.writing import write  # noqa: PLC0415 - where something is written

    write(fixes.files, cwd)
    for change in fixes.files:
        console.say(f"written: {change.path}")
    if not lock:
        return 0
    from archcheck.app.locking import run_tool  # noqa: PLC0415 - as above

    failures = [reason for each in fixes.commands if (reason := run_tool(each.text, each.folder)) is not None]
    for reason in failures:
        console.error(reason)
    return NOT_DONE if failures else 0
