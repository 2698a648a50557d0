"""What changed in how the deployables of a repository stand, between two reports on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.judge.obstacles import is_obstacle
from archcheck.report import fleet
from archcheck.report.phrases import at, plural

if TYPE_CHECKING:
    from archcheck.model import Deployable, Report, Standing
    from archcheck.report.sections.diff import DeployableDifference, Difference

_WELL: frozenset[Standing | None] = frozenset({"already", "now"})


class Step(Struct, frozen=True, kw_only=True):
    """A deployable that stands otherwise than before; a standing is None where it is not deployed.

    `words` say how it stood, and how it stands.
    """

    name: str
    where: str
    was: Standing | None
    stands: Standing | None
    words: tuple[str, str]


def steps(difference: Difference) -> tuple[Step, ...]:
    """Return the deployables that stand otherwise; none where only one of the reports is on a repository."""
    if difference.before.fleet is None:
        return ()
    found = (_step(each, difference) for each in difference.deployables)
    return tuple(step for step in found if step.was != step.stands)


def obstacles(difference: Difference) -> tuple[int, int, int]:
    """Return how many obstacles in how things are deployed are new, how many gone, and how many as before."""
    new, fixed, unchanged = (
        [one for each in difference.deployables for one in getattr(each, field)]
        for field in ("new", "fixed", "unchanged")
    )
    return sum(map(is_obstacle, new)), sum(map(is_obstacle, fixed)), sum(map(is_obstacle, unchanged))


def sentence(difference: Difference) -> str:
    """Return what that comes to in a few words, as in `2 more can move`; "" where nothing changed."""
    found = steps(difference)
    kept = [step for step in found if step.was is not None and step.stands is not None]
    moved = sum(step.stands == "already" for step in kept)
    more = sum(step.stands == "now" and step.was not in _WELL for step in kept)
    fewer = sum(step.was in _WELL and step.stands not in _WELL for step in kept)
    back = sum(step.was == "already" and step.stands == "now" for step in kept)
    others = len(kept) - moved - more - fewer - back
    parts = (
        (moved, f"{moved} more {'runs' if moved == 1 else 'run'} on arm64"),
        (more, f"{more} more can move"),
        (fewer, f"{fewer} can move no longer"),
        (back, f"{back} went back to x86_64"),
        (others, f"{others} {'stands' if others == 1 else 'stand'} otherwise"),
        (came := sum(step.was is None for step in found), plural(came, "new deployable")),
        (gone := sum(step.stands is None for step in found), f"{gone} gone"),
    )
    return ", ".join(words for count, words in parts if count)


def _step(each: DeployableDifference, difference: Difference) -> Step:
    shown = each.after or each.before
    if shown is None:
        raise ValueError("a difference of no deployables")
    return Step(
        name=shown.name,
        where=at(shown.source),
        was=fleet.standing_of(each.before) if each.before else None,
        stands=fleet.standing_of(each.after) if each.after else None,
        words=(_words(each.before, difference.before), _words(each.after, difference.after)),
    )


def _words(deployable: Deployable | None, report: Report) -> str:
    return "not there" if deployable is None else fleet.words_of(deployable, report)
