"""One audit from beginning to end: an input on a target, examined, and the way out where one is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.examined import Question, audit_of, examine, wanting
from archcheck.judge.obstacles import goals, in_the_way, is_new, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest
    from archcheck.model import Audit, Severity, Ship
    from archcheck.platforms.targets import Target
    from archcheck.policy import Assumption
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
        from archcheck.app.way_out import beside_the_guess  # noqa: PLC0415 - where no target is named

        examined = replace(examined, besides=beside_the_guess(examined))
    bare = audit_of(examined, {}, {}, None, sought=False)
    if not remedies:
        return bare
    if known is not None:
        news = _news(bare, known)
        only = news if news < goals(bare) | wishes(bare) else only
    elsewhere = only is not None and not only
    if not elsewhere and not in_the_way(bare) and not wanting(examined):
        return replace(bare, plans=())
    from archcheck.app.way_out import plans_for, remedies_of  # noqa: PLC0415 - most sets need none

    if elsewhere:
        return audit_of(examined, *remedies_of(examined, ()), None)
    found = plans_for(examined, bare, say or (lambda _: None), only=only, named=named)
    return audit_of(examined, *remedies_of(examined, found), found)


def _news(bare: Audit, known: Mapping[str, Severity]) -> frozenset[NormalizedName]:
    """Return the packages in the way whose findings are not *known*, or were not as bad."""
    stuck = goals(bare) | wishes(bare)
    return frozenset(
        canonicalize_name(finding.package)
        for finding in bare.findings
        if finding.package in stuck and is_new(finding, known)
    )
