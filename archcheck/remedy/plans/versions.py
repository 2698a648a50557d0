"""Plans that move packages to other versions, or bring in a wheel of the same one.

The search for versions that go together (`remedy/search`) is only the first half: its answer is written into
the input as its author would (a pin stays a pin, a range a range), and the changed input is audited as the
first one was. What the installer would really take counts, not what the search had in mind; where that is not
good enough, the input is bound more tightly, or the next answer is tried.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from archcheck.index.model import Project
from archcheck.judge.obstacles import wishes
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import Manifest
from archcheck.model import Change
from archcheck.remedy.plans.attempts import Writing
from archcheck.remedy.plans.compare import leaves
from archcheck.remedy.plans.edited import extras_in
from archcheck.remedy.plans.ranked import Ranked, ranked_by
from archcheck.remedy.plans.situation import present_in
from archcheck.remedy.search.choices import Choices
from archcheck.remedy.search.costs import Cost
from archcheck.remedy.search.repair import Repair
from archcheck.remedy.search.worlds import LockWorld, ManifestWorld
from archcheck.resolve.context import Context
from archcheck.resolve.model import Resolution
from archcheck.resolve.prefetch import Prefetcher
from archcheck.resolve.requirements import constraints_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from packaging.utils import NormalizedName

    from archcheck.remedy.plans.attempts import Attempt
    from archcheck.remedy.plans.situation import Situation
    from archcheck.remedy.search.repair import Found

_MOST_ANSWERS = 5
"""How many answers of a search are written into the input and audited, until one is as good as can be."""

_MOST_AUDITS = 12
"""How many changed inputs are audited in one search, but for those of the last answer that is tried."""

_MOST_NEEDLESS = 6
"""How many changes are left away by way of trial, each of which takes an audit."""

_AHEAD = 2
"""Of how many of the nearest versions of what is in the way the metadata are asked for at once."""


def by_versions(situation: Situation) -> Iterator[Ranked]:
    """Yield plans, by and large the best first."""
    search = _Search(situation)
    best: Ranked | None = None
    for answer in islice(search.answers(), _MOST_ANSWERS):
        if best is not None and not best.plan.introduces and search.in_all(answer, best) >= best.cost:
            return
        ranked = search.tried(answer, best)
        if ranked is not None:
            yield ranked
            if best is None or ranked.key < best.key:
                best = ranked
        if search.audits >= _MOST_AUDITS:
            return


class _Search:
    """The search over versions for one situation."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self.audits = 0
        self.present = present_in(situation)
        target, manifest = situation.target, situation.manifest
        machines = target.on("x86_64"), target.on("aarch64")
        asked = manifest if isinstance(manifest, Manifest) else _empty(manifest)
        prefetcher = Prefetcher(situation.index, machines, situation.options, constraints_of(manifest))
        self._context = Context(
            manifest=asked,
            machine=machines[1],
            index=situation.index,
            options=situation.options,
            prefetcher=prefetcher,
            prefer={},
            missing_beside={},
        )
        locked = isinstance(manifest, Lock)
        self._choices = Choices(
            target,
            (prefetcher.finder(machines[0]), prefetcher.finder(machines[1])),
            situation.options,
            self.present,
            self._page,
            locked=locked,
        )
        outcome = situation.arm
        self._world: ManifestWorld
        if isinstance(manifest, Lock) and isinstance(outcome, Resolution):
            self._world = LockWorld(self._context, self._choices, outcome, extras_in(manifest))
        else:
            self._world = ManifestWorld(self._context, self._choices)

    def _page(self, name: NormalizedName) -> Project | None:
        found = self._context.project(name)
        return found if isinstance(found, Project) else None

    def answers(self) -> Iterator[Found]:
        """Yield what the search finds, the cheapest first."""
        bad = [name for name, each in self.present.items() if each.bad]
        above = self._situation.above()
        for name in _with_all_above(bad, above):
            self._situation.index.project(name)
        self._look_ahead(bad)
        must = [name for name in bad if None in above.get(name, ())]
        yield from Repair(self._world, self._choices, must=must).answers()

    def _look_ahead(self, bad: Sequence[NormalizedName]) -> None:
        """Have the metadata of the nearest choices asked for, all at once."""
        for name in bad:
            for place in range(_AHEAD):
                choice = self._choices.other(name, place)
                for pick in self._choices.picks(choice) if choice is not None else ():
                    if pick.file is not None:
                        self._situation.index.metadata(pick.file, pick.release)

    def in_all(self, answer: Found, beside: Ranked) -> Cost:
        """Return what *answer* costs at least; what nobody asked to help stays as in the plan *beside* it."""
        known = Cost() if self._situation.wishes else Cost(shared=beside.cost.shared)
        return answer.cost.plus(known)

    def tried(self, answer: Found, beside: Ranked | None = None) -> Ranked | None:
        """Return the plan that *answer* makes, once the changed input was audited; None where it is none.

        Unless it may be better than the plan *beside* it, it is not made as small as can be.
        """
        writing = Writing(
            self._situation,
            self.present,
            answer,
            lambda choice: self._context.needs(choice.pick).dependencies,
        )
        expected = answer.accepted | set(writing.builds) | self._situation.spared
        first, best, meant = writing.first(), None, None
        wrong: set[str] = set(writing.moves)
        if first.changes or writing.builds:
            best, wrong = self._ranked(first, writing.builds)
            meant = first if self._is_as_meant(best, wrong, expected) else None
        if meant is None or (best is not None and best.cost.moved > answer.cost.moved):
            for attempt in writing.tighter(wrong - expected):
                if not attempt.changes or self.audits >= _MOST_AUDITS:
                    continue
                ranked, wrong = self._ranked(attempt, writing.builds)
                as_meant = self._is_as_meant(ranked, wrong, expected)
                if best is None or ranked.key < best.key:
                    best, meant = ranked, attempt if as_meant else None
                if as_meant:
                    break
        if best is not None and meant is not None:
            needless = writing.needless(meant)[:_MOST_NEEDLESS]
            least = best.cost.less(Cost(lines=len(needless), bounds=len(meant.added)))
            if beside is None or least < beside.cost:
                best = self._without(needless, best, writing, meant, expected)
        return best if best is not None and best.helps else None

    def _without(
        self,
        needless: Iterable[NormalizedName],
        best: Ranked,
        writing: Writing,
        attempt: Attempt,
        expected: AbstractSet[str],
    ) -> Ranked:
        """Return *best* without those *needless* changes that come about by themselves, given the others."""
        for name in needless:
            fewer = writing.without(attempt, name)
            ranked, wrong = self._ranked(fewer, writing.builds)
            if ranked.key < best.key and self._is_as_meant(ranked, wrong, expected):
                best, attempt = ranked, fewer
        return best

    def _is_as_meant(self, ranked: Ranked, wrong: set[str], expected: AbstractSet[str]) -> bool:
        return wrong <= expected and ranked.helps

    def _ranked(self, attempt: Attempt, builds: tuple[NormalizedName, ...]) -> tuple[Ranked, set[str]]:
        """Return the plan of *attempt*, and the packages that are in the way once it is carried out."""
        situation = self._situation
        self.audits += 1
        there = situation.situate(attempt.changed, situation.target)
        changes = (*attempt.changes, *(self._build(name) for name in builds))
        cost = Cost(lines=attempt.lines + len(builds), bounds=attempt.bounds)
        ranked = ranked_by(situation, there, changes, cost, builds=builds)
        wrong = {*leaves(situation.audit, there.audit), *ranked.plan.introduces}
        if situation.wishes:
            wrong |= wishes(there.audit)
        return ranked, wrong

    def _build(self, name: NormalizedName) -> Change:
        present = self.present[name]
        takes = next(each.arm.building for each in self._situation.comparisons if each.name == name)
        version = str(present.version)
        return Change(kind="build", package=name, from_=version, to=version, via=takes)


def _with_all_above(
    names: Iterable[NormalizedName], above: Mapping[NormalizedName, Iterable[NormalizedName | None]]
) -> set[NormalizedName]:
    """Return *names* and all that leads to those which the input does not ask for itself."""
    found, waiting = set(names), [name for name in names if None not in above.get(name, ())]
    while waiting:
        for up in above.get(waiting.pop(), ()):
            if up is not None and up not in found:
                found.add(up)
                waiting.append(up)
    return found


def _empty(lock: Lock) -> Manifest:
    """Return a manifest that asks for nothing, for what is looked up beside a lock."""
    return Manifest(path=lock.path, kind=lock.kind, sha256=lock.sha256, options=lock.options)
