"""AC009: what a package is, or what it depends on, could not be read; it never counts as ready.

A git checkout, a folder, an index that did not answer. Also a lock that lists no wheel for aarch64 while
nobody could ask the index whether there is one: whether only the lock lacks it is not known.

What another installer puts beside the packages (conda's part of an environment.yml) is not read either. It is
said of the input as a whole, and the rest is judged without it.

It must not fire where the file is known and only its dependencies were read from the next best place: that
lowers the recommendation's confidence, and is no finding.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.judge.problem import Problem, SetProblem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Place, Severity, Status

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison
    from archcheck.judge.whole_set import WholeSet

_NAMED: Final = 5


def not_verifiable(comparison: Comparison) -> Problem | None:
    """Return AC009, of severity unknown, for aarch64 before x86_64."""
    if why := comparison.unasked:
        own = _evidence.locked(comparison.arm) or "the lock lists no wheel of it that fits aarch64"
        return Problem(
            rule="AC009",
            severity=Severity.UNKNOWN,
            message=f"{own}; whether the index has one that fits aarch64: {why}",
            evidence=Evidence(files=_evidence.names(comparison.arm.wheels)),
        )
    for side in (comparison.arm, comparison.x86):
        chosen = side.chosen
        if chosen is None or not (side.status is Status.UNKNOWN or chosen.unknown):
            continue
        why = chosen.doubt or side.reason or "nothing says what it is"
        return Problem(
            rule="AC009",
            severity=Severity.UNKNOWN,
            message=why if side.status is Status.UNKNOWN else f"its dependencies are not known: {why}",
            evidence=Evidence(detail=(f"on {side.machine.architecture}",)),
        )
    return None


def not_audited(whole: WholeSet) -> SetProblem | None:
    """Return AC009 for what another installer puts there, all of it in one; its names are the evidence."""
    others = [skipped for skipped in whole.manifest.skipped if skipped.elsewhere]
    if not others:
        return None
    names = [skipped.text for skipped in others]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    place = others[0].location
    return SetProblem(
        rule="AC009",
        severity=Severity.UNKNOWN,
        message=f"what {others[0].elsewhere} installs was not audited: {', '.join(names[:_NAMED])}{more}",
        evidence=Evidence(detail=tuple(names)),
        about=PurePath(whole.manifest.path).name,
        place=Place(path=place.path, line=place.line or None),
        kind="elsewhere",
    )
