"""The options that say what runs in a month, from which a saving in dollars is reckoned."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from archcheck.savings.limits import LIMITS, expected

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from archcheck.savings.workload import Workload


def add_workload(parser: argparse.ArgumentParser) -> None:
    """Add the options of the monthly use and of the prices."""
    group = parser.add_argument_group("what it would save (docs/savings.md; dollars only for a month's use)")
    group.add_argument(
        "--memory",
        type=_number("memory_mb"),
        metavar="MB",
        help="with --duration-ms and --invocations: the function's memory",
    )
    group.add_argument(
        "--duration-ms", type=_number("duration_ms"), metavar="N", help="one invocation's, on x86_64"
    )
    group.add_argument("--invocations", type=_number("invocations"), metavar="N", help="a month")
    group.add_argument(
        "--gb-seconds",
        type=_number("gb_seconds"),
        metavar="N",
        help="a month's use on x86_64, in place of the three",
    )
    group.add_argument(
        "--arm-duration-ratio",
        type=_number("arm_duration_ratio"),
        metavar="R",
        help="measured: arm64's duration over x86_64's (default: 1; measured cases lie from 0.68 to 1.20)",
    )
    group.add_argument(
        "--region", metavar="NAME", help="the AWS region whose prices count (default: us-east-1)"
    )
    group.add_argument(
        "--fargate", action="store_true", help="containers run on AWS Fargate (Amazon ECS): what that saves"
    )
    for architecture in ("x86", "arm"):
        group.add_argument(
            f"--price-{architecture}",
            type=_number(f"price_{architecture}"),
            metavar="USD",
            help="another region's price of a GB-second",
        )


def workload_of(arguments: argparse.Namespace) -> Workload | None:
    """Return what the parsed *arguments* say of the workload, None where that is nothing.

    Raises `UsageError` for half a workload, two of them, one price without the other, or prices not known.
    """
    from archcheck.savings.workload import Workload  # noqa: PLC0415 - not needed for --help

    found = Workload(
        memory_mb=arguments.memory,
        duration_ms=arguments.duration_ms,
        invocations=arguments.invocations,
        gb_seconds=arguments.gb_seconds,
        arm_duration_ratio=arguments.arm_duration_ratio,
        price_x86=arguments.price_x86,
        price_arm=arguments.price_arm,
        region=arguments.region,
        fargate=arguments.fargate,
    )
    if found == Workload():
        return None
    from archcheck.savings.checks import checked  # noqa: PLC0415 - most runs say nothing of it

    return checked(found, _flag)


def _flag(field: str) -> str:
    """Return the option of a workload's *field*."""
    return "--memory" if field == "memory_mb" else f"--{field.replace('_', '-')}"


def _number(field: str) -> Callable[[str], float]:
    """Return the conversion of an option's text to a number that the *field* may have."""
    kind, least, most = LIMITS[field]

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{expected(field)}, found {text[:40]!r}") from error
        if not least <= value <= most:
            raise ArgumentTypeError(f"{expected(field)}, found {text[:40]!r}")
        return value

    return convert
