"""Every target that has a name of its own, as a row: for `archcheck targets`, and for shells to complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from archcheck.data.runtimes import runtimes
from archcheck.platforms.targets import SERVICES, parse_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from archcheck.data.runtimes import LambdaRuntime

Status = Literal["supported", "deprecated", "blocked", "undocumented"]

PATTERNS: Final = ("alpine3.N:pythonX.Y", "glibc2.N:pythonX.Y", "musl1.N:pythonX.Y")
"""The bases that are named by a number."""


class Row(Struct, frozen=True, kw_only=True):
    """One target: `id` is what `--target` takes, `python` the newest release known of its line.

    `status` and the dates are a managed runtime's own: supported until the day `deprecated`, and from the day
    `blocked` on AWS takes no update of a function any more. `arm64_alone`: there is no x86_64 to compare
    with. `aliases` are other names of the base.
    """

    id: str
    base: str
    title: str
    libc: str
    python: str
    arm64_alone: bool = False
    status: Status | None = None
    deprecated: date | None = None
    blocked: date | None = None
    aliases: tuple[str, ...] = ()


def catalogue(today: date) -> tuple[Row, ...]:
    """Return all targets, as they stand on the day *today*: managed runtimes, services, then bases."""
    return (*_runtimes(today), *(_row(each) for each in _with_each_python()))


def identifiers() -> tuple[str, ...]:
    """Return what `--target` may be, as far as it can be listed."""
    managed = (f"{name}:python{line}" for name, lines in _managed().items() for line in lines)
    return (*managed, *_with_each_python())


def _managed() -> dict[str, Mapping[str, LambdaRuntime]]:
    return {"lambda": runtimes().lambda_, "agentcore": runtimes().agentcore}


def _with_each_python() -> Iterator[str]:
    for name in (*SERVICES, *runtimes().bases):
        yield from (f"{name}:python{line}" for line in runtimes().python)


def _runtimes(today: date) -> Iterator[Row]:
    for name, lines in _managed().items():
        for line, runtime in lines.items():
            yield replace(
                _row(f"{name}:python{line}"),
                status=_status(runtime, today),
                deprecated=runtime.deprecated,
                blocked=runtime.blocked,
            )


def _row(identifier: str) -> Row:
    target = parse_target(identifier)
    base = runtimes().bases.get(identifier.partition(":")[0])
    return Row(
        id=target.id,
        base=target.base,
        title=target.title,
        libc=str(target.libc),
        python=str(target.python.full),
        arm64_alone=target.arm_only,
        aliases=base.aliases if base else (),
    )


def _status(runtime: LambdaRuntime, today: date) -> Status:
    if runtime.blocked is not None and today >= runtime.blocked:
        return "blocked"
    if runtime.deprecated is not None and today >= runtime.deprecated:
        return "deprecated"
    return "supported" if runtime.documented else "undocumented"
