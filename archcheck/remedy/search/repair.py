"""The search for the cheapest set of moves: best first, one wrong thing after the other.

It begins with the set as it is today. Whatever is wrong with a set, some package that has a part in it must
be another version: the one that is in the way or does not do, or the one that asks for it. So each of those
choices makes a set to go on with, and the cheapest of all is looked at next. A package is decided once on
each way, and nothing is moved that has no part in anything wrong. What is found first is therefore the
cheapest, as far as costs are known before the answer is (`Cost.bounds` is not: whether a package needs a
bound shows only once it is known what its parents lead to).

The search may look at a bounded number of asks: counted, not timed, so that the answer is the same
everywhere.
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

MOST_STEPS = 400_000
"""Asks that one search may look at; some 100 packages ask for 300 things, 1 µs each."""


class Found(Struct, frozen=True, kw_only=True):
    """A set of moves after which nothing is wrong but what is `accepted`."""

    decided: Mapping[NormalizedName, Choice]
    accepted: frozenset[NormalizedName]
    walked: Walked
    cost: Cost


class Must(Struct, frozen=True, kw_only=True):
    """Packages of which one has to move, or one be accepted, and the `cost` of the cheapest such move."""

    names: frozenset[NormalizedName]
    cost: Cost

    def is_met(self, node: _Node) -> bool:
        """Return whether that is decided already."""
        return not self.names.isdisjoint(node.accepted) or any(
            name in self.names and choice.cost != FREE for name, choice in node.decided.items()
        )


class _Node(Struct, frozen=True, kw_only=True, eq=False):
    """A set to look at: what is decided on the way to it, and what that costs."""

    decided: Mapping[NormalizedName, Choice]
    accepted: frozenset[NormalizedName]
    cost: Cost


class _Branch(Struct, frozen=True, kw_only=True, eq=False):
    """The choices for `name` from the one at `place` on, in the set `node`; -1 before any is looked at.

    Looking takes the project's page, which need not be had where something else costs less.
    """

    node: _Node
    name: NormalizedName
    place: int


class Repair:
    """One search over the *world*, whose packages may be what *choices* offers.

    *hopeless* names are accepted as they are from the start: nothing helps against them. Of each of *musts*
    some package has to move, and what that costs at least is reckoned with beforehand.
    """

    def __init__(
        self,
        world: World,
        choices: Choices,
        *,
        hopeless: frozenset[NormalizedName] = frozenset(),
        musts: Iterable[Must] = (),
        most_steps: int = MOST_STEPS,
    ) -> None:
        self._world = world
        self._choices = choices
        self._left = most_steps
        self._order = count()
        self._heap: list[tuple[Cost, int, _Node | _Branch | Found]] = []
        self._musts = tuple(musts)
        self._put(FREE, _Node(decided={}, accepted=hopeless, cost=FREE))

    @property
    def exhausted(self) -> bool:
        """Whether the search ended because it took too many steps."""
        return self._left < 0

    def answers(self) -> Iterator[Found]:
        """Yield sets of moves after which nothing is wrong, cheap ones first."""
        while self._heap:
            _, _, entry = heapq.heappop(self._heap)
            if isinstance(entry, _Branch):
                self._take(entry)
                continue
            if isinstance(entry, Found):
                yield entry
                continue
            walked = walk(self._world, entry.decided, entry.accepted)
            self._left -= walked.steps
            if walked.wrong is None:
                self._keep(entry, walked)
            else:
                self._branch(entry, walked.wrong)
            if self._left < 0:
                return

    def _keep(self, node: _Node, walked: Walked) -> None:
        """Put the answer *node* in line by what it costs in all.

        Where a package needs a bound to be moved, its parents are tried as well: one that admits a good
        version by itself is better than a bound, though more is moved.
        """
        bare = self._choices.bare(node.decided, walked.parents)
        cost = self._choices.once_known(node.cost, bare)
        found = Found(decided=node.decided, accepted=node.accepted, walked=walked, cost=cost)
        heapq.heappush(self._heap, (cost, -next(self._order), found))
        for parent in {up for name in bare for up in walked.parents[name] if up is not None}:
            if parent not in node.decided:
                branch = _Branch(node=node, name=parent, place=-1)
                self._put(node.cost.plus(self._choices.least(parent)), branch, parent)

    def _branch(self, node: _Node, wrong: Wrong) -> None:
        """Put the ways to right what is *wrong* with the set *node*.

        The child moves; or it stays, and the parent moves; or both stay, and it is accepted.
        """
        for name in (wrong.child, wrong.parent):
            if name is None or name in node.decided:
                continue
            branch = _Branch(node=node, name=name, place=-1)
            self._put(node.cost.plus(self._choices.least(name)), branch, name)
            stays = self._choices.as_is(name)
            if stays is None:
                break
            node = _Node(decided={**node.decided, name: stays}, accepted=node.accepted, cost=node.cost)
        if wrong.bad or self._choices.as_is(wrong.child) is None:
            cost = node.cost.plus(self._choices.staying(wrong.child))
            self._put(cost, _Node(decided=node.decided, accepted=node.accepted | {wrong.child}, cost=cost))

    def _take(self, branch: _Branch) -> None:
        if branch.place < 0:
            self._offer(_Branch(node=branch.node, name=branch.name, place=0))
            return
        choice = self._choices.other(branch.name, branch.place)
        if choice is None:
            return
        cost = branch.node.cost.plus(choice.cost)
        decided = {**branch.node.decided, branch.name: choice}
        self._put(cost, _Node(decided=decided, accepted=branch.node.accepted, cost=cost))
        self._offer(_Branch(node=branch.node, name=branch.name, place=branch.place + 1))

    def _offer(self, branch: _Branch) -> None:
        choice = self._choices.other(branch.name, branch.place)
        if choice is not None:
            self._put(branch.node.cost.plus(choice.cost), branch, branch.name)

    def _put(self, cost: Cost, entry: _Node | _Branch, moves: NormalizedName | None = None) -> None:
        """Put *entry* in line by *cost* and the least that has to follow, once *moves* has moved.

        The latest of equals comes first: the search goes on with a set before it looks at its equals.
        """
        node = entry.node if isinstance(entry, _Branch) else entry
        for must in self._musts:
            if moves not in must.names and not must.is_met(node):
                cost = cost.plus(must.cost)
        heapq.heappush(self._heap, (self._choices.at_least(cost), -next(self._order), entry))
