"""`# archcheck: ignore[AC002] why, until 2027-01-31` behind a requirement: what its owner accepts of it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from archcheck.inputs.parsing.messages import shown
from archcheck.policy import Ignore

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Location, Requirement

EXPECTED = "expected '# archcheck: ignore[AC002] why, until 2027-01-31' behind a requirement"
MARK = "archcheck:"

_COMMENT = r"\barchcheck:\s*ignore\b\s*(?:\[([^\]]*)\])?(.*)"
_CODES = r"(?i)\s*(AC\d{3})\s*(?:,\s*(AC\d{3})\s*)*"
_UNTIL = r"(?i)(?:^|[\s,])until\s+(\S+)\s*$"


def ignores_of(comment: str, requirement: Requirement | None, location: Location) -> tuple[Ignore, ...]:
    """Return what *comment* accepts of *requirement*; None where nothing is required on that line.

    Without codes in brackets that is any finding on the package. Raises ValueError with what is wrong where
    it is meant for archcheck and says no reason, or no such rule or day, or stands beside no named package.
    """
    if MARK not in comment:
        return ()
    found = re.search(_COMMENT, comment)
    if found is None:
        raise ValueError(EXPECTED)
    if requirement is None or requirement.name is None:
        raise ValueError(f"no package is named on this line; {EXPECTED}")
    reason, until = _reason(found[2])
    return tuple(
        Ignore(package=requirement.name, rule=code, reason=reason, until=until, source=str(location))
        for code in _codes(found[1])
    )


def _codes(listed: str | None) -> tuple[str | None, ...]:
    if listed is None:
        return (None,)
    if not re.fullmatch(_CODES, listed):
        raise ValueError(f"found the rules {shown(listed)}; {EXPECTED}")
    return tuple(code.strip().upper() for code in listed.split(","))


def _reason(text: str) -> tuple[str, date | None]:
    found = re.search(_UNTIL, text)
    reason = (text[: found.start()] if found else text).strip(" \t,:-–")
    if not reason:
        raise ValueError(f"no reason is given, and who reads the report has to know it; {EXPECTED}")
    try:
        return reason, date.fromisoformat(found[1]) if found else None
    except ValueError:
        raise ValueError(f"found the day {shown(found[1] if found else '')}; {EXPECTED}") from None
