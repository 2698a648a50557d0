"""AC010: the requirements cannot be met together on aarch64, though they can on x86_64.

Two packages set bounds on a third, and no version inside both has a file for aarch64. Where x86_64 cannot be
resolved either it is the target's problem (AC013), and where x86_64 alone cannot, a warning of that code:
arm64 is no worse for it.

It must not fire where the search was given up, which is no answer (an error of the audit says so), on a lock,
whose versions are read and not searched for, nor where the project is for another Python: nothing else is to
be said then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.problem import SetProblem
from archcheck.manifest.lock import Lock
from archcheck.model import Evidence, Place, Severity
from archcheck.resolve.model import Conflict

if TYPE_CHECKING:
    from archcheck.judge.whole_set import WholeSet
    from archcheck.resolve.model import Cause, Outcome


def conflict(whole: WholeSet) -> SetProblem | None:
    """Return AC010 where aarch64 alone cannot be resolved, AC013 where x86_64 cannot."""
    if whole.other_pythons is not None or isinstance(whole.manifest, Lock):
        return None
    on_arm, on_x86 = _conflict(whole.arm), _conflict(whole.x86)
    found = on_arm or on_x86
    if found is None:
        return None
    where = "on either architecture" if on_arm and on_x86 else f"on {found.machine.architecture} alone"
    lines = tuple(_side(cause) for cause in found.causes)
    location = next((cause.location for cause in found.causes if cause.location), None)
    return SetProblem(
        rule="AC013" if on_x86 else "AC010",
        severity=Severity.BLOCKER if on_arm else Severity.WARNING,
        message=f"the requirements cannot be met together {where}: {'; '.join(lines)}",
        evidence=Evidence(detail=lines),
        about=found.package,
        place=Place(path=location.path, line=location.line or None) if location else None,
    )


def _conflict(outcome: Outcome) -> Conflict | None:
    return outcome if isinstance(outcome, Conflict) and outcome.gave_up is None else None


def _side(cause: Cause) -> str:
    if cause.chain:
        return f"{' → '.join(cause.chain)} wants {cause.wants}"
    return f"{cause.location or 'the input'} wants {cause.wants}"
