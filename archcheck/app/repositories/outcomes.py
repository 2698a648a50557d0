"""What is to be audited of a repository, and what became of each of it, as values."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.app.targeting import spelled
from archcheck.deployables.joined import Unit, Units
from archcheck.deployables.repository import Repository
from archcheck.deployables.rules import Audited
from archcheck.deployables.tree import Tree
from archcheck.files import absolute
from archcheck.manifest.manifest import Location
from archcheck.model import Audit

if TYPE_CHECKING:
    from archcheck.app.request import Request


class Planned(Struct, frozen=True, kw_only=True):
    """What is to be audited of a repository: its `units`, whose paths are seen from `tree.root`.

    `layers` has what their audits tell of the layers, by name and place; empty before.
    """

    tree: Tree
    folder: str
    repository: Repository
    units: Units
    layers: dict[tuple[str, Location], Audited] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found: no deployable of any language, no input, and nothing that is wrong."""
        units, problems = self.units, self.repository.problems
        return not (units.units or units.others or units.images or units.left_out or problems)


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one unit: its audits, or why there is none."""

    unit: Unit
    audits: tuple[Audit, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether an input of it cannot be read, or what builds it says nothing of it."""
        one = self.unit.deployable
        return bool(self.problems) or (one is not None and one.is_lost)


def seen_by(request: Request, plan: Planned, path: str) -> str:
    """Return *path*, which is seen from the repository's root, as it is seen from where *request* is made."""
    return spelled(absolute(plan.tree.root, path), request.cwd)
