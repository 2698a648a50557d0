"""AC015: a wheel that fits aarch64 exists, but the lock, its hashes or the formats it allows shut it out.

The lock was made on x86_64 by a tool that writes down that machine's files alone, or before the release had
its aarch64 wheel (PyMuPDF#3077); the remedy is to lock again, with no version changed. The same holds of a
whole lock whose environments leave out aarch64, as uv's `environments` may.

It must not fire where aarch64 is as well off with what is let in, nor on one file that the requirement points
at (AC008), nor, for a whole lock, where x86_64 is left out too (AC013) or the project is for another Python.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.formats import row_of
from archcheck.judge.problem import Problem, SetProblem
from archcheck.judge.rules import _evidence
from archcheck.judge.rules.slow_fallback import is_slower
from archcheck.manifest.lock import Lock
from archcheck.model import Evidence, Place, Remedy, Severity
from archcheck.resolve.outcomes import covers

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison, Side
    from archcheck.judge.whole_set import WholeSet

AARCH64: Final = "\"sys_platform == 'linux' and platform_machine == 'aarch64'\""
"""The environment as settings have it."""


def lock_omits_wheel(comparison: Comparison) -> Problem | None:
    """Return AC015 for a package: a blocker, a build or a warning, by what is left without the wheel."""
    files = comparison.arm.left_out()
    if not files or comparison.direct_file or not (comparison.worse or is_slower(comparison)):
        return None
    status = comparison.arm.status
    return Problem(
        rule="AC015",
        severity=Severity.BUILD
        if status.builds
        else Severity.BLOCKER
        if comparison.worse
        else Severity.WARNING,
        message=_message(comparison.arm),
        evidence=Evidence(files=_evidence.names(files), detail=tuple(filter(None, [comparison.arm.reason]))),
    )


def _message(arm: Side) -> str:
    if own := _evidence.locked(arm):
        return f"the index has an aarch64 wheel that fits, and the lock leaves it out: {own}"
    return "an aarch64 wheel that fits exists, but the input leaves it out"


def lock_omits_environment(whole: WholeSet) -> SetProblem | None:
    """Return AC015 for a lock whose own environments leave out aarch64 alone, AC013 where x86_64 too."""
    lock, target = whole.manifest, whole.target
    if not isinstance(lock, Lock) or whole.other_pythons is not None or covers(lock, target.on("aarch64")):
        return None
    alone = covers(lock, target.on("x86_64"))
    where = "aarch64" if alone else target.id
    setting = row_of(lock.kind).admits if alone else ""
    adds = row_of(lock.kind).adds if alone else ""
    there = f"{where} to {setting} ({AARCH64})" if setting else f"{where} to the lock's environments"
    return SetProblem(
        rule="AC015" if alone else "AC013",
        severity=Severity.BLOCKER,
        message=f"the lock is for other environments than {where}: its installer refuses to use it there",
        evidence=Evidence(needs="another environment", has=where),
        about=PurePath(lock.path).name,
        place=Place(path=lock.path, line=None),
        remedy=Remedy(kind="relock", message=adds or f"admit {there}, and lock again"),
    )
