"""The resolvelib provider: candidates, preferences and dependencies as pip has them, for one machine."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.resolve.candidates import NO_PYTHON, Candidates
from archcheck.resolve.model import Ask, Candidate, Pick
from archcheck.resolve.requirements import PYTHON
from archcheck.resolve.versions import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from packaging.utils import NormalizedName
    from resolvelib.structs import RequirementInformation

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import GivenUp

MAX_STEPS = 400_000
"""How many steps all passes on one machine may take: counted, not timed, for the same answer everywhere.

text-generation-inference's server takes 240,000, nearly all of them in 20,000 rounds in which resolvelib
jumps back too far; then there is an answer, which pip has after three minutes.
"""
_ROUND, _TRY, _FRESH = 5, 1, 50
"""What a round costs (it looks at all packages), a candidate, and one more version that was never read."""

_PROMOTE_AFTER = 5  # conflicts, as pip counts them
_MOST_BACKTRACKS = 500
_PYTHON_NAME = canonicalize_name("python")
Preference = tuple[bool, bool, bool, bool, float, bool, str]


class StepLimitError(Exception):
    """The search takes more steps than anybody waits for."""


class ImpossibleError(Exception):
    """The search has tried all that there is; its last conflict has these *causes*."""

    def __init__(self, causes: Collection[RequirementInformation[Ask, Candidate]]) -> None:
        self.causes = causes
        super().__init__(causes)


class BacktrackLimitError(Exception):
    """The search comes back to the package *name* again and again, of which nothing that installs is left."""

    def __init__(self, name: NormalizedName) -> None:
        self.name = name
        super().__init__(name)


class Information(Struct, frozen=True):
    """Who asks for what, as resolvelib's own `RequirementInformation` has it."""

    requirement: Ask
    parent: Candidate | None


