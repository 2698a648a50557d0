"""Which findings do not count because somebody accepted them, and what became of those decisions."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec.structs import fields, replace
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from archcheck.judge import rule_texts
from archcheck.model import Finding, Ignored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from archcheck.model import Audit
    from archcheck.policy import Ignore


def set_aside(audits: Sequence[Audit], ignores: Sequence[Ignore], *, today: date) -> tuple[Audit, ...]:
    """Return *audits* with the findings that *ignores* accept among the ignored ones.

    Recommendation, obstacles and packages stay as they are: what is ignored is still true. The notes say
    which ignores are over, and which matched nothing in any of the audits.
    """
    used: set[int] = set()
    done = [_audit(audit, ignores, today, used) for audit in audits]
    unused = tuple(_about(ignore, _unused(ignore)) for n, ignore in enumerate(ignores) if n not in used)
    return tuple(replace(audit, notes=(*audit.notes, *unused)) for audit in done)


def _audit(audit: Audit, ignores: Sequence[Ignore], today: date, used: set[int]) -> Audit:
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    notes: dict[str, None] = {}
    for finding in audit.findings:
        matching = [(n, ignore) for n, ignore in enumerate(ignores) if _matches(ignore, finding)]
        used.update(n for n, _ in matching)
        over = {n: _over(ignore, finding, today) for n, ignore in matching}
        valid = [ignore for n, ignore in matching if not over[n]]
        if valid:
            ignored.append(_ignored(finding, valid[0]))
        else:
            kept.append(finding)
            notes.update((_about(ignore, over[n]), None) for n, ignore in matching)
    return replace(
        audit,
        findings=tuple(kept),
        ignored=(*audit.ignored, *ignored),
        summary=replace(audit.summary, ignored=audit.summary.ignored + len(ignored)),
        notes=(*audit.notes, *notes),
    )


def _matches(ignore: Ignore, finding: Finding) -> bool:
    # What is told of the whole input stands under the name of its file: uv.lock, environment.yml.
    return (
        ignore.rule in {None, finding.rule}
        and fnmatchcase(canonicalize_name(finding.package), ignore.package)
        and fnmatchcase(finding.target, ignore.target)
        and _has_version(ignore, finding.version)
    )


def _has_version(ignore: Ignore, version: str | None) -> bool:
    if ignore.version is None:
        return True
    try:
        return version is not None and ignore.version.contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _over(ignore: Ignore, finding: Finding, today: date) -> str:
    """Return why *ignore* no longer holds for *finding*; "" where it does."""
    if ignore.until is not None and today > ignore.until:
        return f"held until {ignore.until}: {finding.package} counts again"
    remedy = finding.remedy
    if ignore.until_available and remedy is not None and remedy.kind == "version":
        return f"held until there is a wheel, and {finding.package} {remedy.version} has one: it counts again"
    return ""


def _unused(ignore: Ignore) -> str:
    if ignore.rule is not None and ignore.rule not in rule_texts.names():
        return f"accepts nothing: there is no rule {ignore.rule}"
    return "matches no finding of this run"


def _about(ignore: Ignore, what: str) -> str:
    return f"the ignore of {ignore} ({ignore.source}) {what}"


def _ignored(finding: Finding, ignore: Ignore) -> Ignored:
    said = {field.name: getattr(finding, field.name) for field in fields(Finding)}
    return Ignored(
        **said,
        reason=ignore.reason,
        until=ignore.until.isoformat() if ignore.until else None,
        until_available=ignore.until_available,
        source=ignore.source,
    )
