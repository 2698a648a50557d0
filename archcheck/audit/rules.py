"""The rules on single packages, each a small function from a `Subject` to what it found, or None.

AC010 concerns a whole resolution and stands in `findings`; AC011, AC012 and AC015's lock files have their
own modules. What a rule means to a person is told in `data/rules.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcheck.audit.pythons import span
from archcheck.fit import MissKind, nearest
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.markers import Marker

    from archcheck.audit.subject import Subject
    from archcheck.fit import Miss
    from archcheck.index.model import IndexFile

MAX_FILES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a rule found about one package."""

    rule: str
    severity: Severity
    message: str
    evidence: Evidence


def no_wheel(subject: Subject) -> Problem | None:
    """AC001–AC005: nothing, or only an sdist to build, installs on aarch64; named by the nearest miss."""
    if not subject.worse or subject.direct_file or subject.arm.left_out():
        return None
    misses = subject.arm.misses()
    near = nearest(miss for miss, _ in misses)
    kind = near.kind if near is not None else None
    files = tuple(file for miss, file in misses if near is not None and miss.kind == near.kind)
    builds = subject.arm.status.builds
    ending = "" if not builds else "; only the sdist is left, which must be built"
    match kind:
        case MissKind.LIBC_TOO_NEW if near is not None:
            rule, message, needs = "AC003", *_libc_too_new(subject, misses)
        case MissKind.OTHER_LIBC:
            other = "musllinux" if subject.target.libc.family == "glibc" else "manylinux (glibc)"
            rule, needs = "AC005", other
            message = (
                f"aarch64 wheels exist for {other} only; {subject.target.base} has {subject.target.libc}"
            )
        case MissKind.PYTHON_OR_ABI if any("aarch64" in file.filename for file in files):
            rule, needs = "AC004", span(miss for miss, file in misses if file in files)
            message = f"aarch64 wheels exist for {needs}, not for {subject.target.python.abi}"
        case _:
            rule, needs, files = ("AC002" if builds else "AC001"), "", ()
            message = "no aarch64 wheel of any kind" + (
                "" if builds else ", and no sdist that could be built"
            )
    return Problem(
        rule=rule,
        severity=Severity.BUILD if builds else Severity.BLOCKER,
        message=message + ending,
        evidence=Evidence(
            files=_names(files),
            needs=needs or None,
            has=str(subject.target.libc) if rule in {"AC003", "AC005"} else subject.target.python.abi,
            detail=_x86_detail(subject),
        ),
    )


def _libc_too_new(subject: Subject, misses: tuple[tuple[Miss, IndexFile], ...]) -> tuple[str, str]:
    least = min(m.libc for m, _ in misses if m.kind is MissKind.LIBC_TOO_NEW and m.libc is not None)
    return f"its aarch64 wheels need {least}; {subject.target.title} has {subject.target.libc}", str(least)


def version_drift(subject: Subject) -> Problem | None:
    """AC006: aarch64 gets another version than x86_64, without anyone having said so."""
    x86, arm = subject.x86, subject.arm
    if not (x86.status.installs and arm.status.installs) or None in {x86.version, arm.version}:
        return None
    if x86.version == arm.version:
        return None
    return Problem(
        rule="AC006",
        severity=Severity.WARNING,
        message=f"aarch64 gets {arm.version} where x86_64 gets {x86.version}",
        evidence=Evidence(files=_pair(subject), needs=x86.version, has=arm.version),
    )


def slow_fallback(subject: Subject) -> Problem | None:
    """AC007: the same version is compiled on x86_64 and pure Python on aarch64."""
    x86, arm = subject.x86, subject.arm
    if x86.version != arm.version or (x86.status, arm.status) != (Status.WHEEL, Status.PURE_WHEEL):
        return None
    return Problem(
        rule="AC007",
        severity=Severity.WARNING,
        message="x86_64 gets compiled code, aarch64 the slower pure-Python wheel of the same version",
        evidence=Evidence(files=_pair(subject)),
    )


def x86_only_file(subject: Subject) -> Problem | None:
    """AC008: a URL or path names a wheel that only fits x86_64."""
    if not subject.direct_file or subject.arm.trouble == 0 or not subject.worse:
        return None
    pick = subject.arm.chosen.pick if subject.arm.chosen else None
    name = pick.file.filename if pick and pick.file else subject.name
    return Problem(
        rule="AC008",
        severity=Severity.BLOCKER if subject.arm.status is Status.MISSING else Severity.BUILD,
        message=f"the requirement points at one file, {name}, which does not fit aarch64",
        evidence=Evidence(files=(name,), needs=pick.problem if pick else None, has="aarch64"),
    )


