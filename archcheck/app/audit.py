"""One audit from beginning to end: an input on a target, examined, and the way out where one is needed."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.examined import Question, audit_of, examine
from archcheck.index.model import Project, Unavailable
from archcheck.judge import findings as judge
from archcheck.judge.obstacles import is_new, is_obstacle
from archcheck.model import Trouble
from archcheck.remedy.first_remedy import first_remedy
from archcheck.remedy.lock_setting import with_setting
from archcheck.remedy.plans.compare import goals, in_the_way, wishes
from archcheck.remedy.plans.neighbours import elsewhere
from archcheck.remedy.plans.words import planned_remedies
from archcheck.resolve.model import Resolution
from archcheck.resolve.requirements import constraints_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.app.examined import Examined
    from archcheck.index.model import Index
    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest
    from archcheck.model import Audit, Plan, Remedy, Severity, Ship
    from archcheck.platforms.targets import Target
    from archcheck.policy import Assumption
    from archcheck.remedy.plans.situation import Situation
    from archcheck.resolve.model import Options
    from archcheck.savings.workload import Workload


def audit_input(
    manifest: Manifest | Lock,
    target: Target,
    index: Index,
    options: Options,
    *,
    workload: Workload | None = None,
    assumptions: Mapping[NormalizedName, Assumption] | None = None,
    budget: int | None = None,
    ship: Ship | None = None,
    remedies: bool = True,
    only: frozenset[NormalizedName] | None = None,
    known: Mapping[str, Severity] | None = None,
    guessed: bool = False,
    named: bool = False,
    say: Callable[[str], None] | None = None,
) -> Audit:
    """Return the audit of *manifest* on *target*; what cannot be had is a finding or an error in it.

    The arguments are those of `Question`. Without *remedies* nothing is looked for that helps; else *say* is
    told what is tried. Where *only* names packages, what helps those is looked for, whatever else is there;
    where findings are *known* by their fingerprints, what helps against those that are not, or are worse now.
    Where these are none, no plan is looked for, and a remedy is what the package's own page has. Where the
    target is *guessed*, a note says how the set stands on those beside it; where it was *named*, plans that
    keep it go before those that lead to another.
    """
    question = Question(
        index=index,
        options=options,
        workload=workload,
        assumptions=assumptions or {},
        budget=budget,
        ship=ship,
    )
    examined = examine(manifest, target, question)
    if guessed:
        examined = replace(examined, besides=_beside_the_guess(examined))
    bare = audit_of(examined, {}, {}, None, sought=False)
    if not remedies:
        return bare
    if known is not None:
        news = _news(bare, known)
        only = news if news < goals(bare) | wishes(bare) else only
    if only is not None and not only:
        return audit_of(examined, *_remedies(examined, ()), None)
    if not in_the_way(bare) and not _wanting(examined):
        return replace(bare, plans=())
    found = _plans(examined, bare, say or (lambda _: None), only=only, named=named)
    return audit_of(examined, *_remedies(examined, found), found)


def _beside_the_guess(examined: Examined) -> tuple[str, ...]:
    if not isinstance(examined.arm, Resolution) or not examined.arm.packages:
        return ()
    picks = [chosen.pick for chosen in examined.arm.packages.values()]
    said = elsewhere(picks, examined.target)
    return (f"{examined.target.id} is a guess: {said}",) if said else ()


def _news(bare: Audit, known: Mapping[str, Severity]) -> frozenset[NormalizedName]:
    """Return the packages in the way whose findings are not *known*, or were not as bad."""
    stuck = goals(bare) | wishes(bare)
    return frozenset(
        canonicalize_name(finding.package)
        for finding in bare.findings
        if finding.package in stuck and is_new(finding, known)
    )


def _plans(
    examined: Examined,
    bare: Audit,
    say: Callable[[str], None],
    *,
    only: frozenset[NormalizedName] | None,
    named: bool,
) -> tuple[Plan, ...]:
    """Return the plans for what stands in the way in the *bare* audit."""
    if not in_the_way(bare):
        return ()
    say("a way out")
    from archcheck.remedy.plans.planning import plans  # noqa: PLC0415 - most sets need no plan

    return plans(replace(_situation(examined, bare, say), only=only, named=named))


def _situation(examined: Examined, bare: Audit, say: Callable[[str], None]) -> Situation:
    from archcheck.remedy.plans.situation import Situation  # noqa: PLC0415

    question = examined.question

    tried = count(1)

    def situate(changed: Manifest | Lock, target: Target) -> Situation:
        say(f"a way out on {target.id}, change {next(tried)}")
        again = examine(changed, target, question)
        return _situation(again, audit_of(again, {}, {}, ()), say)

    return Situation(
        manifest=examined.manifest,
        target=examined.target,
        index=question.index,
        options=question.options,
        x86=examined.x86,
        arm=examined.arm,
        comparisons=examined.comparisons,
        found=examined.found,
        audit=bare,
        situate=situate,
    )


def _remedies(
    examined: Examined, plans: tuple[Plan, ...]
) -> tuple[dict[NormalizedName, Remedy], dict[NormalizedName, Trouble]]:
    """Return the remedies, and what kept one from being looked for where there may be one.

    What the best plan does for a package is its remedy; for what it leaves, the first that comes to hand.
    """
    manifest, index = examined.manifest, examined.question.index
    constraints = constraints_of(manifest)
    planned = planned_remedies(examined.comparisons, plans)
    wanting = _wanting(examined)
    stuck = [(comparison, problem) for comparison, problem in wanting if comparison.name not in planned]
    pages = {comparison.name: index.project(comparison.name) for comparison, _ in stuck}
    remedies: dict[NormalizedName, Remedy] = {}
    for comparison, problem in wanting:
        if comparison.name in planned:
            remedy = with_setting(planned[comparison.name], problem, comparison, manifest)
            remedies.setdefault(comparison.name, remedy)
    unlooked: dict[NormalizedName, Trouble] = {}
    for comparison, problem in stuck:
        page = pages[comparison.name].result()
        first = first_remedy(
            comparison,
            problem,
            page if isinstance(page, Project) else None,
            constraint=constraints.get(comparison.name),
            options=examined.question.options,
        )
        if first is not None:
            remedies.setdefault(comparison.name, with_setting(first, problem, comparison, manifest))
        elif isinstance(page, Unavailable) and is_obstacle(problem):
            message = f"{comparison.name}: whether another version installs: {page.reason}"
            unlooked[comparison.name] = Trouble(kind="index", message=message, package=comparison.name)
    return remedies, unlooked


def _wanting(examined: Examined) -> list[tuple[Comparison, Problem]]:
    """Return what was found for which a remedy is looked for."""
    return [each for each in examined.found if judge.wants_remedy(each[1])]
