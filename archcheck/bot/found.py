"""The findings of all audits of a report: one that is the same on several targets is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.model import Audit, Finding


class Found(Struct, frozen=True, kw_only=True):
    """A finding, in the first audit that has it; `targets` names all that have it."""

    finding: Finding
    audit: Audit
    targets: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Whether it keeps a set from arm64, or from being known to install there."""
        finding = self.finding
        return finding.fingerprint in self.audit.obstacles or finding.severity is Severity.UNKNOWN


def gathered(found: Iterable[tuple[Audit, Iterable[Finding]]]) -> tuple[Found, ...]:
    """Return the findings of several audits, those that differ in their target alone as one, worst first."""
    seen: dict[tuple[str, ...], Found] = {}
    for audit, findings in found:
        for one in findings:
            key = (
                audit.input.path,
                audit.input.package or "",
                *audit.input.extras,
                "",
                one.package,
                one.version or "",
                one.rule,
                one.severity,
            )
            same = seen.get(key, Found(finding=one, audit=audit, targets=()))
            seen[key] = replace(same, targets=(*same.targets, audit.target.id))
    return tuple(sorted(seen.values(), key=lambda each: each.finding.severity.rank))
