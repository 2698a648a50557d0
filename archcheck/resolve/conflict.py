"""The conflict as a value: as few wishes as cannot be met together, and who brought each of them."""

from __future__ import annotations

from collections import deque
from itertools import combinations
from typing import TYPE_CHECKING

from archcheck.resolve.candidates import Candidates
from archcheck.resolve.model import Cause, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName
    from resolvelib.structs import RequirementInformation

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Ask, Candidate
    from archcheck.resolve.search.provider import Provider

_MOST_PACKAGES = 3
_MOST_ASKS = 40
"""Up to this many wishes for one package, all their pairs are tried; of more, all are told."""


def explain(
    context: Context, provider: Provider, infos: Iterable[RequirementInformation[Ask, Candidate]]
) -> Conflict:
    """Return what resolvelib's last conflict says, package by package, without what is not needed for it.

    The first package is the one that keeps the most preferred version of whoever asks for it from being
    taken; the next ones keep the less preferred versions from it.
    """
    by_name: dict[NormalizedName, dict[tuple[str, str], tuple[Ask, Candidate | None]]] = {}
    for info in infos:
        told = (str(info.requirement), str(info.parent or ""))
        by_name.setdefault(info.requirement.name, {})[told] = (info.requirement, info.parent)
    causes: dict[Cause, None] = {}
    # A version that does not install here still satisfies a wish: only two wishes make it a conflict.
    lenient = Candidates(context, frozenset(by_name))
    for name in list(by_name)[:_MOST_PACKAGES]:
        wishes = list(by_name[name].values())
        if constraint := context.constraints.get(name):
            wishes.append((constraint, None))
        found = [_cause(context, provider, ask, parent) for ask, parent in _fewest(lenient, wishes)]
        causes |= dict.fromkeys(sorted(found, key=_place))
    return Conflict(machine=context.machine, package=next(iter(by_name), ""), causes=tuple(causes))


def _fewest(
    candidates: Candidates, wishes: Sequence[tuple[Ask, Candidate | None]]
) -> Sequence[tuple[Ask, Candidate | None]]:
    """Return the first single wish or pair that nothing satisfies, or all where there is none."""
    if len(wishes) <= _MOST_ASKS:
        for count in (1, 2):
            for some in combinations(wishes, count):
                if next(candidates.picks([ask for ask, _ in some]), None) is None:
                    return some
    return wishes


def _cause(context: Context, provider: Provider, ask: Ask, parent: Candidate | None) -> Cause:
    if parent is None:
        return Cause(wants=str(ask), chain=(), location=ask.location)
    chain = _chain(context, provider, parent)
    first = chain[0].pick.name
    location = next((root.location for root in context.roots if root.name == first), None)
    return Cause(wants=str(ask), chain=tuple(map(str, chain)), location=location)


def _place(cause: Cause) -> tuple[bool, str, int]:
    where = cause.location
    return (where is None, where.path if where else "", where.line if where else 0)


def _chain(context: Context, provider: Provider, parent: Candidate) -> tuple[Candidate, ...]:
    """Return the shortest way from a direct requirement down to *parent*, both included."""
    direct = {ask.name for ask in context.roots}
    waiting: deque[tuple[Candidate, ...]] = deque([(parent,)])
    seen = {parent.key}
    while waiting:
        chain = waiting.popleft()
        if chain[0].pick.name in direct:
            return chain
        for above in provider.parents.get(chain[0].key, {}).values():
            if above.key not in seen:
                seen.add(above.key)
                waiting.append((above, *chain))
    return (parent,)
