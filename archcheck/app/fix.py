"""From a request to changed files: audits, takes a plan, and has it written into them, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.fixing import Fixes, Fixing
from archcheck.app.perform import report_of
from archcheck.app.session import Session
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.model import Report


def fix(
    request: Request, *, number: int = 1, only: Sequence[str] = (), watch: Watch | None = None
) -> tuple[Report, Fixes]:
    """Return the report on the input of *request*, and its plan *number* written into copies of its files.

    With *only*, it is the plan for these packages alone. Raises UsageError where there are plans, and none of
    this number; else as `perform` does.
    """
    request = replace(request, only=frozenset(map(canonicalize_name, only))) if only else request
    with Session(request) as session:
        report = report_of(session, watch)
        audit = next((each for each in report.audits if each.plans), report.audits[0])
        plans = audit.plans or ()
        if not plans:
            return report, Fixes(audit=audit)
        if number > len(plans):
            known = "there is one plan" if len(plans) == 1 else f"there are {len(plans)} plans"
            raise UsageError(f"no plan {number}: {known}")
        opened = next(each for each in session.inputs if each.manifest.path == audit.input.path)
        return report, Fixing(request, opened, audit).made(plans[number - 1])
