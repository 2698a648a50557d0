"""The answer of a run of several audits in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.recommend import is_unsought
from archcheck.report.phrases import plural
from archcheck.report.sections.answer.verdict import SIGNS, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Recommendation, Report


def overall(report: Report) -> Verdict:
    """Return the answer of a run of several audits, which is that of the worst."""
    audits = report.audits
    if not audits:
        return Verdict(sign="?", sentence="nothing was audited")
    total = plural(len(audits), "audit")
    found = _overall(report, [_code(audit.recommendation) for audit in audits], total)
    dearer = sum(audit.recommendation.costs_more for audit in audits)
    if not dearer:
        return found
    sentence = f"{found.sentence}; of {dearer} of them arm64 costs more"
    return Verdict(sign="≈" if found.sign == "✓" else found.sign, sentence=sentence)


def _code(recommendation: Recommendation) -> str:
    """Return the code that words go by: an obstacle is one, looked for a remedy or not."""
    return "no-remedy" if is_unsought(recommendation) else recommendation.code


def _overall(report: Report, codes: Sequence[str], total: str) -> Verdict:
    match _code(report.recommendation):
        case "ready" | "nothing-to-audit":
            return _overall_ready(codes.count("ready"), total)
        case "no-worse":
            builds = codes.count("no-worse")
            has = "has" if builds == 1 else "have"
            sentence = f"no worse than x86_64: {builds} of {total} {has} something to build on either"
            return Verdict(sign="≈", sentence=sentence)
        case "ready-in-part":
            parts = codes.count("ready-in-part")
            of_a_part = f"{parts} of {total} {'is' if parts == 1 else 'are'} of a part of the input"
            return Verdict(sign="?", sentence=f"ready for arm64 as far as it was audited: {of_a_part}")
        case "remedies-known" | "no-remedy":
            stopped = codes.count("remedies-known") + codes.count("no-remedy")
            has = "has" if stopped == 1 else "have"
            return Verdict(sign="✗", sentence=f"not ready for arm64: {stopped} of {total} {has} obstacles")
        case _:
            undecided = sum(code not in {*SIGNS, "ready-in-part", "nothing-to-audit"} for code in codes)
            sentence = f"undetermined: {undecided} of {total} could not be decided"
            return Verdict(sign="?", sentence=sentence)


def _overall_ready(ready: int, total: str) -> Verdict:
    if not ready:
        return Verdict(sign="?", sentence=f"nothing to audit: none of {total} has a package")
    if total == plural(ready, "audit"):
        return Verdict(sign="✓", sentence=f"ready for arm64 now: all {total}")
    return Verdict(sign="✓", sentence=f"ready for arm64 now: {ready} of {total}, the rest has no package")
