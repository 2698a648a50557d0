"""`archcheck check --plan`: what would be audited, and on what, as text or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from archcheck.app.repositories.planning import Plan, PlannedInput
    from archcheck.cli.console import Console
    from archcheck.model import TargetSource
    from archcheck.report.layout import View


def print_plan(plan: Plan, parsed: argparse.Namespace, console: Console) -> int:
    """Print *plan* in the format that *parsed* names, and return the exit code."""
    if parsed.format == "json":
        from archcheck.report.json import encoded  # noqa: PLC0415 - not for --help

        console.print(encoded(plan))
    else:
        view = console.view(color=parsed.color)
        console.print("\n".join(plan_lines(plan, view)) + "\n")
    return 0


def check_format(parsed: argparse.Namespace) -> None:
    """Raise UsageError for a format that a plan has not."""
    if parsed.format not in {None, "text", "json"}:
        raise UsageError(f"--plan is printed as text or as json, not as {parsed.format}")
    if parsed.output:
        raise UsageError("--plan is printed, not written to a file: --output is for the report")
    if parsed.open:
        raise UsageError("--plan is printed, and is no page: --open is for the report")


def plan_lines(plan: Plan, view: View) -> Iterator[str]:
    """Yield *plan* for people."""
    from archcheck.report.layout import paragraph, table  # noqa: PLC0415 - not for --help
    from archcheck.report.phrases import plural  # noqa: PLC0415 - as above

    runs = plural(sum(len(each.targets) for each in plan.inputs), "audit")
    deployed = [each for each in plan.deployables if each.kind != "project"]
    alone = len(plan.deployables) - len(deployed)
    owners = [
        *([plural(len(deployed), "deployable")] if deployed else []),
        *([f"{plural(alone, 'project')} that nothing deploys"] if alone else []),
    ]
    whole = f" of {' and '.join(owners)}" if owners else ""
    yield from paragraph(
        f"{runs}: {plural(len(plan.inputs), 'input')}{whole}; no index was asked", view, style="bold"
    )
    rows = [row for each in plan.inputs for row in _rows(each)]
    if rows:
        yield ""
        yield from table(("input", "target", "said by"), rows, view)
    if deployed:
        yield ""
        told = [
            (each.name, f"{each.source.path}:{each.source.line}" if each.source.line else each.source.path,
             ", ".join(each.inputs) or "none")
            for each in deployed
        ]  # fmt: skip
        yield from table(("deployable", "where", "inputs"), told, view)
    said = list(_beside(plan))
    yield from (
        ["", *(line for text in said for line in paragraph(text, view, label="-", hang=2))] if said else []
    )


def _rows(one: PlannedInput) -> Iterator[tuple[str, str, str]]:
    name = one.path
    if one.package:
        name = f"{name} ({one.package})"
    if one.extras:
        name = f"{name}[{','.join(one.extras)}]"
    if one.problem is not None:
        yield name, "", f"cannot be audited: {one.problem}"
    elif not one.targets:
        yield name, "", "nothing that is known: it is not audited"
    for number, target in enumerate(one.targets):
        yield ("" if number else name), target.id, _said_by(target.source)


def _said_by(source: TargetSource) -> str:
    where = f"{source.path}:{source.line}" if source.line else source.path
    match source.kind:
        case "option":
            return "--target"
        case "settings":
            return where or "ARCHCHECK_TARGET"
        case "default":
            return "nothing: a guess"
        case _:
            return where or source.kind


def _beside(plan: Plan) -> Iterator[str]:
    from archcheck.report.phrases import plural  # noqa: PLC0415 - not for --help

    if plan.others:
        yield f"not audited: {plural(plan.others, 'deployable')} of other languages"
    if plan.images:
        yield f"not audited: {plural(plan.images, 'image')} built elsewhere"
    if plan.left_out:
        yield f"left out, as nothing deploys them: {', '.join(plan.left_out)}"
    yield from plan.notes
