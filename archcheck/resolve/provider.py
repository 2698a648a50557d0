"""The resolvelib provider: candidates, preferences and dependencies as pip has them, for one machine."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from resolvelib.providers import AbstractProvider

from archcheck.index.model import NotFound, Unavailable
from archcheck.resolve.asks import PYTHON, of_metadata
from archcheck.resolve.finder import pin_of
from archcheck.resolve.model import Ask, Candidate, Pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from resolvelib.structs import RequirementInformation

    from archcheck.index.model import Project
    from archcheck.resolve.scene import Scene

_PROMOTE_AFTER = 5  # conflicts, as pip counts them
_PYTHON_NAME = canonicalize_name("python")


class Provider(AbstractProvider[Ask, Candidate, str]):
    """Answers resolvelib from a `Scene`; `relaxed` names may be picked although they do not install.

    `starved` collects the names for which only candidates that do not install were left: the next pass may
    relax them.
    """

    def __init__(self, scene: Scene, relaxed: frozenset[str]) -> None:
        self._scene = scene
        self._relaxed = relaxed
        self.starved: set[str] = set()
        self.parents: dict[str, dict[str, Candidate]] = defaultdict(dict)
        self._dependencies: dict[tuple[str, tuple[str, str]], tuple[Ask, ...]] = {}
        self._conflicts: defaultdict[str, int] = defaultdict(int)
        self._promoted: set[str] = set()

    def identify(self, requirement_or_candidate: Ask | Candidate) -> str:
        """Return the key that requirements and candidates of one package (and its extras) share."""
        return requirement_or_candidate.key

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002 - resolvelib's signature
        information: Mapping[str, Iterator[RequirementInformation[Ask, Candidate]]],  # noqa: ARG002
        backtrack_causes: Sequence[RequirementInformation[Ask, Candidate]],
    ) -> Iterable[str]:
        """Return what to decide first: the Python, the last conflict's causes, then repeat offenders."""
        causes: set[str] = set()
        for cause in backtrack_causes:
            names = [cause.requirement.key, *([cause.parent.key] if cause.parent else [])]
            causes.update(names)
            for name in names:
                if name not in resolutions:
                    self._conflicts[name] += 1
                    if self._conflicts[name] >= _PROMOTE_AFTER:
                        self._promoted.add(name)
        open_keys = list(identifiers)
        if PYTHON in open_keys:
            return [PYTHON]
        return (
            [key for key in open_keys if key in causes]
            or [key for key in open_keys if key in self._promoted]
            or open_keys
        )

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],  # noqa: ARG002 - resolvelib's signature
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002
        information: Mapping[str, Iterator[RequirementInformation[Ask, Candidate]]],
        backtrack_causes: Sequence[RequirementInformation[Ask, Candidate]],  # noqa: ARG002
    ) -> tuple[bool, bool, bool, bool, float, bool, str]:
        """Return pip's sort key: direct, pinned, bounded above, in the user's order, constrained, by name."""
        asks = [info.requirement for info in information[identifier]]
        operators = [(spec.operator, spec.version) for ask in asks for spec in ask.specifier]
        pinned = any(op[:2] == "==" and "*" not in version for op, version in operators)
        bounded = any(op in {"<", "<=", "~="} or (op == "==" and "*" in version) for op, version in operators)
        return (
            identifier not in self._promoted,
            not any(ask.only is not None for ask in asks),
            not pinned,
            not bounded,
            self._scene.order.get(identifier, math.inf),
            not operators,
            identifier,
        )

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Ask]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Callable[[], Iterator[Candidate]]:
        """Return the candidates that satisfy every ask of *identifier*, most preferred first."""
        asks = list(requirements[identifier])
        first = asks[0]
        if first.extras:
            asks.extend(requirements.get(first.name, iter(())))
        excluded = {candidate.pick.ident for candidate in incompatibilities[identifier]}

        def candidates() -> Iterator[Candidate]:
            for pick in self._picks(first.name, asks):
                if pick.ident not in excluded:
                    yield Candidate(key=identifier, pick=pick, extras=first.extras)

        return candidates

    def is_satisfied_by(self, requirement: Ask, candidate: Candidate) -> bool:
        """Return whether *candidate* will do for *requirement*; a placeholder does for all."""
        pick = candidate.pick
        if requirement.only is not None:
            return requirement.only.ident == pick.ident
        if not pick.known or pick.file is None or pick.version is None:
            return True
        return requirement.specifier.contains(pick.version, prereleases=True)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Ask]:
        """Return what *candidate* asks for on this machine; nothing where it could not be had."""
        memo = (candidate.key, candidate.pick.ident)
        if memo not in self._dependencies:
            asks = tuple(self._ask_for(candidate))
            self._dependencies[memo] = asks
            for ask in asks:
                self.parents[ask.key].setdefault(str(candidate), candidate)
        return self._dependencies[memo]

    def _ask_for(self, candidate: Candidate) -> Iterator[Ask]:
        pick = candidate.pick
        if candidate.extras:
            yield Ask(key=pick.name, name=pick.name, only=pick, text=str(candidate))
        needs = self._scene.needs(pick)
        if needs.invalid:
            yield Ask(key=PYTHON, name=_PYTHON_NAME, specifier=SpecifierSet("<0"), text=needs.doubt or "")
        if needs.requires_python and not self._scene.finder.python_fits(needs.requires_python):
            yield Ask(
                key=PYTHON,
                name=_PYTHON_NAME,
                specifier=SpecifierSet(needs.requires_python),
                text=f"Python {needs.requires_python}",
            )
        if self._scene.options.no_deps:
            return
        for requirement in needs.requirements:
            asks = list(of_metadata(requirement, self._scene.machine, candidate.extras, self._scene.pick))
            self._scene.learn(asks)
            yield from asks

    def _picks(self, name: NormalizedName, asks: list[Ask]) -> Iterator[Pick]:
        if asks[0].key == PYTHON:
            return
        scene = self._scene
        constraint = scene.constraints.get(name)
        only = {ask.only.ident: ask.only for ask in asks if ask.only is not None}
        if constraint is not None and constraint.only is not None:
            only.setdefault(constraint.only.ident, constraint.only)
        specifier = SpecifierSet()
        for ask in [*asks, *([constraint] if constraint else [])]:
            specifier &= ask.specifier
        if only:
            yield from self._direct(name, list(only.values()), specifier)
            return
        hashes = scene.hashes(asks, constraint)
        answer = scene.project(name, specifier)
        match answer:
            case Unavailable():
                yield scene.placeholder(
                    Pick(
                        name=name,
                        version=None,
                        problem=answer.reason,
                        known=False,
                        incomplete=answer.incomplete,
                    )
                )
            case NotFound():
                if self._may_relax(name):
                    problem = "no index has a project of this name"
                    yield scene.placeholder(
                        Pick(name=name, version=None, problem=problem, known=False, absent=True)
                    )
            case project:
                yield from self._from_project(project, asks, specifier, hashes)

    def _from_project(
        self, project: Project, asks: list[Ask], specifier: SpecifierSet, hashes: frozenset[str] | None
    ) -> Iterator[Pick]:
        scene, name = self._scene, project.name
        empty = True
        if hashes is not None:
            for pick in scene.finder.picks(project, specifier, hashes):
                empty = False
                yield pick
        if not empty and name not in self._relaxed:
            return
        rest = scene.finder.shut_out(project, specifier, hashes or frozenset(), scene.prefer.get(name))
        if hashes is None:
            rest = scene.unhashed(project, specifier)
        for pick in rest:
            if not self._may_relax(name):
                return
            empty = False
            yield pick
        if empty and (hopeless := _hopeless(project, asks)) and self._may_relax(name):
            version, problem = pin_of(hopeless.specifier), _no_version(project, hopeless)
            yield scene.placeholder(Pick(name=name, version=version, problem=problem))

    def _direct(self, name: NormalizedName, only: list[Pick], specifier: SpecifierSet) -> Iterator[Pick]:
        for pick in only:
            fits = pick.version is None or specifier.contains(pick.version, prereleases=True)
            if len(only) == 1 and fits and (pick.installs or not pick.known or self._may_relax(name)):
                yield pick

    def _may_relax(self, name: str) -> bool:
        if name in self._relaxed:
            return True
        self.starved.add(name)
        return False


def _hopeless(project: Project, asks: list[Ask]) -> Ask | None:
    """Return the ask that no version of the project satisfies by itself: not a conflict, but a mistake."""
    for ask in asks:
        if not any(ask.specifier.contains(version, prereleases=True) for version in project.releases):
            return ask
    return None


def _no_version(project: Project, ask: Ask) -> str:
    newest = next(iter(project.releases), None)
    known = f"the newest is {newest}" if newest else "it lists no files"
    return f"the index has no version that satisfies {ask.specifier}; {known}"
