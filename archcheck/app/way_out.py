"""The way out where one is needed: plans and remedies for what an audit found."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.examined import audit_of, examine, wanting
from archcheck.index.model import Project, Unavailable
from archcheck.judge.obstacles import in_the_way, is_obstacle
from archcheck.model import Trouble
from archcheck.remedy.first_remedy import first_remedy
from archcheck.remedy.lock_setting import with_setting
from archcheck.remedy.plans.neighbours import elsewhere
from archcheck.remedy.plans.words import planned_remedies
from archcheck.resolve.model import Resolution
from archcheck.resolve.requirements import constraints_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from archcheck.app.examined import Examined
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest
    from archcheck.model import Audit, Plan, Remedy
    from archcheck.platforms.targets import Target
    from archcheck.remedy.plans.situation import Situation


def beside_the_guess(examined: Examined) -> tuple[str, ...]:
    """Return how the set stands on the targets beside the one that is a guess."""
    if not isinstance(examined.arm, Resolution) or not examined.arm.packages:
        return ()
    picks = [chosen.pick for chosen in examined.arm.packages.values()]
    said = elsewhere(picks, examined.target)
    return (f"{examined.target.id} is a guess: {said}",) if said else ()


def plans_for(
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


def remedies_of(
    examined: Examined, plans: tuple[Plan, ...]
) -> tuple[dict[NormalizedName, Remedy], dict[NormalizedName, Trouble]]:
    """Return the remedies, and what kept one from being looked for where there may be one.

    What the best plan does for a package is its remedy; for what it leaves, the first that comes to hand.
    """
    manifest, index = examined.manifest, examined.question.index
    constraints = constraints_of(manifest)
    planned = planned_remedies(examined.comparisons, plans)
    wants = wanting(examined)
    stuck = [(comparison, problem) for comparison, problem in wants if comparison.name not in planned]
    pages = {comparison.name: index.project(comparison.name) for comparison, _ in stuck}
    remedies: dict[NormalizedName, Remedy] = {}
    for comparison, problem in wants:
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
