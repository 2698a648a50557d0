"""`archcheck merge`: several saved results as one, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.check import add_failing, code_of
from archcheck.cli.options.arguments import Parser
from archcheck.cli.output import add_output, write
from archcheck.cli.render import read_report
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.cli.console import Console


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    made = Parser(
        prog="archcheck merge",
        description="Put saved JSON results together: those of the shares of one run (check --shard), or of "
        "runs apart. Of all shares of a run the result is that of the run without shares. What two results "
        "both have is taken from the later one, and its notes say so; where a share is missing, the result "
        "is not complete.",
        epilog="Exit codes: as of check.",
    )
    made.add_argument("results", nargs="+", metavar="RESULT.json")
    add_output(made)
    add_failing(made)
    return made


def run(arguments: Sequence[str], console: Console) -> int:
    """Read the results, print them as one, and return the exit code."""
    parsed = parser().parse(arguments)
    if parsed.fail_on_existing and not parsed.baseline:
        raise UsageError("--fail-on-existing goes with --baseline: all else is new")
    earlier = read_report(parsed.baseline) if parsed.baseline else None
    from archcheck.app.merging import Saved, lacking, merge  # noqa: PLC0415 - `--help` and usage errors come first

    results = [Saved(path=path, report=read_report(path)) for path in dict.fromkeys(parsed.results)]
    report = merge(results)
    for sentence in lacking(results):
        console.say(f"archcheck: {sentence}")
    if any(each.report.baseline is not None for each in results):
        console.say(
            "archcheck: the baselines of the results are left out; --baseline holds another against all"
        )
    versions = sorted({each.report.tool.version for each in results})
    if len(versions) > 1:
        console.say(f"archcheck: the results are of archcheck {', '.join(versions)}")
    if earlier is not None:
        from archcheck.report.sections.diff import against  # noqa: PLC0415 - seldom asked for

        report = against(earlier, report)
    write(report, parsed, console)
    return code_of(report, parsed)
