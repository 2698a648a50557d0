"""The options that say what runs in a month, from which a saving in dollars is reckoned."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Final

from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from archcheck.savings.workload import Workload

# AWS Lambda's own limits; the others are far beyond what anybody runs, and keep the sums finite.
LEAST_MEMORY, MOST_MEMORY = 128, 10_240
MOST_MS: Final = 900_000
_MOST_INVOCATIONS = 10**15
_MOST_GB_SECONDS = 10**15
_MOST_RATIO = 100
_MOST_PRICE = 1

_USE = ("memory", "duration_ms", "invocations")


def add_workload(parser: argparse.ArgumentParser) -> None:
    """Add the options of the monthly use and of the prices."""
    group = parser.add_argument_group("what it would save (docs/savings.md; dollars only for a month's use)")
    group.add_argument(
        "--memory",
        type=_number(int, LEAST_MEMORY, MOST_MEMORY),
        metavar="MB",
        help="with --duration-ms and --invocations: the function's memory",
    )
    group.add_argument(
        "--duration-ms", type=_number(float, 0.001, MOST_MS), metavar="N", help="one invocation's, on x86_64"
    )
    group.add_argument("--invocations", type=_number(int, 1, _MOST_INVOCATIONS), metavar="N", help="a month")
    group.add_argument(
        "--gb-seconds",
        type=_number(float, 0.001, _MOST_GB_SECONDS),
        metavar="N",
        help="a month's use on x86_64, in place of the three",
    )
    group.add_argument(
        "--arm-duration-ratio",
        type=_number(float, 0.01, _MOST_RATIO),
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
            type=_number(float, 1e-9, _MOST_PRICE),
            metavar="USD",
            help="another region's price of a GB-second",
        )


def workload_of(arguments: argparse.Namespace) -> Workload | None:
    """Return what the parsed *arguments* say of the workload, None where that is nothing.

    Raises `UsageError` for half a workload, two of them, one price without the other, or prices not known.
    """
    from archcheck.savings.workload import Workload  # noqa: PLC0415 - not needed for --help

    given = [name for name in _USE if getattr(arguments, name) is not None]
    gb_seconds: float | None = arguments.gb_seconds
    if given and gb_seconds is not None:
        raise UsageError(f"--gb-seconds and {_flags(given)} say the same; give one of them")
    if given and len(given) < len(_USE):
        missing = [name for name in _USE if name not in given]
        raise UsageError(f"{_flags(given)}: expected {_flags(missing)} as well")
    if (arguments.price_x86 is None) != (arguments.price_arm is None):
        raise UsageError("--price-x86 and --price-arm go together: both of one region")
    _check_prices(arguments)
    if given:
        gb_seconds = arguments.memory * arguments.duration_ms * arguments.invocations / (1024 * 1000)
    found = Workload(
        memory_mb=arguments.memory,
        duration_ms=arguments.duration_ms,
        invocations=arguments.invocations,
        gb_seconds=gb_seconds,
        arm_duration_ratio=arguments.arm_duration_ratio,
        price_x86=arguments.price_x86,
        price_arm=arguments.price_arm,
        region=arguments.region,
        fargate=arguments.fargate,
    )
    return None if found == Workload() else found


def _check_prices(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` where what is said of prices contradicts itself, or is not known."""
    from archcheck.savings.prices import fargate_prices, prices  # noqa: PLC0415 - reads a file

    region: str | None = arguments.region
    if region is not None and arguments.price_x86 is not None:
        raise UsageError("--region and --price-x86 say the same; give one of them")
    if region is not None and region not in prices().regions:
        raise UsageError(
            f"--region: expected one whose prices are known ({', '.join(prices().regions)}), found "
            f"{region[:40]!r}; give another's by --price-x86 and --price-arm"
        )
    known = fargate_prices().region
    if arguments.fargate and (arguments.price_x86 is not None or region not in {None, known}):
        raise UsageError(
            f"--fargate: its prices are known for {known} alone; leave out --region and --price-x86"
        )


def _flags(names: list[str]) -> str:
    return " and ".join(f"--{name.replace('_', '-')}" for name in names)


def _number(kind: type[int | float], least: float, most: float) -> Callable[[str], float]:
    """Return the conversion of an option's text to a number between the two."""

    def convert(text: str) -> float:
        expected = f"expected a {'whole ' if kind is int else ''}number from {least:,} to {most:,}"
        try:
            value = kind(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{expected}, found {text[:40]!r}") from error
        if not least <= value <= most:
            raise ArgumentTypeError(f"{expected}, found {text[:40]!r}")
        return value

    return convert