class Provider:
    """Answers resolvelib's questions in one pass, as pip's own provider does.

    It is an `AbstractProvider` of resolvelib's but for the name: a search that goes straight on, as most do,
    needs none of resolvelib, nor the time to import it.

    A key is a project's name, with extras in brackets where some are asked for; the Python is a key too. All
    that does not change from pass to pass comes from the *context*; *relaxed* and *first_only* are explained
    in `Candidates`, the passes in `passes`.

    `exhausted`: the names of which nothing that installs was left, for the next pass to relax. `parents`: by
    key, every candidate that asked for it, out of which a conflict is explained. `promoted`: the keys that
    were in five conflicts, which are decided early, as in pip.

    `rejections`: how often a package was in the way. `versions`: how many of each were tried. `keys`: all
    that was ever asked for. *given_up* are the packages of which a pass before this one found no version: a
    placeholder stands for each.

    Raises `StepLimitError` after *max_steps*. In a relaxed pass pip's own answer is out of reach
    already, so its patience need not be shown: a package that does not install and that the search comes back
    to again and again raises `BacktrackLimitError`.
    """

    def __init__(
        self,
        context: Context,
        relaxed: AbstractSet[NormalizedName],
        max_steps: int = MAX_STEPS,
        *,
        first_only: bool = False,
        given_up: GivenUp | None = None,
    ) -> None:
        self.context = context
        self.given_up = given_up
        self._relaxed = relaxed
        self._candidates = Candidates(context, relaxed, first_only=first_only)
        self.exhausted = self._candidates.exhausted
        self.parents: dict[str, dict[str, Candidate]] = defaultdict(dict)
        self._dependencies: dict[tuple[str, str], tuple[Candidate, tuple[Ask, ...]]] = {}
        self._found: dict[tuple[str, tuple[Ask, ...]], Remembered[Candidate]] = {}
        self.versions: Counter[NormalizedName] = Counter()
        self._known: dict[tuple[str, int], Candidate] = {}
        self._satisfied: dict[tuple[Ask, Candidate], bool] = {}
        self._traits: dict[Ask, tuple[bool, bool, bool, bool]] = {}
        self._pythons: dict[str, Ask] = {}
        self._conflicts: Counter[str] = Counter()
        self._backtracks: Counter[NormalizedName] = Counter()
        self.rejections: Counter[NormalizedName] = Counter()
        self.keys: set[str] = set()
        self.promoted: set[str] = set()
        self.steps_left = max_steps
        self.tries = 0

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
                        self.promoted.add(name)
        self._count_backtracks({cause.requirement.name for cause in backtrack_causes}, resolutions)
        open_keys = list(identifiers)
        if PYTHON in open_keys:
            return [PYTHON]
        return (
            [key for key in open_keys if key in causes]
            or [key for key in open_keys if key in self.promoted]
            or open_keys
        )

    def _count_backtracks(
        self, conflicting: set[NormalizedName], resolutions: Mapping[str, Candidate]
    ) -> None:
        for name in (
            sorted(conflicting & self.exhausted - self._relaxed - resolutions.keys()) if self._relaxed else ()
        ):
            self._backtracks[name] += 1
            if self._backtracks[name] > _MOST_BACKTRACKS:
                raise BacktrackLimitError(name)

    def adopt(self, other: Provider) -> None:
        """Be what *other* is, which answered the same questions in the same pass."""
        vars(self).update(vars(other))

    def starts_round(self) -> None:
        """Count a round of the search; raises `StepLimitError` after the last one that there may be."""
        self._step(_ROUND)

    def rejects(self, candidate: Candidate, wanted: NormalizedName) -> None:
        """Note that *candidate* will not do, for what it asks of the package *wanted*."""
        self.rejections[candidate.pick.name] += 1
        if wanted != _PYTHON_NAME:
            self.rejections[wanted] += 1

    def tried(self) -> Iterable[tuple[Candidate, tuple[Ask, ...]]]:
        """Return each candidate that was tried, and what it asks for."""
        return self._dependencies.values()

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],  # noqa: ARG002 - resolvelib's signature
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002
        information: Mapping[str, Iterable[RequirementInformation[Ask, Candidate] | Information]],
        backtrack_causes: Sequence[RequirementInformation[Ask, Candidate]],  # noqa: ARG002
    ) -> Preference:
        """Return pip's sort key: direct, pinned, bounded above, in the user's order, constrained, by name."""
        direct = pinned = bounded = constrained = False
        for info in information[identifier]:
            traits = self._traits.get(info.requirement)
            if traits is None:
                traits = self._traits[info.requirement] = _traits(info.requirement)
            direct, pinned = direct or traits[0], pinned or traits[1]
            bounded, constrained = bounded or traits[2], constrained or traits[3]
        return (
            identifier not in self.promoted,
            not direct,
            not pinned,
            not bounded,
            self.context.order.get(identifier, math.inf),
            not constrained,
            identifier,
        )

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterable[Ask]],
        incompatibilities: Mapping[str, Iterable[Candidate]],
    ) -> Callable[[], Iterator[Candidate]]:
        """Return the candidates that satisfy every ask of *identifier*, most preferred first."""
        self.keys.add(identifier)
        base, extras = _parted(identifier)
        asks = dict.fromkeys(requirements[identifier])
        if extras:
            asks |= dict.fromkeys(requirements.get(base, ()))
        if not asks:  # resolvelib looks back at what nobody asks for any more; pip finds nothing for it
            return lambda: iter(())
        if constraint := self.context.constraints.get(next(iter(asks)).name):
            asks[constraint] = None
        wanted = tuple(asks)
        found = self.candidates(identifier, wanted)
        # resolvelib notes the same candidate again each time that it comes by.
        excluded = {candidate.pick.ident for candidate in set(incompatibilities[identifier])}
        if not excluded:
            return found.__iter__
        return lambda: (candidate for candidate in found if candidate.pick.ident not in excluded)

    def candidates(self, key: str, asks: tuple[Ask, ...]) -> Remembered[Candidate]:
        """Return what satisfies all *asks* of *key*, most preferred first."""
        found = self._found.get((key, asks))
        if found is None:
            extras = _parted(key)[1]
            found = self._found[key, asks] = Remembered(self._find(key, asks, extras))
        return found

    def lists(self) -> Iterable[tuple[tuple[str, tuple[Ask, ...]], Remembered[Candidate]]]:
        """Return all that `candidates` was asked for, in the order of the questions."""
        return self._found.items()

    def told(self, candidate: Candidate) -> tuple[Ask, ...] | None:
        """Return what *candidate* asks for, if it is among those of `tried`."""
        _, asks = self._dependencies.get((candidate.key, candidate.pick.ident), (None, None))
        return asks

    def _find(self, key: str, asks: tuple[Ask, ...], extras: frozenset[str]) -> Iterator[Candidate]:
        name = asks[0].name
        if (
            self.given_up is not None
            and name in self.given_up.needs
            and all(ask.only is None for ask in asks)
        ):
            problem = f"its version was not found: the search for one was given up; {self.given_up.why}"
            unknown = Pick(name=name, version=None, problem=problem, known=False)
            picks = iter([self.context.placeholder(unknown)])
        else:
            picks = self._candidates.picks(asks)
        for pick in picks:
            yield self._known.setdefault(
                (key, id(pick)), Candidate(key=key, pick=pick, extras=extras, asks=asks)
            )

    def is_satisfied_by(self, requirement: Ask, candidate: Candidate) -> bool:
        """Return whether *candidate* will do for *requirement*; a placeholder does for all."""
        does = self._satisfied.get((requirement, candidate))
        if does is None:
            does = self._satisfied[requirement, candidate] = self._satisfies(requirement, candidate)
        return does

    def _satisfies(self, requirement: Ask, candidate: Candidate) -> bool:
        pick = candidate.pick
        if requirement.only is not None:
            return requirement.only.ident == pick.ident
        if requirement.key == PYTHON:
            return self._candidates.python_fits(requirement)
        if not pick.known or pick.file is None or pick.version is None:
            return True
        return requirement.specifier.contains(pick.version, prereleases=True)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Ask]:
        """Return what *candidate* asks for on this machine; nothing where it could not be had."""
        memo = (candidate.key, candidate.pick.ident)
        self.tries += 1
        self._step(_TRY)
        if memo not in self._dependencies:
            self._pay(candidate.pick)
            self._look_ahead(candidate)
            asks = tuple(self._ask_for(candidate))
            self._dependencies[memo] = candidate, asks
            self.context.learn(ask for ask in asks if ask.key != PYTHON)
            told = str(candidate)
            for ask in asks:
                self.parents[ask.key].setdefault(told, candidate)
        return self._dependencies[memo][1]

    def _pay(self, pick: Pick) -> None:
        """Count what is asked of the index for one more version of a project, once in all passes."""
        told = f"{pick.name} {pick.ident}"
        if self.versions[pick.name] and told not in self.context.paid:
            self._step(_FRESH)
        self.context.paid.add(told)
        self.versions[pick.name] += 1

    def _look_ahead(self, candidate: Candidate) -> None:
        """Have the candidates after this one asked about, should it not be the first that is tried."""
        if candidate.pick.file is not None and all(ask.only is None for ask in candidate.asks):
            self.context.tried(candidate.pick, candidate.asks)

    def _ask_for(self, candidate: Candidate) -> Iterator[Ask]:
        pick, context = candidate.pick, self.context
        if candidate.key == PYTHON:
            return
        needs = context.needs(pick)
        if candidate.extras:
            yield Ask(key=pick.name, name=pick.name, only=pick, text=str(candidate))
        elif pick.installs:
            if context.rejection(pick) is not None:
                self.exhausted.add(pick.name)
            if needs.refused is not None:
                yield Ask(key=PYTHON, name=_PYTHON_NAME, specifier=NO_PYTHON, text=needs.refused)
            elif needs.requires_python:
                # pip asks for it although it holds, which tells resolvelib how far to jump back
                text = needs.requires_python
                yield self._pythons.setdefault(text, Ask(key=PYTHON, name=_PYTHON_NAME, text=text))
        if context.options.no_deps:
            return
        if self.given_up is not None and not pick.known:
            yield from self.given_up.needs.get(pick.name, ())
        for dependency in needs.dependencies:
            yield from context.asks(dependency, candidate.extras)

    def _step(self, cost: int) -> None:
        self.steps_left -= cost
        if self.steps_left < 0:
            raise StepLimitError


@lru_cache(maxsize=8_192)
def _parted(key: str) -> tuple[str, frozenset[str]]:
    """Return the name and the extras that *key* stands for."""
    base, _, listed = key.rstrip("]").partition("[")
    return base, frozenset(listed.split(",")) if listed else frozenset()


def _traits(ask: Ask) -> tuple[bool, bool, bool, bool]:
    """Return whether *ask* points at a distribution, pins, bounds above, and constrains at all."""
    operators = [(spec.operator, spec.version) for spec in ask.specifier]
    pins = any(op[:2] == "==" and "*" not in version for op, version in operators)
    bounds = any(op in {"<", "<=", "~="} or (op == "==" and "*" in version) for op, version in operators)
    return ask.only is not None, pins, bounds, bool(operators)