def not_verifiable(subject: Subject) -> Problem | None:
    """AC009: what it is, or what it depends on, could not be read."""
    for side in (subject.arm, subject.x86):
        chosen = side.chosen
        if chosen is None or not (side.status is Status.UNKNOWN or chosen.unknown):
            continue
        what = "it" if side.status is Status.UNKNOWN else "its dependencies"
        return Problem(
            rule="AC009",
            severity=Severity.UNKNOWN,
            message=f"{what} could not be determined: {chosen.doubt or side.reason}",
            evidence=Evidence(detail=(f"on {side.machine.architecture}",)),
        )
    return None


def target_problem(subject: Subject) -> Problem | None:
    """AC013: x86_64 is no better off: the target or the pin is at fault, not the architecture."""
    x86, arm = subject.x86, subject.arm
    if x86.trouble == 0 or arm.trouble != x86.trouble:
        return None
    if arm.status is Status.MISSING:
        reason = arm.reason or "nothing installs"
        if near := nearest(miss for miss, _ in arm.misses()):
            reason = f"{reason} (nearest: {near.needs})"
        return Problem(
            rule="AC013",
            severity=Severity.BLOCKER,
            message=f"neither architecture can install it on {subject.target.id}: {reason}",
            evidence=Evidence(files=_names(arm.wheels), needs=reason, has=subject.target.id),
        )
    return Problem(
        rule="AC013",
        severity=Severity.WARNING,
        message=f"must be built on both architectures: no wheel fits {subject.target.id}",
        evidence=Evidence(files=_pair(subject), has=subject.target.id),
    )


def sdist_only(subject: Subject) -> Problem | None:
    """AC014: aarch64 installs from an sdist that needs no compiler, x86_64 from a wheel."""
    if subject.arm.status not in {Status.PURE_SDIST, Status.FALLBACK_SDIST}:
        return None
    if subject.x86.status not in {Status.WHEEL, Status.PURE_WHEEL}:
        return None
    slower = "without its compiled part " if subject.arm.status is Status.FALLBACK_SDIST else ""
    return Problem(
        rule="AC014",
        severity=Severity.WARNING,
        message=f"aarch64 installs it {slower}from the sdist, x86_64 from a wheel",
        evidence=Evidence(files=_pair(subject), detail=tuple(filter(None, [subject.arm.reason]))),
    )


def lock_omits_wheel(subject: Subject) -> Problem | None:
    """AC015: a wheel that fits aarch64 exists, but the input's hashes or formats shut it out."""
    files = subject.arm.left_out()
    if not subject.worse or not files or subject.direct_file:
        return None
    builds = subject.arm.status.builds
    return Problem(
        rule="AC015",
        severity=Severity.BUILD if builds else Severity.BLOCKER,
        message="an aarch64 wheel exists, but the input leaves it out",
        evidence=Evidence(files=_names(files), detail=tuple(filter(None, [subject.arm.reason]))),
    )


def x86_only_by_marker(subject: Subject) -> Problem | None:
    """AC016: its marker asks for it on x86_64 only; look whether aarch64 does without it."""
    chosen = subject.x86.chosen
    if subject.arm.status is not Status.NOT_REQUIRED or chosen is None:
        return None
    markers = [edge.text for edge in chosen.wanted_by if _shuts_out(edge.marker, subject)]
    if not markers:
        return None
    return Problem(
        rule="AC016",
        severity=Severity.WARNING,
        message="asked for on x86_64 only, by its marker; see whether aarch64 does without it",
        evidence=Evidence(detail=tuple(markers)),
    )


def _shuts_out(marker: Marker | None, subject: Subject) -> bool:
    return marker is not None and "platform_machine" in str(marker) and not subject.arm.machine.holds(marker)


def _names(files: tuple[IndexFile, ...]) -> tuple[str, ...]:
    return tuple(sorted(file.filename for file in files)[:MAX_FILES])


def _pair(subject: Subject) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, [subject.x86.file, subject.arm.file])))


def _x86_detail(subject: Subject) -> tuple[str, ...]:
    side = subject.x86
    if side.status is Status.NOT_REQUIRED:
        return ("x86_64 does not need it",)
    return (f"x86_64 installs {side.file}",) if side.file else ()


RULES: tuple[Callable[[Subject], Problem | None], ...] = (
    no_wheel,
    version_drift,
    slow_fallback,
    x86_only_file,
    not_verifiable,
    target_problem,
    sdist_only,
    lock_omits_wheel,
    x86_only_by_marker,
)
