"""The strict and the relaxed passes for one machine.

pip stops at the first package of which nothing installs. A person who plans a move wants all of them, and the
rest of the tree too. So there are two kinds of passes:

- The *strict* pass comes first and admits only what pip would install on this machine. Where it succeeds,
  that is pip's own answer, and there is no other pass: a numpy without a wheel for the target is passed over
  for an older one, as by pip.
- Where it fails, *relaxed* passes follow: for the names that made it fail, files that do not install are
  admitted as well, after all that do. They are `missing` in the report. Which names these are is found out
  pass by pass, as few as will do, since a package that need not be missing must not be reported so.

What no relaxing helps against is a conflict: requirements that contradict each other wherever one installs.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from archcheck.resolve.conflict import explain
from archcheck.resolve.model import Chosen, Conflict, Edge, Resolution
from archcheck.resolve.reasons.versions import admitted
from archcheck.resolve.requirements import PYTHON
from archcheck.resolve.search.fast_path import fast_path
from archcheck.resolve.search.giving_up import contradicted, give_up
from archcheck.resolve.search.provider import BacktrackLimitError, ImpossibleError, Provider, StepLimitError
from archcheck.resolve.search.replay import Searched, replay
from archcheck.resolve.versions import is_pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.utils import NormalizedName
    from resolvelib.structs import RequirementInformation

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Ask, Candidate, GivenUp, Outcome, Pick

MAX_ROUNDS = 200_000
"""pip's own bound; what resolvelib tries first hangs on it, so another one may give another answer."""

_PROBE_STEPS = 20_000
_STEPS_AGAIN = 50_000  # for what is left once a search was given up


def resolve(context: Context, like: Searched | None = None) -> tuple[Outcome, Searched | None]:
    """Return what would be installed on the context's machine, or why nothing can be; and its strict pass.

    *like* is the strict pass of the other machine, which may spare this one its own.
    """
    strict = _Strict(like)
    return _outcome(context, strict), strict.searched


def _outcome(context: Context, strict: _Strict) -> Outcome:
    """Make pass after pass until there is an answer.

    Each turn of the loop is one pass: strict while `relaxed` is empty. A pass ends in one of four ways. It
    finds pins for everything: they are the answer, once the names are taken back that need not have been
    relaxed. It comes back to one package over and over (`BacktrackLimitError`): that one is relaxed. It
    proves impossible: the names that most likely made it so are relaxed or, where there are none left, it is
    a conflict. Or it takes more steps than anybody waits for: then the packages that it went round with are
    given up, and the next passes are for all others.

    With `first_only`, a relaxed name has one version to offer, so that few versions are walked through; only
    where that leads to no answer are all of them offered.
    """
    # What is certain first: it tells of ranges that the newest versions of the others are out of.
    context.learn(sorted(context.roots, key=lambda ask: (ask.only is None, not is_pinned(ask.specifier))))
    relaxed: frozenset[NormalizedName] = frozenset()
    first_only = True
    given_up: GivenUp | None = None
    provider = Provider(context, relaxed, first_only=first_only)
    search: Callable[[Context, Provider], dict[str, Candidate]] = strict.search
    while True:
        try:
            found = search(context, provider)
        except StepLimitError:
            more = give_up(context, provider, given_up)
            if more is None:
                return _cut_off(context, given_up)
            given_up, provider.steps_left = more, _STEPS_AGAIN
        except BacktrackLimitError as found_out:
            relaxed |= {found_out.name}
        except ImpossibleError as failure:
            fresh = _unavoidable(context) if not relaxed else frozenset()
            fresh = fresh or _to_relax(context, provider, failure.causes, relaxed)
            if not fresh and not (relaxed and first_only):
                return explain(context, provider, failure.causes)
            first_only = first_only and bool(fresh)
            relaxed |= fresh
        else:
            more = contradicted(context, provider, found, given_up)
            if more is None:
                found_by = _without_phantoms(context, provider, found, relaxed, first_only=first_only)
                return _resolution(context, *found_by)
            given_up = more
        search = _search
        provider = Provider(context, relaxed, provider.steps_left, first_only=first_only, given_up=given_up)


def _cut_off(context: Context, given_up: GivenUp | None) -> Conflict:
    why = given_up.why if given_up is not None else "nothing is known of the rest either"
    return Conflict(machine=context.machine, package="", causes=(), gave_up=why)


class _Strict:
    """The first pass, which looks at how that of the other machine went and notes how it went itself."""

    def __init__(self, like: Searched | None) -> None:
        self._like = like
        self.searched: Searched | None = None

    def search(self, context: Context, provider: Provider) -> dict[str, Candidate]:
        try:
            found = _search(context, provider, self._like)
        except StepLimitError:
            self.searched = Searched(provider=provider, pins=None)
            raise
        self.searched = Searched(provider=provider, pins=found)
        return found


def _search(context: Context, provider: Provider, like: Searched | None = None) -> dict[str, Candidate]:
    """Return the candidate for each key that the roots lead to.

    resolvelib pins more than that: what was asked for on a way that the search went back from stays pinned.
    Its own `Resolver` drops these by a recursion, which a circle among them sends round for ever.
    """
    pins = fast_path(provider, context.roots)
    if pins is None and like is not None:
        pins = replay(like, provider)
    if pins is None:
        from archcheck.resolve.search.remembering import searched  # noqa: PLC0415 - resolvelib, where it goes back

        pins = searched(provider, context.roots, MAX_ROUNDS)
    found: dict[str, Candidate] = {}
    waiting = deque(ask.key for ask in context.roots)
    while waiting:
        key = waiting.popleft()
        if key not in found and key != PYTHON:
            found[key] = pins[key]
            waiting.extend(ask.key for ask in provider.get_dependencies(found[key]))
    return found


