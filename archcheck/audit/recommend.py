"""The recommendation: what the findings of one audit, or of several, add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from archcheck.audit.findings import OBSTACLES
from archcheck.model import Effort, Recommendation, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Finding, Remedy

_ORDER = (
    "ready",
    "nothing-to-audit",
    "remedies-known",
    "unknowns",
    "incomplete",
    "no-remedy",
    "target-unusable",
)


def recommend(
    findings: Sequence[Finding], *, complete: bool, empty: bool, approximate: Sequence[str] = ()
) -> Recommendation:
    """Return which architecture to deploy on.

    *approximate* names packages whose dependencies were read from the next best place: they lower the
    confidence. Ignored findings are among *findings*: ignoring changes the exit code, not what is true.
    """
    unusable = [f for f in findings if f.rule == "AC013" and f.severity is Severity.BLOCKER]
    obstacles = [f for f in findings if f.severity in OBSTACLES and f.rule != "AC013"]
    stuck = [f for f in obstacles if f.remedy is None]
    unknown = [f for f in findings if f.severity is Severity.UNKNOWN]
    if unusable:
        reasons = tuple(f"{f.package}: {f.message}" for f in unusable)
        return _undetermined("target-unusable", reasons)
    if stuck:
        return Recommendation(
            architecture="x86_64",
            when="now",
            effort=None,
            confidence="medium" if unknown or approximate else "high",
            reasons=tuple(f"{_label(f)}: {f.message}, and no remedy is known" for f in stuck),
            code="no-remedy",
        )
    if unknown or not complete:
        reasons = tuple(f"{f.package}: {f.message}" for f in unknown)
        code = "unknowns" if complete else "incomplete"
        return _undetermined(code, reasons or ("the audit is not complete",))
    if obstacles:
        remedies = [f.remedy for f in obstacles if f.remedy is not None]
        return Recommendation(
            architecture="arm64",
            when="after-changes",
            effort=_effort(remedies),
            confidence="low" if any(not r.verified for r in remedies) else "high",
            reasons=tuple(f"{_label(f)}: {f.message}" for f in obstacles),
            code="remedies-known",
        )
    return Recommendation(
        architecture="arm64",
        when="now",
        effort="none",
        confidence="medium" if approximate else "high",
        reasons=_ready_reasons(approximate, empty=empty),
        code="nothing-to-audit" if empty else "ready",
    )


def worst(recommendations: Sequence[Recommendation]) -> Recommendation:
    """Return the recommendation of a whole report: that of its worst audit."""
    return max(recommendations, key=lambda r: _ORDER.index(r.code))


def _undetermined(code: str, reasons: tuple[str, ...]) -> Recommendation:
    assert code in {"target-unusable", "unknowns", "incomplete"}  # noqa: S101 - narrows the literal
    return Recommendation(
        architecture="undetermined",
        when=None,
        effort=None,
        confidence="low",
        reasons=reasons,
        code=code,  # type: ignore[arg-type]
    )


def _ready_reasons(approximate: Sequence[str], *, empty: bool) -> tuple[str, ...]:
    if empty:
        return ("the input asks for no packages",)
    reasons = ["every package installs on aarch64 without a compiler, as it does on x86_64"]
    if approximate:
        names = ", ".join(approximate)
        reasons.append(f"the dependencies of {names} were not read from the file that would be installed")
    return tuple(reasons)


def _effort(remedies: Sequence[Remedy]) -> Effort:
    return max((_effort_of(remedy) for remedy in remedies), key=get_args(Effort).index, default="none")


def _effort_of(remedy: Remedy) -> Effort:
    match remedy.kind:
        case "version":
            return "pin" if remedy.range == "within" else "upgrade"
        case "replace":
            return "replace"
        case "build":
            return "build"
        case "relock":
            return "pin"


def _label(finding: Finding) -> str:
    return f"{finding.package} {finding.version}" if finding.version else finding.package
