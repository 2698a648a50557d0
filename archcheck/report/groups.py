"""Names that many deployables have in common, told once in a report's JSON instead of by each of them.

All functions that inherit from one `Globals` move together: each naming all others, 450 of them take 3.6 MB.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.model import Common, Deployable, Report

    Names = tuple[str, ...]

MOST: Final = 20
"""How many names a deployable tells itself, at most."""
_MOST_TOLD: Final = 2**25
"""How many names all groups may come to in one report that is read: 5,000 functions have as many."""


def grouped(report: Report) -> Report:
    """Return *report* with every list of more than `MOST` names as one of the groups of its `fleet`.

    The lists keep the first of their names. `ungrouped` returns the report as it was.
    """
    fleet = report.fleet
    if fleet is None:
        return report
    groups = Groups(report.deployables)
    deployables = tuple(groups.within(each) for each in report.deployables)
    return replace(report, deployables=deployables, fleet=replace(fleet, groups=tuple(groups.all)))


def ungrouped(report: Report, path: str) -> Report:
    """Return *report*, which was read from *path*, with all names where they belong.

    Raises InputError for a group that is not there, and for more names than any repository has.
    """
    groups = report.fleet.groups if report.fleet is not None else ()
    told = 0
    deployables = []
    for number, each in enumerate(report.deployables):
        heirs = each.common.heirs_group if each.common is not None else None
        places = [place for place in (each.together_group, each.waits_group, heirs) if place is not None]
        if any(not 0 <= place < len(groups) for place in places):
            raise InputError(f"expected a place in `fleet.groups` - at `$.deployables[{number}]`", path=path)
        told += sum(len(groups[place]) for place in places)
        if told > _MOST_TOLD:
            raise InputError(f"more than {_MOST_TOLD:,} names - at `$.fleet.groups`", path=path)
        deployables.append(_whole(each, groups) if places else each)
    fleet = report.fleet and replace(report.fleet, groups=())
    return replace(report, deployables=tuple(deployables), fleet=fleet)


class Groups:
    """The groups that were made of *deployables*, `all` in their order."""

    def __init__(self, deployables: Iterable[Deployable]) -> None:
        self._waited_for = frozenset(chain.from_iterable(each.waits for each in deployables))
        self.all: list[Names] = []
        self._places: dict[Names, int] = {}

    def within(self, one: Deployable) -> Deployable:
        """Return *one* with the groups that its names are."""
        together = self._place(one.together, one.name)
        waits = self._place(one.waits, one.name if one.name in self._waited_for else None)
        common = one.common and self._of_common(one.common)
        if together is None and waits is None and common is one.common:
            return one
        return replace(
            one,
            together=one.together if together is None else one.together[:MOST],
            together_group=together,
            waits=one.waits if waits is None else one.waits[:MOST],
            waits_group=waits,
            common=common,
        )

    def _of_common(self, common: Common) -> Common:
        place = self._place(common.heirs)
        return common if place is None else replace(common, heirs=common.heirs[:MOST], heirs_group=place)

    def _place(self, names: Names, besides: str | None = None) -> int | None:
        """Return the place of the group of *names* and *besides*; None where they are too few, or unsorted.

        All that move together have the same group, since they have their names in alphabetical order.
        """
        if len(names) <= MOST:
            return None
        whole = names if besides is None else tuple(sorted((besides, *names)))
        if _without(whole, besides) != names:
            return None
        place = self._places.setdefault(whole, len(self.all))
        if place == len(self.all):
            self.all.append(whole)
        return place


def _whole(one: Deployable, groups: tuple[Names, ...]) -> Deployable:
    def names(own: Names, place: int | None, besides: str | None = None) -> Names:
        return own if place is None else _without(groups[place], besides)

    common = one.common
    if common is not None:
        common = replace(common, heirs=names(common.heirs, common.heirs_group), heirs_group=None)
    return replace(
        one,
        together=names(one.together, one.together_group, one.name),
        together_group=None,
        waits=names(one.waits, one.waits_group, one.name),
        waits_group=None,
        common=common,
    )


def _without(names: Iterable[str], name: str | None) -> Names:
    return tuple(each for each in names if each != name)
