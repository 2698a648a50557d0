"""Every target that has a name of its own, as a row: for `archcheck targets`, and for shells to complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from archcheck.data.runtimes import runtimes
from archcheck.platforms.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from archcheck.data.runtimes import LambdaRuntime

Status = Literal["supported", "deprecated", "blocked", "undocumented"]

PATTERNS: Final = ("alpine3.N:pythonX.Y", "glibc2.N:pythonX.Y", "musl1.N:pythonX.Y")
"""The bases that are named by a number."""


class Row(Struct, frozen=True, kw_only=True):
    """One target: `id` is what `--target` takes, `python` the newest release known of its line.

    `status` and the dates are a managed runtime's own: supported until the day `deprecated`, and from the day
    `blocked` on AWS takes no update of a function any more. `aliases` are other names of the base.
    """

    id: str
    base: str
    title: str
    libc: str
    python: str
    status: Status | None = None
    deprecated: date | None = None
    blocked: date | None = None
    aliases: tuple[str, ...] = ()


def catalogue(today: date) -> tuple[Row, ...]:
    """Return all targets, as they stand on the day *today*: runtimes, then bases with each Python."""
    return (*_runtimes(today), *_bases())


def identifiers() -> tuple[str, ...]:
    """Return what `--target` may be, as far as it can be listed."""
    known = runtimes()
    named = [("lambda", line) for line in known.lambda_] + [
        (base, line) for base in known.bases for line in known.python
    ]
    return tuple(f"{base}:python{line}" for base, line in named)


def _runtimes(today: date) -> Iterator[Row]:
    for line, runtime in runtimes().lambda_.items():
        row = _row(f"lambda:python{line}")
        yield Row(
            id=row.id,
            base=row.base,
            title=row.title,
            libc=row.libc,
            python=row.python,
            status=_status(runtime, today),
            deprecated=runtime.deprecated,
            blocked=runtime.blocked,
        )


def _bases() -> Iterator[Row]:
    for name, base in runtimes().bases.items():
        for line in runtimes().python:
            yield _row(f"{name}:python{line}", base.aliases)


def _row(identifier: str, aliases: tuple[str, ...] = ()) -> Row:
    target = parse_target(identifier)
    return Row(
        id=target.id,
        base=target.base,
        title=target.title,
        libc=str(target.libc),
        python=str(target.python.full),
        aliases=aliases,
    )


def _status(runtime: LambdaRuntime, today: date) -> Status:
    if runtime.blocked is not None and today >= runtime.blocked:
        return "blocked"
    if runtime.deprecated is not None and today >= runtime.deprecated:
        return "deprecated"
    return "supported" if runtime.documented else "undocumented"
