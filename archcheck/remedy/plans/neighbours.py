"""Other targets that somebody might deploy on instead, the nearest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.data.runtimes import runtimes
from archcheck.errors import TargetError
from archcheck.platforms.nearness import fit_of
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.platforms.targets import Machine, Target
    from archcheck.resolve.model import Pick

_MOST = 6


def neighbours(target: Target) -> tuple[Target, ...]:
    """Return the targets next to *target*: newer releases of its base, and other Pythons on it.

    Newer goes before older. Of AWS Lambda those that AWS documents; nobody is led to a free-threaded build.
    """
    found: dict[str, Target] = {}
    for name in _names(target):
        try:
            other = parse_target(name)
        except TargetError:
            continue
        if other.id != target.id:
            found.setdefault(other.id, other)
    return tuple(found.values())[:_MOST]


def _names(target: Target) -> Iterator[str]:
    minor = target.python.minor
    pythons = sorted(
        (abs(other - minor), -other)
        for other in (int(line.partition(".")[2]) for line in runtimes().python)
        if other != minor
    )
    if target.is_lambda:
        known = runtimes().lambda_
        for _, other in pythons:
            line = f"3.{-other}"
            if line in known and known[line].documented:
                yield f"lambda:python{line}"
        return
    newer = [f"{base}:python3.{minor}" for base in _newer_bases(target.base)]
    yield from newer[:1]
    for _, other in pythons:
        yield f"{target.base}:python3.{-other}"
    yield from newer[1:]


def _newer_bases(base: str) -> Iterator[str]:
    """Yield the releases of the same system after *base*; the data file has them in their order."""
    family = re.match(r"[a-z]+", base)
    same = [name for name in runtimes().bases if family and name.startswith(family[0])]
    if base in same:
        yield from same[same.index(base) + 1 :]


def has_wheel_on(pick: Pick, machine: Machine) -> bool:
    """Return whether the version of *pick* has a wheel that *machine* takes."""
    return any(
        isinstance(fit_of(file, machine), Fit) and machine.admits(file.requires_python)
        for file in pick.release
        if file.is_wheel
    )


def elsewhere(picks: Sequence[Pick], target: Target) -> str:
    """Return in words how many of *picks* have wheels for aarch64 on the other runtimes of Lambda too.

    Nothing is resolved for that: it is about these very versions. "" where there is no other runtime, or
    none has a wheel on any of them: they are on no index, or have sdists alone.
    """
    machines = {
        f"python{other.python.short}": other.on("aarch64")
        for other in sorted(neighbours(target), key=lambda each: -each.python.minor)
    }
    counts: dict[int, list[str]] = {}
    for name, machine in machines.items():
        counts.setdefault(sum(has_wheel_on(pick, machine) for pick in picks), []).append(name)
    here = sum(has_wheel_on(pick, target.on("aarch64")) for pick in picks)
    if not any((here, *counts)):
        return ""
    of_all = len(picks)
    share = {0: "none of it has", of_all: "all of it has"}
    said = [
        f"{share.get(count, f'{count} of {of_all} have')} wheels on {_listed(names)}"
        for count, names in sorted(counts.items(), reverse=True)
    ]
    also = " too" if here == of_all == max(counts) else ""
    return f"at these versions {said[0]}{also}{''.join(f'; {each}' for each in said[1:])}"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def may_help(picks: Iterable[Pick], target: Target) -> bool:
    """Return whether all of *picks* have wheels there: else it fails, and nothing need be resolved."""
    machine = target.on("aarch64")
    return all(has_wheel_on(pick, machine) for pick in picks)
