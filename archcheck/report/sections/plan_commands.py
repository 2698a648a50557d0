"""The commands that make a plan's changes: those of the tool that writes the file, or `archcheck fix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.files import TYPED, is_nameless
from archcheck.formats import row_of
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.formats import Format
    from archcheck.model import Audit, Change, Plan

_STATED = {"version", "constraint", "replace"}


def own_commands(audit: Audit, changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the commands by which the tool of the input makes *changes* itself; of some it has none."""
    row = row_of(audit.input.kind)
    member = audit.input.package
    return tuple(dict.fromkeys(filter(None, (_own_command(change, row, member) for change in changes))))


def fix_command(audit: Audit, plan: Plan, *, only: Sequence[str] = ()) -> str:
    """Return the command that prints *plan* as a diff, where it helps *only* some packages, for these.

    "" where it changes nothing that a file of the user's own states, and where nobody edits such a file. Of a
    lock it is the file beside it that is edited.
    """
    row = row_of(audit.input.kind)
    edits = any(change.kind in _STATED for change in plan.changes)
    if not edits or row.installed or not (row.editor or row.edit) or is_nameless(audit.input.path):
        return ""
    some = "".join(f" --only {quoted(name)}" for name in only)
    path, target = quoted(audit.input.path), quoted(audit.target.id)
    return f"archcheck fix {path}{_package(audit)}{_options(audit)} --target {target}{some}"


def audit_command(audit: Audit, target: str) -> str:
    """Return the command that audits the changed input on *target*."""
    extras = " --all-extras" if audit.input.extras and "--all-extras" not in audit.options else ""
    path = "REQUIREMENT…" if audit.input.path == TYPED else quoted(audit.input.path)
    options = f"{_package(audit)}{extras}{_options(audit)}{_workload(audit)}"
    return f"archcheck {path}{options} --target {quoted(target)}"


def _options(audit: Audit) -> str:
    return "".join(f" {quoted(each)}" for each in audit.options)


def _workload(audit: Audit) -> str:
    """Return the options of the workload that the answer weighs; for its GB-seconds what they come of."""
    said = audit.savings.workload if audit.savings else None
    if said is None:
        return ""
    use = {"memory": said.memory_mb, "duration-ms": said.duration_ms, "invocations": said.invocations}
    if None in use.values():
        use = {"gb-seconds": said.gb_seconds}
    prices = {"price-x86": said.price_x86, "price-arm": said.price_arm, "region": said.region}
    given = {**use, "arm-duration-ratio": said.arm_duration_ratio, **prices}
    words = [f" --{name} {_number(value)}" for name, value in given.items() if value is not None]
    return "".join(words) + (" --fargate" if said.fargate else "")


def _number(value: float | str) -> str:
    return quoted(value) if isinstance(value, str) else repr(value).removesuffix(".0")


def _package(audit: Audit) -> str:
    return f" --package {quoted(audit.input.package)}" if audit.input.package else ""


def _own_command(change: Change, row: Format, member: str | None) -> str:
    pin = f"{change.package}=={change.to}"
    match change.kind:
        case "version":
            command = f"{row.edit} --package {quoted(member)}" if member and row.edit else row.edit
        case "lock" | "constraint":
            command = row.move
        case "relock":
            # `uv lock` alone keeps the files that it has of a version.
            command = row.move if row.relock and row.move.startswith(f"{row.relock} ") else row.relock
        case _:
            command = ""
    spec = f"{change.package}{change.specifier}" if change.specifier else pin
    return command.format(name=quoted(change.package), pin=quoted(pin), spec=quoted(spec))


def quoted(text: str) -> str:
    """Return *text* as one word of a shell's, cleaned."""
    import shlex  # noqa: PLC0415 - most reports have no command in them

    return shlex.quote(clean(text))
