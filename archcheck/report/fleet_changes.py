"""What changes for several deployables by the same lines: told once, for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.model import Replacement  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from archcheck.model import Deployable, Report

_NAMED = 3
_FIRST = 2


class SharedChange(Struct, frozen=True, kw_only=True):
    """The `edits` that all of the deployables called `names` have."""

    edits: tuple[Replacement, ...]
    names: tuple[str, ...]

    @property
    def serves(self) -> str:
        """Whom it serves: `Orders, Payments, 4 more`."""
        if len(self.names) <= _NAMED:
            return ", ".join(self.names)
        return ", ".join((*self.names[:_FIRST], f"{len(self.names) - _FIRST} more"))


def shared_changes(report: Report) -> tuple[SharedChange, ...]:
    """Return the changes that several deployables of *report* have, in its order."""
    serving: dict[Replacement, list[str]] = {}
    for each in report.deployables:
        for edit in each.edits:
            serving.setdefault(edit, []).append(each.name)
    together: dict[tuple[str, ...], list[Replacement]] = {}
    for edit, names in serving.items():
        if len(names) > 1:
            together.setdefault(tuple(names), []).append(edit)
    return tuple(SharedChange(edits=tuple(edits), names=names) for names, edits in together.items())


def partners(one: Deployable, shared: tuple[SharedChange, ...]) -> frozenset[str]:
    """Return who has one of the *shared* changes with *one*, which tells that they move together."""
    mine = (each.names for each in shared if not set(one.edits).isdisjoint(each.edits))
    return frozenset(name.partition("/")[0] for names in mine for name in names)
