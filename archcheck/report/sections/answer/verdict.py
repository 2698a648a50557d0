"""The answer of one audit in one line; the recommendation's code decides it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.formats import row_of
from archcheck.judge.obstacles import is_apart, is_unusable
from archcheck.judge.recommend import is_unsought
from archcheck.report.phrases import (
    CONFLICT,
    TOO_LARGE,
    all_findings,
    input_name,
    obstacles,
    outcome,
    plural,
    target_problems,
    unknowns,
)

if TYPE_CHECKING:
    from archcheck.model import Audit, Recommendation

Sign = Literal["✓", "≈", "✗", "?"]

SIGNS: dict[str, Sign] = {"ready": "✓", "no-worse": "≈", "remedies-known": "✗", "no-remedy": "✗"}
"""The mark of each answer that is one, by the recommendation's code."""
_NAMED = 4
# Only of an artifact, and where x86_64 is what was asked about.
_ABOUT_X86 = {("ready", "x86_64"), ("remedies-known", "x86_64"), ("no-remedy", "arm64")}


class Verdict(Struct, frozen=True, kw_only=True):
    """The answer: ready, no worse than x86_64, not ready, or not to be told."""

    sign: Sign
    sentence: str

    def __str__(self) -> str:
        return f"{self.sign} {self.sentence}"


def verdict(audit: Audit) -> Verdict:
    """Return the answer of one audit."""
    recommendation = audit.recommendation
    if is_about_x86(recommendation):
        return _on_x86(audit)
    match recommendation.code:
        case "ready":
            sentence = _ready(audit)
        case "no-worse":
            sentence = _no_worse(audit)
        case "ready-in-part":
            sentence = f"ready for arm64{_in_an_image(audit)} as far as it was audited: {_in_part(audit)}"
        case "remedies-known":
            sentence = f"not ready for arm64: {_what_stops(audit)}"
        case "unknowns" if is_unsought(recommendation):
            sentence = f"not ready for arm64: {_what_stops(audit)} (no remedy was looked for)"
        case "no-remedy":
            sentence = f"stay on x86_64: {_what_stops(audit)}; {_what_has_no_remedy(audit)}"
        case "nothing-to-audit":
            sentence = f"nothing to audit: {input_name(audit.input)} asks for no package"
        case _:
            sentence = f"undetermined: {_why_undetermined(audit)}"
    guessed = f" (on {audit.target.id}, a guess)" if audit.target.is_guessed else ""
    if recommendation.costs_more and recommendation.code != "nothing-to-audit":
        sentence = f"stay on x86_64, where it costs less ({sentence})"
    return Verdict(sign=sign_of(recommendation), sentence=f"{sentence}{guessed}")


def sign_of(recommendation: Recommendation) -> Sign:
    """Return the mark of an answer; what could move and had better not never has that of ready."""
    sign = "✗" if is_unsought(recommendation) else SIGNS.get(recommendation.code, "?")
    return "≈" if sign == "✓" and recommendation.costs_more else sign


def is_about_x86(recommendation: Recommendation) -> bool:
    """Return whether it answers for an artifact of which was asked whether it runs on x86_64."""
    asked = (recommendation.code, recommendation.architecture) in _ABOUT_X86
    return asked and not recommendation.costs_more


def _why_undetermined(audit: Audit) -> str:
    match audit.recommendation.code:
        case "target-unusable" if row_of(audit.input.kind).built:
            return f"it does not run on x86_64 either: {_what_stops(audit)}"
        case "target-unusable":
            return _too_large_for_both(audit) or "the set does not install on x86_64 either"
        case "unknowns":
            return _what_is_unknown(audit)
        case _:
            return _what_is_missing(audit)


def _on_x86(audit: Audit) -> Verdict:
    """Return the answer for an artifact of which was asked whether it runs on x86_64."""
    match audit.recommendation.code:
        case "ready":
            return Verdict(sign="✓", sentence="runs on x86_64")
        case _:
            return Verdict(sign="✗", sentence=f"does not run on x86_64: {_what_stops(audit)}")


def _ready(audit: Audit) -> str:
    summary, now = audit.summary, f"ready for arm64 now{_in_an_image(audit)}"
    if row_of(audit.input.kind).built:
        return f"ready for arm64 now: it runs there as it is ({plural(summary.packages, 'package')})"
    if summary.packages == 1 == summary.ready:
        return f"{now}: its 1 package installs"
    if summary.packages == summary.ready:
        return f"{now}: all {summary.packages} packages install"
    return f"{now}: {summary.ready} of {plural(summary.packages, 'package')} install"


def _no_worse(audit: Audit) -> str:
    """Return that something must be built on either architecture, and what that takes."""
    building = [package.on("aarch64") for package in audit.packages if package.on("aarch64").status.builds]
    said = (re.sub(r" \(\S+:[0-9]+\)$", "", each) for result in building for each in result.takes)
    takes = list(dict.fromkeys(said))
    more = f" and {len(takes) - _NAMED} more" if len(takes) > _NAMED else ""
    which = f", which takes {', '.join(takes[:_NAMED])}{more}" if takes else ""
    of_all = f"{len(building)} of {plural(audit.summary.packages, 'package')}"
    return f"no worse than x86_64{_in_an_image(audit)}: {of_all} must be built on either{which}"


