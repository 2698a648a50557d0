"""The layers that deployables of a repository have of it, and what the audits of those tell."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from archcheck.deployables.model import MAKEFILE
from archcheck.deployables.rules import Audited, wheels_of
from archcheck.deployables.rules.flaw import all_pure
from archcheck.deployables.tree import folder_of
from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcheck.app.repositories.outcomes import Outcome, Planned
    from archcheck.deployables import model as stated
    from archcheck.deployables.joined import Unit
    from archcheck.manifest.manifest import Location
    from archcheck.model import Deployable


def declared_in(one: stated.Deployable) -> str:
    """Return where the names hold that *one* may be called by: a module of Terraform's is a folder."""
    path = one.location.path
    return folder_of(path) if one.tool == "terraform" else path


def layers_of(one: stated.Deployable, plan: Planned) -> dict[str, stated.Deployable]:
    """Return the layers of the repository that *one* has, by the names that it calls them by.

    What Terraform's name means is declared in the folder where the name stands, whichever module is given it.
    """
    declared = plan.tree.once("layers", lambda: _declared(plan))
    found: dict[str, stated.Deployable] = {}
    for layer in one.layers:
        place = folder_of(layer.location.path) if one.tool == "terraform" else declared_in(one)
        made = declared.get((layer.name or "", place))
        if made is not None:
            found[made.name] = made
    return found


def _declared(plan: Planned) -> dict[tuple[str, str], stated.Deployable]:
    every = plan.repository.deployables
    return {(each.name, declared_in(each)): each for each in every if each.kind == "layer"}


def layers_besides(mine: Planned, plan: Planned) -> tuple[Unit, ...]:
    """Return the units of *plan* for the layers of what *mine* has, a share of it, and that are not there."""
    stated = [unit.deployable for unit in mine.units.units if unit.deployable is not None]
    wanted = {_key(each) for one in stated for each in layers_of(one, plan).values()}
    wanted -= {_key(one) for one in stated}
    others = ((unit, unit.deployable) for unit in plan.units.units)
    return tuple(unit for unit, one in others if one is not None and _key(one) in wanted)


def audited_layers(
    outcomes: Iterable[Outcome], row: Callable[[Outcome], Deployable]
) -> dict[tuple[str, Location], Audited]:
    """Return what *outcomes* tell of the layers among them, of which the report has what *row* returns."""
    return {
        _key(one): Audited(is_pure=_is_pure(each), fails=_why_it_fails(row(each)))
        for each in outcomes
        if (one := each.unit.deployable) is not None and one.kind == "layer"
    }


def _why_it_fails(layer: Deployable) -> str | None:
    """Return why *layer* cannot be on arm64 as it is; None where it can, or nobody knows."""
    if layer.stands not in {"after-changes", "stays", "failing"}:
        return None
    answer = layer.recommendation
    blockers = (each.message for each in layer.findings if each.severity is Severity.BLOCKER)
    reasons = answer.reasons if answer is not None and answer.code in {"remedies-known", "no-remedy"} else ()
    return next(chain(reasons, blockers), None)


def audited_in(plan: Planned, layer: stated.Deployable) -> Audited:
    """Return what the audit of *layer* tells; nothing where there is none."""
    return plan.layers.get(_key(layer)) or Audited()


def _key(one: stated.Deployable) -> tuple[str, Location]:
    return one.name, one.location


def _is_pure(outcome: Outcome) -> bool:
    """Return whether all that is in it is known, and nothing of it is compiled."""
    unit, one = outcome.unit, outcome.unit.deployable
    natives = unit.natives
    made = one is not None and one.build is not None and one.build.value == MAKEFILE
    if made or outcome.is_lost or unit.missing is not None or unit.steps or unit.installs:
        return False
    if natives.files or natives.unread or natives.cut or not outcome.audits:
        return False
    return all(
        audit.complete and audit.recommendation.code == "ready" and all_pure(wheels_of([audit]))
        for audit in outcome.audits
    )
