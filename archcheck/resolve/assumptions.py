"""What users say of packages that cannot be read: it stands in for the unknown, never for a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.resolve.model import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from archcheck.policy import Assumption
    from archcheck.resolve.model import Chosen, Outcome


def assume(outcome: Outcome, assumptions: Mapping[NormalizedName, Assumption]) -> Outcome:
    """Return *outcome* with the packages settled that are unknown and of which something is assumed."""
    if isinstance(outcome, Conflict) or not assumptions:
        return outcome
    packages = {
        name: _settled(chosen, assumptions[name]) if name in assumptions and _open(chosen) else chosen
        for name, chosen in outcome.packages.items()
    }
    return replace(outcome, packages=packages)


def _open(chosen: Chosen) -> bool:
    return chosen.unknown or not chosen.pick.known


def _settled(chosen: Chosen, assumption: Assumption) -> Chosen:
    pick = chosen.pick
    if not pick.known:
        pick = replace(pick, known=True, absent=False, incomplete=False, problem=None)
    return replace(chosen, pick=pick, doubt=None, unknown=False, incomplete=False, assumed=assumption)