def _in_an_image(audit: Audit) -> str:
    """Return that it takes a container image, where nobody asked for one; "" where a zip will do."""
    sizes = audit.sizes
    unasked = sizes is not None and sizes.ship != "image" and sizes.aarch64.way == "image"
    return ", as a container image" if unasked else ""


def _in_part(audit: Audit) -> str:
    parts = [finding for finding in all_findings(audit) if is_apart(finding, audit.input.path)]
    summary = audit.summary
    verb = "installs" if summary.ready == 1 else "install"
    rest = f"{summary.ready} of {plural(summary.packages, 'package')} {verb}"
    return "; ".join([rest, *(one.message for one in parts)])


# A lock for other machines concerns the set as a whole instead of one package.
_OF_THE_SET = {"AC015"}
# What obstacles come to, worst first, of one package and of several.
_STOPS = {
    "does not install": "do not install",
    "does not load": "do not load",
    "installs and fails": "install and fail",
    "needs a build": "need a build",
}


def _what_stops(audit: Audit) -> str:
    packages = {package.name for package in audit.packages}
    for finding in obstacles(audit):
        if finding.rule in _OF_THE_SET and finding.package not in packages:
            return finding.message
        if finding.rule == CONFLICT:
            return f"the requirements on {finding.package} cannot be met together on aarch64"
    least_first = sorted(obstacles(audit), key=lambda finding: -finding.severity.rank)
    counts = Counter({finding.package: outcome(finding) for finding in least_first}.values())
    parts: list[str] = []
    for one, many in _STOPS.items():
        if count := counts[one]:
            whole = "more" if parts else f"of {plural(audit.summary.packages, 'package')}"
            parts.append(f"{count} {whole} {one if count == 1 else many}")
    too_large = [finding.message for finding in obstacles(audit) if finding.rule == TOO_LARGE]
    return "; ".join(filter(None, (", ".join(parts), *too_large))) or _first_reason(audit.recommendation)


def _too_large_for_both(audit: Audit) -> str:
    """Return that the set fits on neither architecture, where it installs; else ""."""
    sizes = audit.sizes
    if sizes is None or sizes.limits is None or sizes.x86_64.way or sizes.aarch64.way:
        return ""
    unusable = filter(is_unusable, target_problems(audit))
    messages = {finding.message for finding in unusable}
    return messages.pop() if len(messages) == 1 and not audit.summary.blocked else ""


def _what_has_no_remedy(audit: Audit) -> str:
    stops = {finding.package for finding in obstacles(audit)}
    stuck = {finding.package for finding in obstacles(audit) if finding.remedy is None}
    return f"no remedy is known for {len(stuck)} of them" if stuck < stops else "no remedy is known"


def _what_is_unknown(audit: Audit) -> str:
    found = [finding for finding in unknowns(audit) if not is_apart(finding, audit.input.path)]
    count = len({finding.package for finding in found})
    if not count:
        return _first_reason(audit.recommendation)
    besides = f"; besides, {_what_stops(audit)}" if obstacles(audit) else ""
    return f"{count} of {plural(audit.summary.packages, 'package')} could not be determined{besides}"


def _what_is_missing(audit: Audit) -> str:
    missing = [trouble for trouble in audit.errors if trouble.kind != "skipped"]
    if not missing:
        return _first_reason(audit.recommendation)
    first = missing[0]
    about = f"{first.package}: " if first.package and first.package not in first.message else ""
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return f"the audit is not complete: {about}{first.message}{more}"


def _first_reason(recommendation: Recommendation) -> str:
    return recommendation.reasons[0] if recommendation.reasons else "the audit is not complete"


def advice(recommendation: Recommendation) -> str:
    """Return what to do about a "no", how much work it is and how sure that is; "" for the other answers."""
    confidence = f"confidence: {recommendation.confidence}"
    match recommendation.code:
        case "remedies-known" if recommendation.costs_more:
            return f"each has a remedy, should arm64 be wanted all the same ({confidence})"
        case "remedies-known":
            effort = f"effort: {recommendation.effort}, " if recommendation.effort else ""
            return f"each has a remedy: arm64 after changes ({effort}{confidence})"
        case "ready-in-part":
            return f"arm64 now, for the part that was audited ({confidence})"
        case "no-remedy":
            return f"arm64 has to wait ({confidence})"
        case _:
            return ""


def grounds(audit: Audit, *, verbose: bool) -> tuple[str, ...]:
    """Return the recommendation's reasons that neither the verdict nor a finding tells already."""
    recommendation = audit.recommendation
    if not verbose and recommendation.architecture != "undetermined":
        return ()
    said = verdict(audit).sentence
    messages = [finding.message for finding in all_findings(audit)]
    return tuple(
        reason
        for reason in recommendation.reasons
        if reason not in said and not any(message in reason for message in messages)
    )
