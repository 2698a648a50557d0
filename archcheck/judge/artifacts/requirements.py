"""What the distributions of an artifact require and it does not bring: something else must, or imports fail.

A function's zip file leaves to its layers what they bring, and a layer to others, so that nothing is said to
fail here: it is said, and lowers the confidence. What is required on the machine asked about alone is told
apart: a layer that was made on x86_64 lacks what a marker asks for on aarch64.

Extras are not counted: METADATA does not say which were asked for. Lambda's runtime has the AWS SDK.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.judge.problem import SetProblem
from archcheck.judge.shipping.loads import runtime_brings
from archcheck.model import Evidence, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.manifest.built import Tree
    from archcheck.manifest.lock import Lock
    from archcheck.platforms.targets import Machine

_SHOWN: Final = 5
_MOST_DETAILS: Final = 200


def lacking(lock: Lock, tree: Tree, machine: Machine) -> Mapping[str, tuple[str, ...]]:
    """Return what *tree* would need on *machine* and does not bring, each with who requires it."""
    there = {part.name for part in tree.parts}
    brought = there | runtime_brings(machine.target)
    found: dict[str, dict[str, None]] = {}
    for package in (each for each in lock.packages if each.name in there):
        for edge in package.dependencies:
            if edge.name not in brought and machine.holds(edge.marker):
                found.setdefault(edge.name, {})[f"{package.name} requires {edge.name}{edge.specifier}"] = None
    return {name: tuple(found[name]) for name in sorted(found)}


def not_brought(lock: Lock, tree: Tree, machine: Machine, other: Machine) -> Iterator[SetProblem]:
    """Yield AC013, a warning, for what is lacking on *other* too, AC009 for what is on *machine* alone."""
    here, there = lacking(lock, tree, machine), lacking(lock, tree, other)
    shared = {name: here[name] for name in here if name in there}
    alone = {name: here[name] for name in here if name not in there}
    if shared:
        yield _problem(lock.path, shared, "", tree, rule="AC013", severity=Severity.WARNING)
    if alone:
        where = f" on {machine.architecture} alone"
        yield _problem(lock.path, alone, where, tree, rule="AC009", severity=Severity.UNKNOWN)


def _problem(
    path: str, found: Mapping[str, tuple[str, ...]], where: str, tree: Tree, *, rule: str, severity: Severity
) -> SetProblem:
    names = list(found)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    rest = "nothing in it brings" if tree.architecture else "something else, such as a layer, has to bring"
    said = [says for each in found.values() for says in each]
    return SetProblem(
        rule=rule,
        severity=severity,
        message=f"what is in it requires {', '.join(names[:_SHOWN])}{more}{where}, which {rest}",
        evidence=Evidence(detail=tuple(said[:_MOST_DETAILS])),
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind=f"not-brought{where}",
    )
