"""What a rule finds, before it has a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from archcheck.model import Evidence, Severity


class Problem(Struct, frozen=True, kw_only=True):
    """What a rule found about one package."""

    rule: str
    severity: Severity
    message: str
    evidence: Evidence
