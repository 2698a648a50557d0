"""A plan with what it costs: made by comparing the audits before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from archcheck.judge.obstacles import goals, wishes
from archcheck.model import Outlook, Plan
from archcheck.remedy.plans.compare import introduces, leaves, moved, then, unusable
from archcheck.remedy.search.costs import Cost, crossing

if TYPE_CHECKING:
    from collections.abc import Collection

    from archcheck.model import Change, Recommendation
    from archcheck.remedy.plans.situation import Situation


class Ranked(Struct, frozen=True, kw_only=True):
    """A plan, what it costs, and whether less is in the way once it is carried out.

    Problems that it brings count after those that it leaves, and what is yet to be built after both.
    """

    plan: Plan
    cost: Cost
    helps: bool = True

    @property
    def key(self) -> tuple[bool, int, int, int, bool, Cost]:
        """What plans for a target that nobody named are put in order by."""
        return self.order(named=False)

    def order(self, *, named: bool) -> tuple[bool, int, int, int, bool, Cost]:
        """Return what plans are put in order by; one that does not help comes last.

        Where whoever asks *named* the target, one that keeps it goes before any that leads to another and
        leaves no less.
        """
        builds = sum(change.kind == "build" for change in self.plan.changes)
        away = named and any(change.kind == "target" for change in self.plan.changes)
        return not self.helps, self.cost.left, len(self.plan.introduces), builds, away, self.cost

    @property
    def settles_all(self) -> bool:
        """Whether nothing is left to wish for."""
        return not self.cost.left and not self.cost.shared and not self.plan.introduces


def _once_built(found: Recommendation, left: tuple[str, ...]) -> Recommendation:
    """Return what *found* comes to once the rest is built; what is *left* stays in the way all the same."""
    if left or found.code not in {"no-remedy", "unknowns"}:
        return found
    return replace(
        found,
        architecture="arm64",
        when="after-changes",
        effort="build",
        confidence="low",
        code="remedies-known",
    )


def ranked_by(
    here: Situation,
    there: Situation,
    changes: tuple[Change, ...],
    cost: Cost,
    *,
    builds: Collection[str] = (),
) -> Ranked:
    """Return the plan of *changes*, which lead from *here* to *there*.

    *cost* is what the changes come to by themselves; what they leave and move is added. What of it is to be
    built (*builds*) is not left, and nobody has verified that it can be. Nothing helps that contradicts
    itself on either architecture.
    """
    before, after = here.audit, there.audit
    left = tuple(name for name in leaves(before, after) if name not in builds)
    new = introduces(before, after)
    outlook = Outlook(
        target=after.target.id,
        recommendation=_once_built(after.recommendation, left) if builds else after.recommendation,
        summary=after.summary,
        moved=moved(before, after),
        then=then(before, after),
    )
    less = len(left) < len(goals(before)) or len(wishes(after)) < len(wishes(before)) or bool(builds)
    helps = less and not new and there.is_resolved
    told = {error.message for error in before.errors}
    sure = all(error.message in told for error in after.errors)
    plan = Plan(
        rank=1,
        verified=sure and not builds and helps,
        changes=changes,
        leaves=tuple(sorted({*left, *unusable(after)})),
        introduces=new,
        result=outlook,
    )
    cost = cost.plus(Cost(left=len(left), shared=len(wishes(after))))
    for each in outlook.moved:
        if each.from_ is not None and each.to is not None:
            cost = cost.plus(crossing(Version(each.from_), Version(each.to)))
    return Ranked(plan=plan, cost=cost, helps=helps)
