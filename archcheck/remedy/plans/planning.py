"""The plans for one audit: by other versions, on another target, with another distribution; put in order."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.data.replacements import replacements_for
from archcheck.judge.obstacles import goals, wishes
from archcheck.manifest.lock import Lock
from archcheck.model import Change, Place
from archcheck.remedy.plans.compare import both
from archcheck.remedy.plans.edited import with_replacement
from archcheck.remedy.plans.neighbours import may_help, neighbours
from archcheck.remedy.plans.ranked import Ranked, ranked_by
from archcheck.remedy.plans.situation import present_in
from archcheck.remedy.plans.versions import by_versions
from archcheck.remedy.search.costs import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.data.replacements import Replacement
    from archcheck.manifest.manifest import Manifest, Requirement
    from archcheck.model import Plan
    from archcheck.remedy.plans.situation import Situation

_MOST_PLANS = 3
_MOST_TARGETS = 2  # that are audited: resolving a set for another Python may bring in other packages

_OF_A_TARGET = Cost(lines=2)
"""Another Python or base counts as more than changing a line, and less than another distribution."""

_OF_A_REPLACEMENT = Cost(lines=3)


def plans(situation: Situation) -> tuple[Plan, ...]:
    """Return the best plan and at most two others that are better in something; empty where there is none."""
    found = list(_by_versions(situation))
    if not any(_is_small(ranked) for ranked in found):
        if situation.only is None:  # nobody takes another Python for the sake of some
            found.extend(_on_other_targets(situation, whole=not any(ranked.settles_all for ranked in found)))
        found.extend(_with_replacements(situation, found))
    return _in_order(found, named=situation.named)


def _by_versions(situation: Situation) -> Iterator[Ranked]:
    """Yield plans by other versions: for all that a wheel would help, and for what is in the way alone."""
    if wishes(situation.audit):
        yield from by_versions(replace(situation, wishes=True))
    if goals(situation.audit):
        yield from by_versions(situation)


def _is_small(ranked: Ranked) -> bool:
    """Return whether nobody would rather have another Python or another distribution."""
    cost = ranked.cost
    return ranked.settles_all and ranked.plan.verified and cost.lines <= 1 and not cost.majors


def _in_order(found: Iterable[Ranked], *, named: bool) -> tuple[Plan, ...]:
    """Return the best of what was *found*, and those others that are better than all before in something.

    One that changes the same packages in the same way is no other, whatever versions it has.
    """
    chosen: list[Ranked] = []
    for ranked in sorted((each for each in found if each.helps), key=lambda each: each.order(named=named)):
        told = [_what(each) for each in chosen]
        if (
            len(chosen) < _MOST_PLANS
            and _what(ranked) not in told
            and all(_is_better_in_something(ranked, other) for other in chosen)
        ):
            chosen.append(ranked)
    return tuple(replace(each.plan, rank=rank) for rank, each in enumerate(chosen, 1))


def _what(ranked: Ranked) -> frozenset[tuple[str, str, str]]:
    """Return what the plan changes, and which target it leads to."""
    changes = ranked.plan.changes
    return frozenset((each.kind, each.package, each.to if each.kind == "target" else "") for each in changes)


def _is_better_in_something(ranked: Ranked, other: Ranked) -> bool:
    mine = (not ranked.plan.verified, *ranked.cost[:-1])
    theirs = (not other.plan.verified, *other.cost[:-1])
    return any(one < two for one, two in zip(mine, theirs, strict=True))


def _on_other_targets(situation: Situation, *, whole: bool) -> Iterator[Ranked]:
    """Yield plans with another Python or base, for which what is in the way today has wheels.

    Where nothing else settles all of it (*whole*), what is in the way there may move as well.
    """
    present = present_in(replace(situation, wishes=True))
    stuck = goals(situation.audit) or wishes(situation.audit)
    picks = [each.pick for name, each in present.items() if name in stuck and not each.elsewhere]
    others = (other for other in neighbours(situation.target) if may_help(picks, other))
    for other in islice(others, _MOST_TARGETS):
        there = situation.situate(situation.manifest, other)
        change = Change(kind="target", package="", from_=situation.target.id, to=other.id)
        ranked = ranked_by(situation, there, (change,), _OF_A_TARGET)
        yield ranked
        if ranked.settles_all:
            return
        if whole:
            yield from (_after(ranked, _OF_A_TARGET, more) for more in islice(_by_versions(there), 1))


def _with_replacements(situation: Situation, found: Iterable[Ranked]) -> Iterator[Ranked]:
    """Yield plans in which another distribution takes the place of what no version is known to help."""
    manifest = situation.manifest
    if isinstance(manifest, Lock):
        return
    helped = [
        set(each.plan.leaves) | {change.package for change in each.plan.changes if change.kind == "build"}
        for each in found
    ]
    stuck = set.intersection(*helped) if helped else set(goals(situation.audit) | wishes(situation.audit))
    stuck |= wishes(situation.audit)
    stuck -= situation.spared
    for name in sorted(stuck):
        for replacement in replacements_for(name):
            lines = [line for line in manifest.requirements if line.name == name]
            if lines:
                yield from _with_replacement(situation, manifest, lines[0], replacement)


def _with_replacement(
    situation: Situation, manifest: Manifest, line: Requirement, replacement: Replacement
) -> Iterator[Ranked]:
    old, new = canonicalize_name(replacement.package), canonicalize_name(replacement.by)
    specifier = line.specifier if replacement.same else SpecifierSet(replacement.since)
    if any(each.name == new for each in manifest.requirements):
        return  # it is there already, and which of its ranges would count is for the user to say
    text = f"{replacement.by}{specifier}"
    lines = [replace(line, name=new, specifier=specifier, hashes=(), text=text)]
    changed = with_replacement(manifest, old, lines)
    change = Change(
        kind="replace",
        package=old,
        from_=line.text.partition(";")[0].strip(),
        to=text,
        specifier=str(specifier),
        direct=True,
        via=replacement.why,
        location=Place(path=line.location.path, line=line.location.line or None),
        code=replacement.code,
    )
    there = situation.situate(changed, situation.target)
    ranked = ranked_by(situation, there, (change,), _OF_A_REPLACEMENT)
    if ranked.settles_all:
        yield ranked
        return
    rest = [_after(ranked, _OF_A_REPLACEMENT, more) for more in _by_versions(there)]
    yield min([ranked, *rest], key=lambda each: each.key)


def _after(first: Ranked, cost: Cost, more: Ranked) -> Ranked:
    """Return the plan that begins with the *first*, at that *cost*, and goes on with *more*."""
    result = more.plan.result
    if result is not None and first.plan.result is not None:
        then = {each.package: each for each in (*(first.plan.result.then or ()), *(result.then or ()))}
        result = replace(
            result,
            moved=both(first.plan.result.moved, result.moved),
            then=tuple(then[name] for name in sorted(then)),
        )
    changes, rest = list(first.plan.changes), list(more.plan.changes)
    for place, change in enumerate(changes):
        line = [each for each in rest if each.kind == "version" and each.location == change.location]
        if change.kind == "replace" and len(line) == 1:  # the line that was replaced is written once
            rest.remove(line[0])
            to = f"{line[0].package}{line[0].specifier}"
            changes[place] = replace(change, to=to, specifier=line[0].specifier)
    plan = replace(more.plan, changes=(*changes, *rest), result=result)
    return Ranked(plan=plan, cost=more.cost.plus(cost))
