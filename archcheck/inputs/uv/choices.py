"""uv.lock: which of a project's extras can be installed together, where its `conflicts` exclude some others.

InvokeAI's `cpu`, `cuda`, `rocm` and `xpu` each bring another torch. `uv sync --all-extras` refuses such a
lock; what can be installed at most is one of them with all other extras: a choice.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.inputs.uv.graph import active_of, code_of_extra, encoded, normal
from archcheck.inputs.uv.selection import normalised, roots_of
from archcheck.manifest.manifest import Location, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.uv.schema import LockFile

MAX_CHOICES: Final = 16
MAX_EXTRAS: Final = 100
"""Of those that exclude others: to find all their choices may take the cube of that many steps."""


class Choices(Struct, frozen=True, kw_only=True):
    """The largest sets of extras that can be installed together, in the order of their names.

    `taken` has, for each of them, the extras that exclude others, `free` are in all of them and `barred` in
    none: the groups that were asked for exclude these. `more` says whether there are others.
    """

    taken: tuple[tuple[str, ...], ...]
    free: frozenset[str]
    barred: tuple[str, ...]
    more: bool

    def warnings(self, path: str) -> Iterator[str]:
        """Yield what there is to say of the extras that no choice has; *path* is the lock's."""
        if self.barred:
            names = ", ".join(map(shown, self.barred))
            yield f"{escaped(path)}: left out, as the lock's conflicts exclude it: {names}"

    def skipped(self, path: str) -> Iterator[Skipped]:
        """Yield that there are choices which are not among these; *path* is the lock's."""
        if self.more:
            yield Skipped(
                text="choices among extras that exclude each other",
                reason=f"audited are the first {len(self.taken)}; name the extras of any other with --extra",
                location=Location(path=path),
            )


def choices(document: Document, lock: LockFile, groups: Iterable[str], package: str = "") -> Choices | None:
    """Return how to choose among all extras where they and *groups* cannot be had together, else None.

    Of a workspace these are the extras of all members, or of *package* alone.

    An extra takes its seat in each conflict that names it, and each has one seat.
    """
    projects = [lock.package[number] for number in roots_of(document, lock, package)]
    places: dict[str, set[int]] = {}
    for number, conflict in enumerate(lock.conflicts):
        for item in conflict:
            places.setdefault(encoded(item), set()).add(number)
    taken: set[int] = set()
    wanted: dict[str, list[int]] = {}
    for project in projects:
        name = normal(project.name)
        taken.update(*(places.get(code, ()) for code in active_of(name, (), groups)))
        for extra in normalised((*project.optional_dependencies, *project.metadata.provides_extras)):
            wanted.setdefault(extra, []).extend(places.get(code_of_extra(name, extra), ()))
    seats = {extra: frozenset(own) for extra, own in sorted(wanted.items())}
    barred = {extra for extra, own in seats.items() if own & taken or len(own) < len(wanted[extra])}
    asked = Counter(seat for extra, own in seats.items() if extra not in barred for seat in own)
    rivals = [e for e, own in seats.items() if e not in barred and any(asked[seat] > 1 for seat in own)]
    if not (rivals or barred):
        return None
    found = list(islice(_largest(rivals[:MAX_EXTRAS], seats), MAX_CHOICES + 1))
    return Choices(
        taken=tuple(found[:MAX_CHOICES]),
        free=frozenset(seats) - barred - frozenset(rivals),
        barred=tuple(sorted(barred)),
        more=len(found) > MAX_CHOICES or len(rivals) > MAX_EXTRAS,
    )


def _largest(names: Sequence[str], seats: Mapping[str, frozenset[int]]) -> Iterator[tuple[str, ...]]:
    """Yield the largest subsets of *names* no two of which share a seat, in the order of their names.

    Each next one comes out of one before it: with a name added that it lacks, without that name's rivals
    (Johnson, Yannakakis and Papadimitriou, "On generating all maximal independent sets", 1988).
    """
    first = _completed((), names, seats)
    waiting, known = [first], {first}
    while waiting:
        subset = heappop(waiting)
        yield tuple(names[place] for place in subset)
        for place in sorted(set(range(len(names))) - set(subset)):
            beside = tuple(
                each for each in subset if each < place and not seats[names[each]] & seats[names[place]]
            )
            other = _completed((*beside, place), names, seats)
            # Only where it is as large as can be up to that name: else it comes out of another one.
            if other not in known and all(each in {*beside, place} for each in other if each < place):
                known.add(other)
                heappush(waiting, other)


def _completed(
    places: tuple[int, ...], names: Sequence[str], seats: Mapping[str, frozenset[int]]
) -> tuple[int, ...]:
    """Return *places* with all those of *names*, first come, first served, that share no seat with them."""
    found = set(places)
    taken = frozenset[int]().union(*(seats[names[place]] for place in places))
    for place, name in enumerate(names):
        if place not in found and not seats[name] & taken:
            found.add(place)
            taken |= seats[name]
    return tuple(sorted(found))
