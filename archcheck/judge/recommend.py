"""The recommendation: what the findings of one audit, or of several, add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from msgspec.structs import replace

from archcheck.judge.obstacles import DRIFT, is_obstacle, is_one_release, is_unusable
from archcheck.judge.shipping.words import listed
from archcheck.model import Effort, Recommendation, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from archcheck.model import Architecture, Finding, Remedy, Savings

NOT_SOUGHT: Final = "no remedy was looked for (--no-remedies)"
_SHOWN = 5
_ORDER = (
    "ready",
    "nothing-to-audit",
    "no-worse",
    "ready-in-part",
    "remedies-known",
    "unknowns",
    "incomplete",
    "no-remedy",
    "target-unusable",
)


def recommend(
    findings: Sequence[Finding],
    *,
    complete: bool,
    empty: bool,
    approximate: Sequence[str] = (),
    built: Sequence[str] = (),
    unlooked: Collection[str] = (),
    unseen: Sequence[str] = (),
    inspected: bool = True,
    sought: bool = True,
    apart: Collection[Finding] = (),
    shipped: Sequence[str] = (),
) -> Recommendation:
    """Return which architecture to deploy on.

    *approximate* names packages whose dependencies were read from the next best place, *built* those that are
    built on aarch64, *unseen* those whose wheels were not looked into, because they could not be or because
    nothing was *inspected*: they lower the confidence. *unlooked* are those for which no remedy could be
    looked for, so that the audit is not complete. Ignored findings are among *findings*: ignoring changes the
    exit code, not what is true. Those *apart* are unknowns of what another installer puts there (conda): the
    answer is about the rest, and says so. Without *sought* no remedy was looked for. *shipped* is what there
    is to say of the way it gets there.
    """
    whole = _recommend(
        [finding for finding in findings if finding not in apart],
        complete=complete,
        doubts=[*approximate, *unseen],
        built=built,
        unlooked=unlooked,
        sought=sought,
        ready=("the input asks for no packages",)
        if empty
        else (*_ready_reasons(built, approximate), *_unseen_reason(unseen, inspected=inspected)),
    )
    if whole.code == "ready" and empty:
        whole = replace(whole, code="nothing-to-audit")
    if whole.architecture == "arm64":
        whole = replace(whole, reasons=(*whole.reasons, *shipped))
    if not apart:
        return whole
    return replace(
        whole,
        confidence="low",
        reasons=(*whole.reasons, *(finding.message for finding in apart)),
        code="ready-in-part" if whole.code == "ready" else whole.code,
    )


def _recommend(
    findings: Sequence[Finding],
    *,
    complete: bool,
    doubts: Sequence[str],
    built: Sequence[str],
    unlooked: Collection[str],
    sought: bool,
    ready: tuple[str, ...],
) -> Recommendation:
    """Return the answer of *findings*; *ready* are its reasons where nothing stands in the way."""
    unusable = [f for f in findings if is_unusable(f)]
    obstacles = [f for f in findings if is_obstacle(f)]
    stuck = [f for f in obstacles if f.remedy is None and f.package not in unlooked]
    unknown = [f for f in findings if f.severity is Severity.UNKNOWN]
    if unusable:
        return _undetermined("target-unusable", tuple(f"{_label(f)}: {f.message}" for f in unusable))
    if obstacles and not sought:
        reasons = (f"{_label(f)}: {f.message}" for f in obstacles)
        return _undetermined("unknowns", (*reasons, NOT_SOUGHT))
    if stuck:
        return Recommendation(
            architecture="x86_64",
            when="now",
            effort=None,
            confidence=_confidence([*unknown, *doubts, *unlooked]),
            reasons=tuple(f"{_label(f)}: {f.message}, and no remedy is known" for f in stuck),
            code="no-remedy",
        )
    if unknown or not complete:
        return _open(unknown, complete=complete)
    if obstacles:
        return _after_changes(obstacles, doubts)
    drifting = [f for f in findings if f.rule == DRIFT and not is_one_release(f)]
    return Recommendation(
        architecture="arm64",
        when="now",
        effort="build" if built else _effort([f.remedy for f in _leading(drifting) if f.remedy is not None]),
        confidence=_confidence([*doubts, *built, *drifting]),
        reasons=(*ready, *_drift_reason(drifting)),
        code="no-worse" if built else "ready",
    )


def recommend_built(
    findings: Sequence[Finding],
    *,
    asked: Architecture,
    complete: bool,
    empty: bool,
    other_runs: bool,
    unread: Sequence[str] = (),
    unlooked: Collection[str] = (),
    lacking: Sequence[str] = (),
    shipped: Sequence[str] = (),
) -> Recommendation:
    """Return what to do with an artifact of which was asked whether it runs on *asked*.

    *other_runs* tells whether it runs on the other architecture as it is, *unread* are its distributions of
    which some native file's needs were not read, *lacking* what those require that it does not bring; the
    rest is as for `recommend`.
    """
    found = recommend(
        findings, complete=complete, empty=empty, approximate=[*unread, *lacking], unlooked=unlooked
    )
    called: Literal["arm64", "x86_64"] = "arm64" if asked == "aarch64" else "x86_64"
    match found.code:
        case "ready":
            reason = f"every native file in it is for {asked}, and needs nothing that the target lacks"
            if unread:
                reason = f"{reason}, as far as was read (not of {', '.join(unread)})"
            if lacking:
                reason = f"{reason}; it does not bring {listed(lacking)}, which is required in it"
            return replace(found, architecture=called, reasons=(reason, *shipped))
        case "no-remedy" if not other_runs:
            return _undetermined("target-unusable", found.reasons)
        case "no-remedy":
            return replace(found, architecture="x86_64" if asked == "aarch64" else "arm64")
        case "remedies-known":
            return replace(found, architecture=called)
        case _:
            return found


def weighed(found: Recommendation, savings: Savings | None) -> Recommendation:
    """Return *found* with what moving is worth: what costs more on arm64 stays on x86_64, ready or not.

    Nobody who asks whether an artifact runs on x86_64 asks that.
    """
    if savings is None or found.architecture != "arm64" or found.code == "no-remedy":
        return found
    less = savings.percent if savings.monthly_usd is None else savings.monthly_usd
    if less >= 0:
        return replace(found, worth="saves" if less else None)
    more = f"{-less:g}% of the {savings.basis}" if savings.monthly_usd is None else f"${-less:,.2f} a month"
    reasons = (*found.reasons, f"arm64 costs about {more} more, as long as the function takes there")
    return replace(found, worth="costs-more", architecture="x86_64", when="now", reasons=reasons)


def left_open(reasons: tuple[str, ...], *, complete: bool) -> Recommendation:
    """Return the answer where a part of what was asked about is not known, for *reasons*."""
    return _undetermined("unknowns" if complete else "incomplete", reasons)


def is_unsought(recommendation: Recommendation) -> bool:
    """Return whether there are obstacles, and it is open only because no remedy was looked for."""
    return recommendation.code == "unknowns" and NOT_SOUGHT in recommendation.reasons


def worst(recommendations: Sequence[Recommendation]) -> Recommendation:
    """Return the recommendation of a whole report: that of its worst audit."""
    return max(recommendations, key=lambda r: (_ORDER.index(r.code), r.costs_more))


def _open(unknown: Sequence[Finding], *, complete: bool) -> Recommendation:
    reasons = tuple(f"{f.package}: {f.message}" for f in unknown)
    if complete:
        return _undetermined("unknowns", reasons)
    return _undetermined("incomplete", (*reasons, "the audit is not complete"))


def _after_changes(obstacles: Sequence[Finding], doubts: Sequence[str]) -> Recommendation:
    remedies = [f.remedy for f in obstacles if f.remedy is not None]
    return Recommendation(
        architecture="arm64",
        when="after-changes",
        effort=_effort(remedies),
        confidence=_confidence(doubts) if all(r.verified for r in remedies) else "low",
        reasons=tuple(f"{_label(f)}: {f.message}" for f in obstacles),
        code="remedies-known",
    )


def _undetermined(
    code: Literal["target-unusable", "unknowns", "incomplete"], reasons: tuple[str, ...]
) -> Recommendation:
    return Recommendation(
        architecture="undetermined",
        when=None,
        effort=None,
        confidence="low",
        reasons=reasons,
        code=code,
    )


def _confidence(doubts: Sequence[object]) -> Literal["high", "medium"]:
    return "medium" if doubts else "high"


def _ready_reasons(built: Sequence[str], approximate: Sequence[str]) -> Iterator[str]:
    if not built:
        yield "every package installs on aarch64"
    else:
        yield "nothing is worse on aarch64 than on x86_64"
        yield f"{', '.join(built)}: to be built on either; what builds on x86_64 need not build on aarch64"
    if approximate:
        names = ", ".join(approximate)
        yield f"the dependencies of {names} were not read from the file that would be installed"


def _unseen_reason(unseen: Sequence[str], *, inspected: bool) -> Iterator[str]:
    if not inspected and unseen:
        yield "what the wheels hold was not looked into (--no-inspect)"
    elif unseen:
        more = f" and {len(unseen) - _SHOWN} more" if len(unseen) > _SHOWN else ""
        yield f"the wheels of {', '.join(unseen[:_SHOWN])}{more} could not be looked into"


def _leading(drifting: Sequence[Finding]) -> Sequence[Finding]:
    """Return what does not follow another that drifts: pyside6-addons moves with pyside6."""
    names = {finding.package for finding in drifting}
    return [f for f in drifting if names.isdisjoint(f.path[:-1])] or drifting


def _drift_reason(drifting: Sequence[Finding]) -> Iterator[str]:
    if drifting:
        names = list(dict.fromkeys(finding.package for finding in drifting))
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        come = "comes" if len(names) == 1 else "come"
        tested = "what was tested on x86_64 is not what arm64 runs"
        yield f"{', '.join(names[:_SHOWN])}{more} {come} in another version than on x86_64: {tested}"


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
        case "relock" | "rebuild":
            return "pin"
        case "target":
            return "upgrade"


def _label(finding: Finding) -> str:
    return f"{finding.package} {finding.version}" if finding.version else finding.package
