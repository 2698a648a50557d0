"""The search for the cheapest set of moves: best first, one wrong thing after the other.

Each package has its choices in a row: what it is today, then other versions, the cheapest first. The search
begins with the first of each row; of what the input itself asks for and what is in the way, with the first
that is not. A set is walked through until something is wrong, and then one of the two packages that have a
part in that goes on in its row: the one that is in the way or does not do, or the one that asks for it. Each
of these makes another set, and the cheapest is looked at next.

No way out is missed: of two packages that do not go together, at least one is further on in its row in any
answer that lies beyond. So what is found first is the cheapest, as far as costs are known before the answer
is (`Cost.bounds` is not: whether a package needs a bound shows only once it is known what its parents lead
to). And no package moves that has no part in anything wrong, so that what is settled is not tried again in
all its versions for the sake of what is not.

The search may look at a bounded number of asks: counted, not timed, so that the answer is the same
everywhere. Where it finds nothing within that, a second one takes the set that has gone furthest instead of
the cheapest: what that finds is a way out, though there may be a smaller one.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.remedy.search.costs import FREE
from archcheck.remedy.search.walk import Walked, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.remedy.search.choices import Choice, Choices
    from archcheck.remedy.search.costs import Cost
    from archcheck.remedy.search.walk import World, Wrong

_FURTHEST = 1_000_000  # what has come to an answer is further than any set that has not
MOST_STEPS = 250_000
"""Asks that one search may look at; some 100 packages ask for 300 things, 1 µs each."""


class Found(Struct, frozen=True, kw_only=True):
    """A set of moves after which nothing is wrong but what is `accepted`."""

    decided: Mapping[NormalizedName, Choice]
    accepted: frozenset[NormalizedName]
    walked: Walked
    cost: Cost


class _Node(Struct, frozen=True, kw_only=True, eq=False):
    """A set to look at: the place in its row of each package that has gone on, and what that costs."""

    places: Mapping[NormalizedName, int]
    accepted: frozenset[NormalizedName]
    cost: Cost


class Repair:
    """One search over the *world*, whose packages may be what *choices* offers.

    Of the names that *must* move the first other choice is taken from the start, and where there is none,
    they are accepted as they are.
    """

    def __init__(
        self,
        world: World,
        choices: Choices,
        *,
        must: Iterable[NormalizedName] = (),
        most_steps: int = MOST_STEPS,
    ) -> None:
        self._world = world
        self._choices = choices
        self._left = self._most = most_steps
        self._hasty = False
        self._order = count()
        self._heap: list[tuple[int, Cost, int, _Node | Found]] = []
        self._seen: set[tuple[frozenset[tuple[NormalizedName, int]], frozenset[NormalizedName]]] = set()
        self._must = tuple(must)
        self._begin()

    def _begin(self) -> None:
        self._heap.clear()
        self._seen.clear()
        first = _Node(places={}, accepted=frozenset(), cost=FREE)
        for name in sorted(self._must):
            first = self._next(first, name) or self._accept(first, name)
        self._put(first)

    def answers(self) -> Iterator[Found]:
        """Yield sets of moves after which nothing is wrong, cheap ones first."""
        found = False
        for entry in self._found():
            found = True
            yield entry
        if self._left < 0 and not found:
            self._hasty, self._left = True, self._most
            self._begin()
            yield from self._found()

    def _found(self) -> Iterator[Found]:
        while self._heap and self._left >= 0:
            *_, entry = heapq.heappop(self._heap)
            if isinstance(entry, Found):
                yield entry
                continue
            walked = walk(self._world, self._decided(entry), entry.accepted)
            self._left -= walked.steps
            if walked.wrong is None:
                self._keep(entry, walked)
            else:
                self._go_on(entry, walked.wrong, walked)

    def _decided(self, node: _Node) -> dict[NormalizedName, Choice]:
        chosen = ((name, self._choices.other(name, place)) for name, place in node.places.items())
        return {name: choice for name, choice in chosen if choice is not None}

    def _keep(self, node: _Node, walked: Walked) -> None:
        """Put the answer *node* in line by what it costs in all.

        Where a package needs a bound to be moved, its parents are tried as well: one that admits a good
        version by itself is better than a bound, though more is moved.
        """
        decided = self._decided(node)
        bare = self._choices.bare(decided, walked.parents)
        cost = self._choices.once_known(node.cost, bare)
        found = Found(decided=decided, accepted=node.accepted, walked=walked, cost=cost)
        heapq.heappush(self._heap, (-_FURTHEST if self._hasty else 0, cost, -next(self._order), found))
        # What the installer makes of it may cost more than this, and the next choice for one of them less.
        for name in sorted(node.places):
            self._put(self._next(node, name))
        for parent in sorted({up for name in bare for up in walked.parents[name] if up is not None}):
            self._put(self._next(node, parent, walked))

    def _go_on(self, node: _Node, wrong: Wrong, walked: Walked) -> None:
        """Put the sets that are not *wrong* in the same way.

        The child goes on, to what does for the ask, if it is that alone; or the parent does; or the child is
        accepted.
        """
        child, parent = wrong.child, wrong.parent
        above = walked.choices.get(parent) if parent is not None else None
        ahead = self._next(node, child, walked)
        while ahead is not None and wrong.ask is not None and not wrong.bad:
            choice = self._choices.other(child, ahead.places[child])
            if choice is None or self._world.admits(above, wrong.ask, choice):
                break
            ahead = self._next(ahead, child)
        self._put(ahead)
        if parent is not None:
            self._put(self._next(node, parent, walked))
        if wrong.bad or self._choices.as_is(child) is None:
            self._put(self._accept(node, child))

    def _next(self, node: _Node, name: NormalizedName, walked: Walked | None = None) -> _Node | None:
        """Return *node* with the package *name* one further on in its row; None past its end.

        What came in of itself on the way that was *walked* goes on from there.
        """
        if name in node.accepted:
            return None
        place, cost = node.places.get(name, -1), node.cost
        if place >= 0:
            cost = cost.less(self._cost(name, place))
        elif walked is not None and self._choices.as_is(name) is None and name in walked.choices:
            place = next(each for each in count() if self._choices.other(name, each) is walked.choices[name])
        if self._choices.other(name, place + 1) is None:
            return None
        cost = cost.plus(self._cost(name, place + 1))
        return _Node(places={**node.places, name: place + 1}, accepted=node.accepted, cost=cost)

    def _cost(self, name: NormalizedName, place: int) -> Cost:
        choice = self._choices.other(name, place)
        return choice.cost if choice is not None else FREE

    def _accept(self, node: _Node, name: NormalizedName) -> _Node:
        """Return *node* with the package *name* left as it is, in the way."""
        cost = node.cost.plus(self._choices.staying(name))
        places = {each: place for each, place in node.places.items() if each != name}
        if name in node.places:
            cost = cost.less(self._cost(name, node.places[name]))
        return _Node(places=places, accepted=node.accepted | {name}, cost=cost)

    def _put(self, node: _Node | None) -> None:
        """Put *node* in line, unless it is there already, or None.

        The latest of equals comes first: the search goes on with a set before it looks at its equals.
        """
        if node is None:
            return
        key = frozenset(node.places.items()), node.accepted
        if key not in self._seen:
            self._seen.add(key)
            cost = self._choices.at_least(node.cost)
            way = -sum(place + 1 for place in node.places.values()) if self._hasty else 0
            heapq.heappush(self._heap, (way, cost, -next(self._order), node))
