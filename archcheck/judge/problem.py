"""What a rule finds, before it is made a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from archcheck.model import Evidence, Place, Remedy, Severity


class Problem(Struct, frozen=True, kw_only=True):
    """What a rule found about one package."""

    rule: str
    severity: Severity
    message: str
    evidence: Evidence


class SetProblem(Problem, frozen=True, kw_only=True):
    """What a rule found about the set as a whole.

    `about` is what it is told under, in the place of a package: the one that the requirements disagree on, or
    the input's own file name. `kind` tells two problems of one rule about one file apart; it stands in the
    fingerprint, and is the rule's code where there is only one.
    """

    about: str
    place: Place | None
    remedy: Remedy | None = None
    kind: str = ""
