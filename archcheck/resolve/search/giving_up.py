"""What is left to say where a search is given up: which packages it leaves open, and which it never moved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from archcheck.resolve.model import Ask, GivenUp
from archcheck.resolve.requirements import PYTHON
from archcheck.resolve.versions import is_pinned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from packaging.utils import NormalizedName

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Candidate
    from archcheck.resolve.search.provider import Provider

_TOLD = 3


def give_up(context: Context, provider: Provider, before: GivenUp | None) -> GivenUp | None:
    """Return what the pass of *provider*, which was cut off, leaves open; None where *before* was all of it.

    Say that the search went round with botocore and s3fs. Their versions are not known, and nor is that of
    awswrangler, which asks for botocore: an older one might ask for another. So it goes up to what the input
    pins. What none of them can move (pandas, polars) is resolved as if they were not there. What they need at
    any version is so too, jmespath for botocore: it is on the list, as long as its version suits all of them.
    """
    # Where none was rejected, pins come and go in a circle: each makes another one's invalid.
    moved = [name for name, count in provider.versions.items() if count > 1]
    for names in (provider.rejections, moved):
        everybody = _with_whoever_asks(context, provider, names)
        why = before.why if before is not None else _why(provider, everybody)
        more = _given_up(provider, everybody, before, why)
        if more is not None:
            return more
    return None


def contradicted(
    context: Context, provider: Provider, found: Mapping[str, Candidate], given_up: GivenUp | None
) -> GivenUp | None:
    """Return *given_up* and those of *found* whose version one of its wishes rules out; None without any."""
    if given_up is None:
        return None
    late = {
        ask.name
        for ask in given_up.wishes
        if ask.key in found and not provider.is_satisfied_by(ask, found[ask.key])
    }
    names = _with_whoever_asks(context, provider, late)
    return _given_up(provider, names, given_up, given_up.why)


def _given_up(
    provider: Provider, names: AbstractSet[NormalizedName], before: GivenUp | None, why: str
) -> GivenUp | None:
    needs = dict(before.needs) if before is not None else {}
    if names <= needs.keys():
        return None
    wishes = dict.fromkeys(before.wishes if before is not None else ())
    tried: dict[NormalizedName, list[frozenset[NormalizedName]]] = defaultdict(list)
    for candidate, asks in provider.tried():
        name = candidate.pick.name
        if name in names and candidate.pick.known and candidate.key == name:
            of_others = [ask for ask in asks if ask.key != PYTHON]
            wishes.update(dict.fromkeys(of_others))
            tried[name].append(frozenset(ask.name for ask in of_others))
    for name in sorted(names - needs.keys()):
        always = frozenset.intersection(*tried[name]) if tried[name] else frozenset()
        needs[name] = tuple(Ask(key=each, name=each) for each in sorted(always))
    return GivenUp(needs=needs, wishes=tuple(wishes), why=why)


def _with_whoever_asks(
    context: Context, provider: Provider, names: Iterable[NormalizedName]
) -> frozenset[NormalizedName]:
    """Return *names* and, up to the roots, whoever asked for one, but for those that the roots pin."""
    fixed = {ask.name for ask in context.roots if ask.only is not None or is_pinned(ask.specifier)}
    above: dict[NormalizedName, set[NormalizedName]] = defaultdict(set)
    for candidate, asks in provider.tried():
        for ask in asks:
            above[ask.name].add(candidate.pick.name)
    found: set[NormalizedName] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in fixed:
            found.add(name)
            waiting |= above[name]
    return frozenset(found)


def _why(provider: Provider, names: Iterable[NormalizedName]) -> str:
    """Return which of *names* the search went round with: those of which it tried the most versions."""
    tried, rejected = provider.versions, provider.rejections
    most = sorted(names, key=lambda name: (-tried[name], -rejected[name], name))[:_TOLD]
    versions = sum(candidate.pick.version is not None for candidate, _ in provider.tried())
    tries = f"{versions:,} versions were tried, {provider.tries:,} times in all"
    return f"it went round with {', '.join(most)}: {tries}"
