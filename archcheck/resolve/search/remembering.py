"""resolvelib's own search, which does again what it has done before: here each step is taken once."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from resolvelib.reporters import BaseReporter
from resolvelib.resolvers import Criterion, RequirementsConflicted, ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers import Resolution as ResolvelibSearch

from archcheck.resolve.search.provider import ImpossibleError, StepLimitError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from resolvelib.providers import AbstractProvider, Preference

    from archcheck.resolve.model import Ask, Candidate
    from archcheck.resolve.search.provider import Provider

    State = dict[str, Criterion["Ask", "Candidate"]]

_REMEMBERED = 50_000
_MOST_IN_VAIN = 100
"""Up to this many candidates tried in vain may be part of a key: thousands of them would fill the memory."""


_MOST_STRANGERS = 1_000
"""How many packages may have been asked for in vain: each of 10,000 versions may need another one."""


_STRAIGHT_ON = 100
"""How many rounds there may be for each package until one is rejected. Else pins come and go in a circle."""


def searched(provider: Provider, roots: Iterable[Ask], most_rounds: int) -> Mapping[str, Candidate]:
    """Return what resolvelib pins, which may go back as often as it has to.

    Raises `ImpossibleError` where there is nothing left to try, and `StepLimitError` after *most_rounds*.
    """
    try:
        return Search(provider).resolve(roots, most_rounds).mapping
    except ResolutionImpossible as failure:
        raise ImpossibleError(failure.causes) from failure
    except ResolutionTooDeep as failure:
        raise StepLimitError from failure


class _Reporter(BaseReporter["Ask", "Candidate", str]):
    """Tells the provider how the search goes."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._round = self._rejected = 0

    def starting_round(self, index: int) -> None:
        self._provider.starts_round()
        if index - self._rejected > _STRAIGHT_ON * len(self._provider.keys):
            raise StepLimitError
        self._round = index

    def rejecting_candidate(self, criterion: Criterion[Ask, Candidate], candidate: Candidate) -> None:
        self._rejected = self._round
        wanted = next(criterion.iter_requirement())
        self._provider.rejects(candidate, wanted.name)


class Search(ResolvelibSearch["Ask", "Candidate", str]):
    """The same steps as resolvelib's, in the same order, with what comes of a step remembered.

    Say that protobuf<5 and opentelemetry-exporter-otlp are asked for (text-generation-inference does). The
    newest exporter wants protobuf 5, which shows after fourteen pins, and resolvelib jumps back to
    grpcio-reflection, which has nothing to do with it: for each of its 60 versions, times those of
    grpcio-status and of grpcio, the same eight packages are pinned anew, until 20,000 rounds later it gives
    up jumping so far. pip does the same, and what it finds then is its answer; a shorter way could lead to
    another. So no round is left out. But a criterion (what is asked of a package, and what was tried in
    vain) is never changed, and what becomes of it when one more thing is asked follows from the two alone.
    Where a round is as one before, each of its criteria is the very object of then, found by a look into a
    dict.

    What is remembered hangs on the identity of objects that it keeps alive. It is let go of when there is too
    much of it, which costs time and changes nothing. The methods are private ones of resolvelib: should it
    rename them, it is only slower.
    """

    def __init__(self, provider: Provider) -> None:
        answering = cast("AbstractProvider[Ask, Candidate, str]", provider)
        super().__init__(answering, _Reporter(provider))
        self._provider = provider
        self._satisfied: dict[str, tuple[Criterion[Ask, Candidate], Candidate, bool]] = {}
        self._preferred: dict[str, tuple[Criterion[Ask, Candidate], bool, Preference]] = {}
        self._added: dict[object, tuple[Criterion[Ask, Candidate], bool]] = {}
        self._patched: dict[object, Criterion[Ask, Candidate] | None] = {}

    def _is_current_pin_satisfying(self, name: str, criterion: Criterion[Ask, Candidate]) -> bool:
        pin = self.state.mapping.get(name)
        if pin is None:
            return False
        known = self._satisfied.get(name)
        if known is None or known[0] is not criterion or known[1] is not pin:
            # Each package asks for the Python, nearly all of them for the same.
            asks = {info.requirement for info in criterion.information}
            does = all(self._provider.is_satisfied_by(ask, pin) for ask in asks)
            known = self._satisfied[name] = criterion, pin, does
        return known[2]

    def _get_preference(self, name: str) -> Preference:
        criterion, promoted = self.state.criteria[name], name in self._provider.promoted
        known = self._preferred.get(name)
        if known is None or known[0] is not criterion or known[1] is not promoted:
            known = self._preferred[name] = criterion, promoted, super()._get_preference(name)
        return known[2]

    def _add_to_criteria(self, criteria: State, requirement: Ask, parent: Candidate | None) -> None:
        # The candidates of a name with extras hang on what is asked of the bare name as well.
        bare = criteria.get(requirement.name) if requirement.extras else None
        step = criteria.get(requirement.key), bare, requirement, parent
        known = self._added.get(step)
        if known is None:
            if len(self._provider.keys) - len(criteria) > _MOST_STRANGERS:
                raise StepLimitError
            if len(self._added) >= _REMEMBERED:
                self._added.clear()
            try:
                super()._add_to_criteria(criteria, requirement, parent)
                known = criteria[requirement.key], True
            except RequirementsConflicted as conflict:
                known = conflict.criterion, False
            self._added[step] = known
        criterion, works = known
        if not works:
            raise RequirementsConflicted(criterion)
        criteria[requirement.key] = criterion

    def _patch_criteria(self, incompatibilities_from_broken: list[tuple[str, list[Candidate]]]) -> bool:
        criteria = self.state.criteria
        for key, incompatibilities in incompatibilities_from_broken:
            if not incompatibilities or key not in criteria:
                continue
            # resolvelib notes the same candidate again each time that it comes by.
            vain = dict.fromkeys(incompatibilities)
            if not self._patch(criteria, key, vain):
                return False
        return True

    def _patch(self, criteria: State, key: str, vain: Mapping[Candidate, None]) -> bool:
        if len(vain) > _MOST_IN_VAIN:
            return super()._patch_criteria([(key, list(vain))])
        bare = criteria.get(key.partition("[")[0]) if "[" in key else None
        step = criteria[key], bare, frozenset(vain)
        if step not in self._patched:
            if len(self._patched) >= _REMEMBERED:
                self._patched.clear()
            works = super()._patch_criteria([(key, list(vain))])
            self._patched[step] = criteria[key] if works else None
        known = self._patched[step]
        if known is not None:
            criteria[key] = known
        return known is not None

    def _remove_information_from_criteria(self, criteria: State, parents: Collection[str]) -> None:
        if not parents:
            return
        touched = {
            key: criterion
            for key, criterion in criteria.items()
            if any(info.parent is not None and info.parent.key in parents for info in criterion.information)
        }
        super()._remove_information_from_criteria(touched, parents)
        criteria.update(touched)
