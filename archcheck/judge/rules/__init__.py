"""The rules on single packages, each a small function from a `Comparison` to what it found, or None.

AC010 concerns a whole resolution and stands in `findings`, AC012 has a module of its own, `known`. What a
rule means to a person is told in `data/rules.toml`. Internal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.judge.advisories import known_issue
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status
from archcheck.platforms.wheel_tags import MissKind, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.markers import Marker

    from archcheck.index.model import IndexFile
    from archcheck.judge.comparison import Comparison, NearMiss, Side

MAX_FILES = 5

NEAR_MISSES = {
    MissKind.LIBC_TOO_NEW: "AC003",
    MissKind.PYTHON_OR_ABI: "AC004",
    MissKind.OTHER_LIBC: "AC005",
}
_EXTRA = re.compile(r"""extra == ["']([^"']+)""")


def no_wheel(comparison: Comparison) -> Problem | None:
    """AC001–AC005: nothing, or only an sdist to build, installs on aarch64; named by the nearest miss."""
    arm = comparison.arm
    if not comparison.worse or _names_another_file(comparison) or arm.left_out() or unasked(comparison):
        return None
    builds = arm.status.builds
    near = arm.near_miss()
    if arm.chosen is not None and arm.chosen.assumed is not None:
        rule, message = "AC002", "it is assumed to be compiled code without an aarch64 wheel"
    elif arm.refused:
        rule, message = "AC001", f"its aarch64 wheel is refused: {arm.reason}"
    elif near is None:
        rule, message = ("AC002" if builds else "AC001"), "no aarch64 wheel of any kind"
    else:
        rule, message = NEAR_MISSES[near.kind], _near(arm, near)
    if builds:
        message += "; only the sdist is left, which must be built"
    elif arm.has_sdist:
        message += "; the sdist is not allowed"
    return Problem(
        rule=rule,
        severity=Severity.BUILD if builds else Severity.BLOCKER,
        message=message,
        evidence=Evidence(
            files=_names(near.files) if near else (),
            needs=near.needs if near else None,
            has=near.has if near else None,
            detail=_x86_detail(comparison),
        ),
    )


def _near(side: Side, near: NearMiss) -> str:
    """Return by how much the wheels for this processor miss the target."""
    wheels = f"its {side.machine.architecture} wheels"
    target = side.machine.target.id
    match near.kind:
        case MissKind.LIBC_TOO_NEW:
            return f"{wheels} need {near.needs}; {target} has {near.has}"
        case MissKind.OTHER_LIBC:
            return f"{wheels} for this Python are for {near.needs} alone; {target} has {near.has}"
        case _:
            return f"{wheels} are for {near.needs}, not {near.has}"


def version_drift(comparison: Comparison) -> Problem | None:
    """AC006: aarch64 gets another version than x86_64, without anyone having said so."""
    x86, arm = comparison.x86, comparison.arm
    if not (x86.status.installs and arm.status.installs) or None in {x86.version, arm.version}:
        return None
    if x86.version == arm.version:
        return None
    return Problem(
        rule="AC006",
        severity=Severity.WARNING,
        message=f"aarch64 gets {arm.version} where x86_64 gets {x86.version}",
        evidence=Evidence(files=_pair(comparison), needs=x86.version, has=arm.version),
    )


def slow_fallback(comparison: Comparison) -> Problem | None:
    """AC007: the same version is compiled on x86_64 and pure Python on aarch64."""
    if not _slower(comparison) or comparison.arm.left_out():
        return None
    return Problem(
        rule="AC007",
        severity=Severity.WARNING,
        message="x86_64 gets compiled code, aarch64 the slower pure-Python wheel of the same version",
        evidence=Evidence(files=_pair(comparison)),
    )


def _slower(comparison: Comparison) -> bool:
    x86, arm = comparison.x86, comparison.arm
    return x86.version == arm.version and (x86.status, arm.status) == (Status.WHEEL, Status.PURE_WHEEL)


def x86_only_file(comparison: Comparison) -> Problem | None:
    """AC008: a URL or path names a wheel that only fits x86_64."""
    if not comparison.worse or not _names_another_file(comparison):
        return None
    chosen = comparison.arm.chosen
    file = chosen.pick.file if chosen else None
    name = file.filename if file else comparison.name
    return Problem(
        rule="AC008",
        severity=Severity.BLOCKER,
        message=f"the requirement points at one file, {name}, which is not for aarch64",
        evidence=Evidence(files=(name,), needs=_processor(comparison.arm), has="aarch64"),
    )


def _names_another_file(comparison: Comparison) -> bool:
    """Whether the requirement points at one wheel, and that is for another processor or system."""
    arm = comparison.arm
    return (
        comparison.direct_file
        and arm.status is Status.MISSING
        and not arm.refused
        and arm.near_miss() is None
    )


def _processor(side: Side) -> str | None:
    near = nearest(miss for miss, _ in side.misses())
    return near.needs if near else None


def not_verifiable(comparison: Comparison) -> Problem | None:
    """AC009: what it is, or what it depends on, could not be read."""
    if why := unasked(comparison):
        return Problem(
            rule="AC009",
            severity=Severity.UNKNOWN,
            message=f"the lock lists no wheel of it that fits aarch64; whether there is one: {why}",
            evidence=Evidence(files=_names(comparison.arm.wheels)),
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


def unasked(comparison: Comparison) -> str | None:
    """Return why nobody can tell whether only the lock lacks an aarch64 wheel; None where it is known."""
    chosen = comparison.arm.chosen
    return chosen.unasked if chosen is not None and comparison.worse else None


def target_problem(comparison: Comparison) -> Problem | None:
    """AC013: x86_64 is no better off: the target or the pin is at fault, not the architecture."""
    x86, arm = comparison.x86, comparison.arm
    if not x86.trouble >= arm.trouble > 0:
        return None
    near = x86.near_miss() or arm.near_miss()
    if arm.status is Status.MISSING:
        severity, outcome = Severity.BLOCKER, f"neither architecture can install it on {comparison.target.id}"
    elif x86.status.builds:
        severity, outcome = Severity.WARNING, "must be built on both architectures"
    else:
        severity, outcome = Severity.WARNING, "must be built on aarch64 and does not install on x86_64"
    return Problem(
        rule="AC013",
        severity=severity,
        message=f"{outcome}: {_why_nothing_fits(comparison)}",
        evidence=Evidence(
            files=_names(near.files) if near else _pair(comparison),
            needs=near.needs if near else None,
            has=near.has if near else None,
            detail=tuple(filter(None, [arm.reason])) if arm.status is Status.MISSING else (),
        ),
    )


def _why_nothing_fits(comparison: Comparison) -> str:
    """Return why no wheel of it installs: what is true of x86_64 first, which this is about."""
    arm, sides = comparison.arm, (comparison.x86, comparison.arm)
    missing = arm.status is Status.MISSING
    if missing and arm.chosen is not None and arm.chosen.pick.fit is None:
        # No wheel was even tried: a hash or Requires-Python forbids them all.
        return arm.reason or "nothing installs"
    if any(side.left_out() for side in sides):
        return "the input leaves its wheels out"
    for side in sides:
        if near := side.near_miss():
            return _near(side, near)
    if missing:
        return arm.reason or "nothing installs"
    return "it has no wheel for Linux" if arm.wheels else "it is published as source alone"


def sdist_only(comparison: Comparison) -> Problem | None:
    """AC014: aarch64 installs from an sdist that needs no compiler, x86_64 from a wheel."""
    if comparison.arm.status not in {Status.PURE_SDIST, Status.FALLBACK_SDIST}:
        return None
    if comparison.x86.status not in {Status.WHEEL, Status.PURE_WHEEL}:
        return None
    slower = "without its compiled part " if comparison.arm.status is Status.FALLBACK_SDIST else ""
    return Problem(
        rule="AC014",
        severity=Severity.WARNING,
        message=f"aarch64 installs it {slower}from the sdist, x86_64 from a wheel",
        evidence=Evidence(files=_pair(comparison), detail=tuple(filter(None, [comparison.arm.reason]))),
    )


def lock_omits_wheel(comparison: Comparison) -> Problem | None:
    """AC015: a wheel that fits aarch64 exists, but the input's hashes or formats shut it out."""
    files = comparison.arm.left_out()
    if not files or comparison.direct_file or not (comparison.worse or _slower(comparison)):
        return None
    status = comparison.arm.status
    return Problem(
        rule="AC015",
        severity=Severity.BUILD
        if status.builds
        else Severity.BLOCKER
        if comparison.worse
        else Severity.WARNING,
        message="an aarch64 wheel exists, but the input leaves it out",
        evidence=Evidence(files=_names(files), detail=tuple(filter(None, [comparison.arm.reason]))),
    )


def x86_only_by_marker(comparison: Comparison) -> Problem | None:
    """AC016: its marker asks for it on x86_64 only; look whether aarch64 does without it."""
    chosen = comparison.x86.chosen
    if comparison.arm.status is not Status.NOT_REQUIRED or chosen is None:
        return None
    markers = [
        edge.text if ";" in edge.text else f"{edge.text}; {edge.marker}"  # a lock has it beside the text
        for edge in chosen.wanted_by
        if _shuts_out(edge.marker, comparison)
    ]
    if not markers:
        return None
    return Problem(
        rule="AC016",
        severity=Severity.WARNING,
        message="asked for on x86_64 only, by its marker; see whether aarch64 does without it",
        evidence=Evidence(detail=tuple(markers)),
    )


def _shuts_out(marker: Marker | None, comparison: Comparison) -> bool:
    """Whether the machine makes *marker* false, whichever of the extras it names were asked for."""
    text = str(marker)
    if marker is None or "platform_machine" not in text:
        return False
    return not any(comparison.arm.machine.holds(marker, extra) for extra in _EXTRA.findall(text) or [""])


def _names(files: tuple[IndexFile, ...]) -> tuple[str, ...]:
    return tuple(sorted(file.filename for file in files)[:MAX_FILES])


def _pair(comparison: Comparison) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, [comparison.x86.file, comparison.arm.file])))


def _x86_detail(comparison: Comparison) -> tuple[str, ...]:
    side = comparison.x86
    if side.status is Status.NOT_REQUIRED:
        return ("x86_64 does not need it",)
    return (f"x86_64 installs {side.file}",) if side.file else ()


RULES: tuple[Callable[[Comparison], Problem | None], ...] = (
    no_wheel,
    version_drift,
    slow_fallback,
    x86_only_file,
    not_verifiable,
    known_issue,
    target_problem,
    sdist_only,
    lock_omits_wheel,
    x86_only_by_marker,
)
