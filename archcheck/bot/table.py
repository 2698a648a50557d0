"""The table at the head of a comment, and how texts of strangers are escaped and shortened for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report import fleet, phrases
from archcheck.report.formats.markdown_terms import code as shown_code
from archcheck.report.formats.markdown_terms import prose
from archcheck.report.sections import answer, sizes
from archcheck.report.sections.diff import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archcheck.model import Audit, Recommendation, Report
    from archcheck.report.sections.diff import AuditDifference

ROWS = 12
_LONGEST = 300  # characters of one name or message: more tells nobody anything


_RECOMMENDED = {
    "ready": "✓ arm64 now",
    "no-worse": "≈ arm64 is no worse: builds on either",
    "ready-in-part": "? arm64 as far as it was audited",
    "no-remedy": "✗ x86\\_64: no remedy is known",
    "nothing-to-audit": "nothing to audit",
}


def text(said: str) -> str:
    """Return *said*, of a bearable length, so that it shows as it is."""
    return prose(_short(said))


def code(said: str) -> str:
    """Return *said*, of a bearable length, as code."""
    return shown_code(_short(said))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def verdicts(audits: Sequence[Audit]) -> Iterator[str]:
    """Yield where each audit stands, a line each."""
    for audit in audits[:ROWS]:
        said = [str(answer.verdict(audit))] if len(audits) > 1 else []
        said += filter(None, (answer.advice(audit.recommendation), answer.worth(audit)))
        yield f"- {_where(audit)}{''.join(f'; {text(each)}' for each in said)}"
    if len(audits) > ROWS:
        yield f"- and {len(audits) - ROWS} more"
    yield ""


def standings(report: Report) -> Iterator[str]:
    """Yield how each deployable stands, a line each, first those that cannot move as they are."""
    rows = sorted(fleet.rows(report), key=lambda row: row.standing in {"already", "now"})
    for row in rows[:ROWS]:
        yield f"- {code(row.name)} ({code(row.where)}): {text(f'{row.sign} {row.verdict}')}"
    if len(rows) > ROWS:
        yield f"- and {len(rows) - ROWS} more"
    yield ""


def table(pairs: Sequence[AuditDifference], *, request: str) -> Iterator[str]:
    """Yield base against head: of one audit in detail, of several a row each, the changed ones first.

    *request* is what the forge calls a pull request.
    """
    if len(pairs) == 1:
        yield from _details(pairs[0], request)
        return
    ordered = sorted(pairs, key=lambda pair: _stand(pair.before) == _stand(pair.after))
    yield from (f"| | base | this {request} |", "| --- | --- | --- |")
    for pair in ordered[:ROWS]:
        effect = str(sizes.effect(pair) or "")
        more = f"; download {effect}" if effect else ""
        yield f"| {_where(present(pair))} | {_stand(pair.before)} | {_stand(pair.after)}{more} |"
    yield ""
    if len(ordered) > ROWS:
        yield from (f"and {len(ordered) - ROWS} more", "")


def _details(pair: AuditDifference, request: str) -> Iterator[str]:
    yield from (f"| {_where(present(pair))} | base | this {request} |", "| --- | --- | --- |")
    for title, cell in _CELLS:
        base, head = (cell(each) if each else "not there" for each in (pair.before, pair.after))
        if base != head or title == "recommendation":  # what is as it was is no news, but for the answer
            yield f"| {title} | {base or '–'} | {head or '–'} |"
    if effect := str(sizes.effect(pair) or ""):
        was, now = (sizes.download(each) for each in (pair.before, pair.after) if each)
        yield f"| download for arm64 | {was} | {now} ({effect}) |"
    yield ""


def _stand(audit: Audit | None) -> str:
    if audit is None:
        return "not there"
    return f"{_recommended(audit.recommendation)} ({text(phrases.counts(audit))})"


def _recommended(recommendation: Recommendation) -> str:
    if recommendation.costs_more:
        return "≈ x86\\_64: arm64 costs more"
    if recommendation.code == "remedies-known":
        return f"✗ arm64 after changes (effort: {recommendation.effort})"
    return _RECOMMENDED.get(recommendation.code, "? undetermined")


_CELLS: tuple[tuple[str, Callable[[Audit], str]], ...] = (
    ("recommendation", lambda audit: _recommended(audit.recommendation)),
    ("packages", lambda audit: text(phrases.counts(audit))),
    ("saving", lambda audit: text(answer.worth(audit))),
)


def _where(audit: Audit) -> str:
    return f"{code(phrases.input_name(audit.input))} on {code(audit.target.id)}"
