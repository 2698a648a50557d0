"""The plans for one audit: searched for, written into the input, audited again, and put in order.

A plan is what somebody can do. So the search for versions that go together (`remedy/search`) is only its first
half: its answer is written into the input as its author would (a pin stays a pin, a range a range), and the
changed input is audited as the first one was. What the installer would really take counts, not what the search
had in mind; where that is not good enough, the input is bound more tightly, or the next answer is tried.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from archcheck.index.model import Project
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import Manifest
from archcheck.model import Change, Outlook, Plan
from archcheck.remedy.plans.attempts import Writing
from archcheck.remedy.plans.compare import goals, introduces, leaves, moved, wishes
from archcheck.remedy.plans.situation import todays
from archcheck.remedy.search.choices import Choices
from archcheck.remedy.search.costs import Cost, crossing
from archcheck.remedy.search.repair import Must, Repair
from archcheck.remedy.search.worlds import LockWorld, ManifestWorld, musts_of
from archcheck.resolve.context import Context
from archcheck.resolve.model import Resolution
from archcheck.resolve.prefetch import Prefetcher
from archcheck.resolve.requirements import constraints_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName

    from archcheck.model import Audit
    from archcheck.remedy.plans.attempts import Attempt
    from archcheck.remedy.plans.situation import Situation
    from archcheck.remedy.search.repair import Found

MOST_PLANS = 3
_MOST_ANSWERS = 3
"""How many answers of a search are written into the input and audited, until one is as good as can be."""

_AHEAD = 2
"""Of how many of the nearest versions of what is in the way the metadata are asked for at once."""


class Ranked(Struct, frozen=True, kw_only=True):
    """A plan, and what it costs: the first of two costs counts, then problems that are new, then the second."""

    plan: Plan
    cost: Cost

    @property
    def key(self) -> tuple[int, int, Cost]:
        """What plans are put in order by."""
        return self.cost.left, len(self.plan.introduces), self.cost


def plans(situation: Situation) -> tuple[Plan, ...]:
    """Return the best plan and at most two others that are better in something; empty where there is none."""
    found: list[Ranked] = []
    if wishes(situation.audit):
        found.extend(_by_versions(replace(situation, wishes=True)))
    if goals(situation.audit):
        found.extend(_by_versions(situation))
    return in_order(found)


def in_order(found: Iterable[Ranked]) -> tuple[Plan, ...]:
    """Return the best of what was *found*, and those others that are better than all before in something."""
    chosen: list[Ranked] = []
    for ranked in sorted(found, key=lambda each: each.key):
        told = [each.plan.changes for each in chosen]
        if len(chosen) < MOST_PLANS and ranked.plan.changes not in told:
            if all(_is_better_in_something(ranked, other) for other in chosen):
                chosen.append(ranked)
    return tuple(replace(each.plan, rank=rank) for rank, each in enumerate(chosen, 1))


def _is_better_in_something(ranked: Ranked, other: Ranked) -> bool:
    mine, theirs = ranked.cost[:-1], other.cost[:-1]
    return any(one < two for one, two in zip(mine, theirs, strict=True))


def _by_versions(situation: Situation) -> Iterator[Ranked]:
    """Yield plans that move packages to other versions, or bring in a wheel of the same one."""
    search = _Search(situation)
    best: Ranked | None = None
    for answer in islice(search.answers(), _MOST_ANSWERS):
        if best is not None and not best.plan.introduces and answer.cost[:2] >= best.cost[:2]:
            return
        ranked = search.tried(answer)
        if ranked is not None:
            yield ranked
            if best is None or ranked.key < best.key:
                best = ranked


class _Search:
    """The search over versions for one situation."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self.today = todays(situation)
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
            self.today,
            self._page,
            locked=locked,
        )
        outcome = situation.arm
        self._world: ManifestWorld
        if locked and isinstance(outcome, Resolution):
            self._world = LockWorld(self._context, self._choices, outcome)
        else:
            self._world = ManifestWorld(self._context, self._choices)

    def _page(self, name: NormalizedName) -> Project | None:
        found = self._context.project(name)
        return found if isinstance(found, Project) else None

    def answers(self) -> Iterator[Found]:
        """Yield what the search finds, the cheapest first."""
        bad = [name for name, each in self.today.items() if each.bad]
        above = self._situation.above()
        groups = musts_of(bad, above)
        for name in {name for group in groups for name in group} | set(bad):
            self._situation.index.project(name)
        self._look_ahead(bad)
        hopeless = {
            name for name in bad if None in above.get(name, ()) and self._choices.other(name, 0) is None
        }
        musts = [Must(names=group, cost=self._least(group)) for group in groups if hopeless.isdisjoint(group)]
        repair = Repair(self._world, self._choices, hopeless=frozenset(hopeless), musts=musts)
        yield from repair.answers()

    def _look_ahead(self, bad: Sequence[NormalizedName]) -> None:
        """Have the metadata of the nearest choices asked for, all at once."""
        for name in bad:
            for place in range(_AHEAD):
                choice = self._choices.other(name, place)
                if choice is not None and choice.pick.file is not None:
                    self._situation.index.metadata(choice.pick.file, choice.pick.release)

    def _least(self, group: frozenset[NormalizedName]) -> Cost:
        if len(group) > 1:
            return min(self._choices.least(name) for name in group)
        choice = self._choices.other(next(iter(group)), 0)
        return choice.cost if choice is not None else Cost(left=1)

    def tried(self, answer: Found) -> Ranked | None:
        """Return the plan that *answer* makes, once the changed input was audited; None where it is none."""
        situation = self._situation
        writing = Writing(
            situation, self.today, answer, lambda choice: self._context.needs(choice.pick).dependencies
        )
        attempt = writing.first()
        if not attempt.changes and not writing.builds:
            return None
        best = self._ranked(attempt, situation.assess(attempt.changed, situation.target), writing.builds)
        expected = answer.accepted | set(writing.builds)
        if set(best.plan.leaves) <= expected and not best.plan.introduces:
            return best
        for other in writing.tighter({*best.plan.leaves, *best.plan.introduces} - expected):
            ranked = self._ranked(other, situation.assess(other.changed, situation.target), writing.builds)
            if ranked.key < best.key:
                best = ranked
            if set(best.plan.leaves) <= expected and not best.plan.introduces:
                break
        return best

    def _ranked(self, attempt: Attempt, after: Audit, builds: tuple[NormalizedName, ...]) -> Ranked:
        before = self._situation.audit
        left = tuple(name for name in leaves(before, after) if name not in builds)
        new = introduces(before, after)
        changes = [*attempt.changes, *(self._build(name) for name in builds)]
        outlook = Outlook(
            target=after.target.id,
            recommendation=after.recommendation,
            summary=after.summary,
            moved=moved(before, after),
        )
        helps = len(left) < len(goals(before)) or len(wishes(after)) < len(wishes(before))
        told = {error.message for error in before.errors}
        sure = all(error.message in told for error in after.errors)
        plan = Plan(
            rank=1,
            verified=sure and not new and not builds and helps,
            changes=tuple(changes),
            leaves=left,
            introduces=new,
            result=outlook,
        )
        cost = Cost(
            left=len(left),
            shared=len(wishes(after)),
            lines=attempt.lines + len(builds),
            bounds=attempt.bounds,
        )
        for each in outlook.moved:
            if each.to is not None:
                cost = cost.plus(crossing(_version(each.from_), Version(each.to)))
        return Ranked(plan=plan, cost=cost)

    def _build(self, name: NormalizedName) -> Change:
        today = self.today[name]
        takes = next(each.arm.building for each in self._situation.comparisons if each.name == name)
        version = str(today.version)
        return Change(kind="build", package=name, from_=version, to=version, via=takes)


def _empty(lock: Lock) -> Manifest:
    """Return a manifest that asks for nothing, for what is looked up beside a lock."""
    return Manifest(path=lock.path, kind=lock.kind, sha256=lock.sha256, options=lock.options)


def _version(text: str | None) -> Version | None:
    return Version(text) if text is not None else None
