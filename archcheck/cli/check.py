"""`archcheck check`: the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from archcheck.cli.options.arguments import (
    Parser,
    add_input,
    add_inspection,
    add_network,
    add_remedies,
    add_resolution,
    add_shipping,
)
from archcheck.cli.options.configuration import add_settings, configure, unsettled
from archcheck.cli.options.scope import Scope
from archcheck.cli.options.trust import add_trust, distrust
from archcheck.cli.options.workload import add_workload
from archcheck.cli.output import add_output, watched, write
from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Container, Sequence

    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.app.shares import Share
    from archcheck.cli.console import Console
    from archcheck.model import Report, Severity

FailOn = Literal["blocker", "build", "unknown", "never"]

# Severities by their texts, so that `--help` need not import the model.
_FAILING: dict[FailOn, frozenset[str]] = {
    "blocker": frozenset({"blocker"}),
    "build": frozenset({"blocker", "build"}),
    "unknown": frozenset({"blocker", "build", "unknown"}),
    "never": frozenset(),
}
FOUND, INCOMPLETE = 1, 2


def run(arguments: Sequence[str], console: Console) -> int:
    """Audit, print the report, and return the exit code."""
    command = parser()
    parsed = command.parse(arguments)
    if parsed.open:
        from archcheck.cli.results.opening import refuse_unseen  # noqa: PLC0415 - seldom asked for

        refuse_unseen(console.environ)  # before the work is done
    asked = _asked(command, parsed, console)
    if parsed.plan:
        from archcheck.cli.lookup.plan import check_format, print_plan  # noqa: PLC0415 - as above

        check_format(parsed)
        return print_plan(asked.scope.plan(asked.request, asked.share), parsed, console)

    with watched(console, wanted=not (parsed.no_progress or parsed.quiet)) as watch:
        report = asked.report(watch)
    write(report, parsed, console)
    return code_of(report, parsed)


class _Asked(NamedTuple):
    scope: Scope
    request: Request
    share: Share | None
    earlier: Report | None

    def report(self, watch: Watch | None) -> Report:
        report = self.scope.perform(self.request, watch, self.share)
        if self.earlier is None:
            return report
        from archcheck.report.sections.diff import against  # noqa: PLC0415 - seldom asked for

        return against(self.earlier, report)


def report_on(command: Parser, parsed: argparse.Namespace, console: Console, watch: Watch | None) -> Report:
    """Return the report that *parsed* asks for; *watch* is told of each audit as it begins.

    Raises `ArchcheckError` as the commands do.
    """
    return _asked(command, parsed, console).report(watch)


def _asked(command: Parser, parsed: argparse.Namespace, console: Console) -> _Asked:
    """Return what *parsed* asks for, and fill into it what the settings say."""
    typed = unsettled(parsed)
    settings = configure(command, parsed, console, commit=distrust(parsed))
    share = _share(parsed)
    earlier = _earlier(parsed)
    if parsed.fail_on_existing and earlier is None:
        raise UsageError("--fail-on-existing goes with --baseline: all else is new")
    scope = Scope(command, typed, console, None if earlier is None else _known(earlier))
    return _Asked(scope, scope.request(parsed, settings), share, earlier)


def code_of(report: Report, parsed: argparse.Namespace) -> int:
    """Return the exit code for *report* as the options of `add_failing` have it."""
    failing = _FAILING[parsed.fail_on or "build"] | ({"unknown"} if parsed.strict else frozenset())
    if parsed.strict and _leaves_out(report):
        return INCOMPLETE
    return exit_code(report, failing, exit_zero=parsed.exit_zero, on_existing=parsed.fail_on_existing)


def _share(parsed: argparse.Namespace) -> Share | None:
    """Return the share of the run that is asked for; raises UsageError for what is none."""
    if parsed.shard is None:
        return None
    from archcheck.app.shares import parse_share  # noqa: PLC0415 - seldom asked for

    if parsed.baseline:
        raise UsageError(
            "--shard and --baseline exclude each other: archcheck merge holds a baseline against all shares"
        )
    return parse_share(parsed.shard)


def _earlier(parsed: argparse.Namespace) -> Report | None:
    if not parsed.baseline:
        return None
    from archcheck.cli.render import read_report  # noqa: PLC0415 - seldom asked for

    return read_report(parsed.baseline)


def _known(earlier: Report) -> dict[str, Severity]:
    return {each.fingerprint: each.severity for audit in earlier.audits for each in audit.findings}


def _leaves_out(report: Report) -> bool:
    """Return whether an audit is about a part of its input alone, and nobody accepted that."""
    from archcheck.judge.obstacles import is_apart  # noqa: PLC0415 - as above

    return any(is_apart(finding, audit.input.path) for audit in report.audits for finding in audit.findings)


def exit_code(report: Report, failing: Container[str], *, exit_zero: bool, on_existing: bool = False) -> int:
    """Return 2 for an incomplete report, 1 where a finding's severity is among *failing*, else 0.

    Where there is a baseline, only what is new since counts, or all *on_existing*.
    """
    if not report.complete:
        return INCOMPLETE
    findings = [finding for audit in report.audits for finding in audit.findings]
    findings += [finding for each in report.deployables for finding in each.findings]
    if report.baseline is not None and not on_existing:
        findings = [finding for finding in findings if finding.fingerprint in report.baseline.new]
    unsure = "unknown" in failing and any(each.recommendation is None for each in report.deployables)
    failed = unsure or any(finding.severity.value in failing for finding in findings)
    return FOUND if failed and not exit_zero else 0


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck check",
        description="Tell whether every dependency, direct and transitive, installs on arm64 (aarch64) as it "
        "does on x86_64; which ones do not, who brings them in, and what to do about it.",
        epilog="Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 bad input, or an audit that could "
        "not be completed; 130 interrupted.",
    )
    made.add_argument(
        "path",
        nargs="*",
        metavar="PATH|REQUIREMENT",
        help="a requirements file, pyproject.toml, lock file, Pipfile, setup.cfg, setup.py or "
        "environment.yml; what is built already: a zip, a wheel, a folder of installed packages, an OCI "
        "layout or what docker save writes; or a folder that holds one of the files; - is standard input; "
        "or requirements themselves, as in numpy==1.26.4 'pandas>=2' "
        "(default: what the current folder holds, a lock first)",
    )
    made.add_argument(
        "--recursive",
        action="store_true",
        help="audit all that the folder deploys, and every input below it (done unasked where the folder is "
        "no project itself, or says how it is deployed)",
    )
    made.add_argument(
        "--plan",
        action="store_true",
        help="print what would be audited, on which targets, and what says so; no index is asked (or --json)",
    )
    made.add_argument(
        "--shard",
        metavar="I/N",
        help="audit the I-th of N shares of a repository, or of the paths: by a hash of the inputs' paths, "
        "which is the same on every machine (archcheck merge puts the results together)",
    )
    add_input(made)
    add_output(made)
    group = add_failing(made)
    group.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="RULE[:PACKAGE]|PACKAGE",
        help="accept these findings: they are reported as ignored and do not count for the exit code",
    )
    add_settings(made)
    add_trust(made)
    add_resolution(made)
    add_workload(made)
    add_inspection(made)
    add_remedies(made)
    add_shipping(made)
    add_network(made)
    return made


def add_failing(parser: Parser) -> argparse._ArgumentGroup:
    """Add the options that say what the exit code is; return their group."""
    group = parser.add_argument_group("when to fail")
    group.add_argument(
        "--fail-on",
        choices=list(_FAILING),
        help="the least severity that makes the exit code 1 (default: build)",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="what could not be determined fails too; what was left to another installer (conda) is "
        "an incomplete audit",
    )
    group.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever was found")
    group.add_argument(
        "--baseline",
        metavar="RESULT.json",
        help="a saved result: only what is new since then counts, a way out is looked for only for that, and "
        "the report says what changed",
    )
    group.add_argument(
        "--fail-on-existing", action="store_true", help="with --baseline: what was there already fails too"
    )
    return group
