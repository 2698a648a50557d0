"""A plan beside the files that it was made of: what it says counts, and they say where it stands. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.deployables.terraform.plan import unindexed
from archcheck.deployables.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.deployables.model import Deployable, Found


def by_plans(found: Iterable[tuple[str, Found]]) -> list[tuple[str, Found]]:
    """Return what is *found*, that of Terraform's files once where a plan beside them says it as well.

    A plan knows what variables come to and how many there are of each; lines to change are in the files.
    """
    answers = list(found)
    planned = {folder_of(path) for path, one in answers if _is_plan(path, one)}
    places = {
        (folder_of(path), each.name): each
        for path, one in answers
        if path.endswith(".tf") and folder_of(path) in planned
        for each in one.deployables
    }
    result = []
    for path, one in answers:
        if path.endswith(".tf") and folder_of(path) in planned:
            result.append((path, replace(one, deployables=())))
        elif _is_plan(path, one):
            placed = tuple(
                _placed(each, places.get((folder_of(path), unindexed(each.name)))) for each in one.deployables
            )
            result.append((path, replace(one, deployables=placed)))
        else:
            result.append((path, one))
    return result


def _is_plan(path: str, found: Found) -> bool:
    return path.endswith(".json") and any(each.tool == "terraform" for each in found.deployables)


def _placed(planned: Deployable, written: Deployable | None) -> Deployable:
    return planned if written is None else replace(planned, location=written.location)
