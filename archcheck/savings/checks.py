"""Whether a workload can be meant: numbers that somebody runs, and each thing said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.errors import UsageError
from archcheck.savings.limits import LIMITS, expected
from archcheck.savings.prices import fargate_prices, prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcheck.savings.workload import Workload

_USE: Final = ("memory_mb", "duration_ms", "invocations")


def checked(workload: Workload, called: Callable[[str], str] = str) -> Workload:
    """Return *workload* with its GB-seconds, where it says what they come of.

    Raises `UsageError` for a number that nobody runs, half a workload, two of them, one price without the
    other, or prices that are not known; fields are named in it as they are *called* where they were said.
    """
    for field in LIMITS:
        _check_number(field, getattr(workload, field), called)
    given = [field for field in _USE if getattr(workload, field) is not None]
    if given and workload.gb_seconds is not None:
        raise UsageError(f"{called('gb_seconds')} and {_all(given, called)} say the same; give one of them")
    if given and len(given) < len(_USE):
        missing = [field for field in _USE if field not in given]
        raise UsageError(f"{_all(given, called)}: expected {_all(missing, called)} as well")
    _check_prices(workload, called)
    if not given:
        return workload
    mb, ms, count = workload.memory_mb or 0, workload.duration_ms or 0.0, workload.invocations or 0
    return replace(workload, gb_seconds=mb * ms * count / (1024 * 1000))


def _check_number(field: str, value: object, called: Callable[[str], str]) -> None:
    kind, least, most = LIMITS[field]
    numbers = (int,) if kind is int else (int, float)
    fits = isinstance(value, numbers) and not isinstance(value, bool) and least <= value <= most
    if value is not None and not fits:
        raise UsageError(f"{called(field)}: {expected(field)}, found {str(value)[:40]!r}")


def _check_prices(workload: Workload, called: Callable[[str], str]) -> None:
    x86, arm, region = map(called, ("price_x86", "price_arm", "region"))
    if (workload.price_x86 is None) != (workload.price_arm is None):
        raise UsageError(f"{x86} and {arm} go together: both of one region")
    if workload.region is not None and workload.price_x86 is not None:
        raise UsageError(f"{region} and {x86} say the same; give one of them")
    if workload.region is not None and workload.region not in prices().regions:
        raise UsageError(
            f"{region}: expected one whose prices are known ({', '.join(prices().regions)}), found "
            f"{workload.region[:40]!r}; give another's by {x86} and {arm}"
        )
    known = fargate_prices().region
    if workload.fargate and (workload.price_x86 is not None or workload.region not in {None, known}):
        raise UsageError(
            f"{called('fargate')}: its prices are known for {known} alone; leave out {region} and {x86}"
        )


def _all(fields: Iterable[str], called: Callable[[str], str]) -> str:
    return " and ".join(map(called, fields))
