"""From a request to changed files: audits, takes a plan, and has it written into them, on paper."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.fixes.fixing import Fixes, Fixing
from archcheck.app.perform import report_of
from archcheck.app.session import Session
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.model import Report

_NAMED: Final = 5


def fix(
    request: Request, *, number: int = 1, only: Sequence[str] = (), watch: Watch | None = None
) -> tuple[Report, Fixes]:
    """Return the report on the input of *request*, and its plan *number* written into copies of its files.

    With *only*, it is the plan for these packages alone. Raises UsageError where there are plans, and none of
    this number, and where a package is none of the set's; else as `perform` does.
    """
    request = replace(request, only=frozenset(map(canonicalize_name, only))) if only else request
    with Session(request) as session:
        report = report_of(session, watch)
        _check_only(report, only)
        audit = next((each for each in report.audits if each.plans), report.audits[0])
        plans = audit.plans or ()
        if not plans:
            return report, Fixes(audit=audit)
        if number > len(plans):
            known = "there is one plan" if len(plans) == 1 else f"there are {len(plans)} plans"
            raise UsageError(f"no plan {number}: {known}")
        opened = next(each for each in session.inputs if each.manifest.path == audit.input.path)
        return report, Fixing(request, opened, audit).made(plans[number - 1])


def _check_only(report: Report, only: Sequence[str]) -> None:
    """Raise UsageError for the first of *only* that is no package of a set that was resolved."""
    known = {each.name for audit in report.audits for each in audit.packages}
    unknown = next((name for name in only if canonicalize_name(name) not in known), None)
    if unknown is None or not known:
        return
    obstacles = {
        finding.package
        for audit in report.audits
        for finding in audit.findings
        if finding.fingerprint in audit.obstacles
    }
    near = get_close_matches(canonicalize_name(unknown), known, n=1)
    there = near or sorted(obstacles & known) or sorted(known)
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    what = "did you mean" if near else "in the way of arm64:" if obstacles & known else "it holds"
    said = f"{what} {', '.join(there[:_NAMED])}{more}{'?' if near else ''}"
    raise UsageError(f"--only {unknown[:100]!r}: no package of this set; {said}")
