"""The strict and the relaxed passes for one machine (DESIGN: resolution), and the conflict as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolvelib import ResolutionImpossible, Resolver
from resolvelib.reporters import BaseReporter
from resolvelib.resolvers import ResolutionTooDeep

from archcheck.resolve.asks import PYTHON
from archcheck.resolve.model import Cause, Chosen, Conflict, Edge, Resolution
from archcheck.resolve.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from resolvelib.structs import RequirementInformation

    from archcheck.manifest import Location
    from archcheck.resolve.model import Ask, Candidate, Outcome
    from archcheck.resolve.scene import Scene

MAX_ROUNDS = 20_000
_MAX_CHAIN = 50


def resolve(scene: Scene) -> Outcome:
    """Return what would be installed on the scene's machine, or why nothing can be.

    The first pass admits only what installs. Where it fails, the names for which nothing that installs was
    left are relaxed (those in the last conflict first) and it is tried again: so every obstacle comes up in
    one run, and no package is called missing for which pip would have found an older parent.
    """
    relaxed: frozenset[str] = frozenset()
    for ask in scene.roots:
        scene.learn([ask])
    while True:
        provider = Provider(scene, relaxed)
        resolver = Resolver(provider, BaseReporter())
        try:
            result = resolver.resolve(scene.roots, max_rounds=MAX_ROUNDS)
        except ResolutionImpossible as failure:
            causes = {info.requirement.name for info in failure.causes}
            fresh = (provider.starved & causes or provider.starved) - relaxed
            if not fresh:
                return _conflict(scene, provider, failure.causes)
            relaxed |= fresh
        except ResolutionTooDeep:
            return Conflict(machine=scene.machine, package="", causes=(), gave_up=True)
        else:
            return _resolution(scene, provider, result.mapping, relaxed)


def _resolution(
    scene: Scene, provider: Provider, mapping: Mapping[str, Candidate], relaxed: frozenset[str]
) -> Resolution:
    edges: dict[NormalizedName, dict[Edge, None]] = {}
    for ask in scene.roots:
        edges.setdefault(ask.name, {})[_edge(None, ask)] = None
    for candidate in mapping.values():
        for ask in provider.get_dependencies(candidate):
            if ask.name != candidate.pick.name:
                edges.setdefault(ask.name, {})[_edge(candidate.pick.name, ask)] = None
    packages = {}
    for candidate in sorted(mapping.values(), key=lambda candidate: candidate.key):
        pick = candidate.pick
        if pick.name in packages or candidate.key == PYTHON:
            continue
        needs = scene.needs(pick)
        bound = scene.host_bound(pick)
        packages[pick.name] = Chosen(
            pick=pick,
            wanted_by=tuple(edges.get(pick.name, ())),
            doubt=f"a marker hangs on the host's kernel: {bound[0]}" if bound else needs.doubt,
            unknown=needs.unknown or bool(bound),
            incomplete=needs.incomplete,
        )
    return Resolution(machine=scene.machine, packages=packages, relaxed=frozenset(relaxed & packages.keys()))


def _edge(parent: NormalizedName | None, ask: Ask) -> Edge:
    return Edge(
        parent=parent,
        text=str(ask),
        specifier=ask.specifier,
        marker=ask.marker,
        location=ask.location,
    )


def _conflict(
    scene: Scene, provider: Provider, infos: Iterable[RequirementInformation[Ask, Candidate]]
) -> Conflict:
    causes: dict[Cause, None] = {}
    names: dict[str, int] = {}
    for info in infos:
        ask = info.requirement
        names[ask.name] = names.get(ask.name, 0) + 1
        chain = _chain(provider, info.parent) if info.parent is not None else ()
        location = ask.location or _root_location(scene, chain)
        causes[Cause(wants=str(ask), chain=chain, location=location)] = None
    package = max(names, key=lambda name: (names[name], name)) if names else ""
    return Conflict(machine=scene.machine, package=package, causes=tuple(causes))


def _chain(provider: Provider, parent: Candidate) -> tuple[str, ...]:
    """Return the packages from a direct requirement down to *parent*, as they were first met."""
    chain = [str(parent)]
    key = parent.key
    seen = {key}
    while len(chain) < _MAX_CHAIN:
        above = next((up for up in provider.parents.get(key, {}).values() if up.key not in seen), None)
        if above is None:
            break
        chain.append(str(above))
        key = above.key
        seen.add(key)
    return tuple(reversed(chain))


def _root_location(scene: Scene, chain: tuple[str, ...]) -> Location | None:
    name = chain[0].partition(" ")[0].partition("[")[0] if chain else ""
    return next((ask.location for ask in scene.roots if ask.name == name), None)