def _unavoidable(context: Context) -> frozenset[NormalizedName]:
    """Return the names of which nothing installs even where nobody but the manifest asks for them."""
    probe = Provider(context, frozenset())
    asks: dict[str, list[Ask]] = {}
    for ask in context.roots:
        asks.setdefault(ask.key, []).append(ask)
    for key, together in asks.items():
        next(probe.find_matches(key, {key: iter(together)}, {key: iter(())})(), None)
    return frozenset(probe.exhausted)


def _to_relax(
    context: Context,
    provider: Provider,
    causes: Iterable[RequirementInformation[Ask, Candidate]],
    relaxed: frozenset[NormalizedName],
) -> frozenset[NormalizedName]:
    """Return the next names to relax, those first that most likely have to be; none is left for a conflict.

    First come names for which nothing that installs was left, then names for which the other architecture
    takes a version that does not install here.
    """
    wanted = {info.requirement.name for info in causes}
    involved = wanted | {info.parent.pick.name for info in causes if info.parent is not None}
    exhausted, elsewhere = frozenset(provider.exhausted), frozenset(context.prefer)
    for names in (exhausted & wanted, exhausted, elsewhere & involved, elsewhere):
        if fresh := names - relaxed:
            return fresh
    return frozenset()


def _without_phantoms(
    context: Context,
    provider: Provider,
    found: dict[str, Candidate],
    relaxed: frozenset[NormalizedName],
    *,
    first_only: bool,
) -> tuple[Provider, dict[str, Candidate], frozenset[NormalizedName]]:
    """Return *found*, or a better answer, with as few packages that do not install as will do.

    Say that B, which does not install here, is needed by the newest A alone. Relaxed together with others, B
    lets the newest A in and is reported missing, where pip would have taken an older A and no B. So each name
    that was relaxed and used is tried without: where the set resolves all the same, that is the answer.
    Names that the input itself asks for are not tried, since nothing can do without them.

    The provider returned is the one that found the candidates: it knows who asked for each.
    """
    direct = {ask.name for ask in context.roots}
    used = relaxed & {candidate.pick.name for candidate in found.values() if not candidate.pick.installs}
    for name in sorted(used - direct) if len(relaxed) > 1 else ():
        fewer = used - {name}
        probe = Provider(context, fewer, _PROBE_STEPS, first_only=first_only, given_up=provider.given_up)
        try:
            found = _search(context, probe)
        except (ImpossibleError, StepLimitError, BacktrackLimitError):
            continue
        provider, used = probe, fewer
    return provider, found, used


def _resolution(
    context: Context,
    provider: Provider,
    found: Mapping[str, Candidate],
    relaxed: frozenset[NormalizedName],
) -> Resolution:
    extras: dict[NormalizedName, frozenset[str]] = {}
    edges: dict[NormalizedName, dict[object, Edge]] = {}
    for ask in context.roots:
        edges.setdefault(ask.name, {}).setdefault((None, ask.text, ask.location), _edge(None, ask))
    for candidate in found.values():
        name = candidate.pick.name
        extras[name] = extras.get(name, frozenset()) | candidate.extras
        for ask in provider.get_dependencies(candidate):
            if ask.name != name and ask.key != PYTHON:
                edges.setdefault(ask.name, {}).setdefault((name, ask.text, ask.location), _edge(name, ask))
    packages = {
        name: _chosen(context, found[name].pick, extras[name], tuple(edges.get(name, {}).values()))
        for name in sorted(extras)
    }
    gave_up = provider.given_up.why if provider.given_up is not None else None
    return Resolution(machine=context.machine, packages=packages, relaxed=relaxed, gave_up=gave_up)


def _chosen(context: Context, pick: Pick, extras: frozenset[str], wanted_by: tuple[Edge, ...]) -> Chosen:
    needs = context.needs(pick)
    doubt, unknown = needs.doubt, needs.unknown
    asked = [edge for edge in wanted_by if edge.parent is None]
    if bound := context.host_bound(pick, extras):
        doubt, unknown = f"a marker hangs on the host's kernel: {bound}", True
    elif asked == list(wanted_by) and all(_host_bound(context, edge) for edge in asked):
        doubt, unknown = f"whether it is needed hangs on the host's kernel: {asked[0].text}", True
    return Chosen(
        pick=pick,
        wanted_by=wanted_by,
        doubt=doubt,
        unknown=unknown,
        incomplete=needs.incomplete,
        indexes=context.indexes_of(pick.name),
        admitted=admitted(context, pick, wanted_by),
    )


def _host_bound(context: Context, edge: Edge) -> bool:
    return edge.marker is not None and context.machine.depends_on_host(edge.marker)


def _edge(parent: NormalizedName | None, ask: Ask) -> Edge:
    return Edge(
        parent=parent,
        text=str(ask),
        specifier=ask.specifier,
        marker=ask.marker,
        location=ask.location,
    )
