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
    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.model import Plan, Report


def fix(
    request: Request, *, number: int = 1, only: str | None = None, watch: Watch | None = None
) -> tuple[Report, Fixes]:
    """Return the report on the input of *request*, and its plan *number* written into copies of its files.

    With *only*, the changes to this package alone are made, which nobody has verified by themselves. Raises
    UsageError where there are plans, and none of this number; else as `perform` does.
    """
    with Session(request) as session:
        report = report_of(session, watch)
        audit = next((each for each in report.audits if each.plans), report.audits[0])
        plans = audit.plans or ()
        if not plans:
            return report, Fixes(audit=audit)
        if number > len(plans):
            known = "there is one plan" if len(plans) == 1 else f"there are {len(plans)} plans"
            raise UsageError(f"no plan {number}: {known}")
        plan = plans[number - 1]
        plan = _alone(plan, only) if only is not None else plan
        opened = next(each for each in session.inputs if each.manifest.path == audit.input.path)
        return report, Fixing(request, opened, audit).made(plan)


def _alone(plan: Plan, only: str) -> Plan:
    """Return the changes of *plan* to the package *only*."""
    name = canonicalize_name(only)
    kept = tuple(change for change in plan.changes if canonicalize_name(change.package) == name)
    if not kept:
        packages = ", ".join(change.package for change in plan.changes if change.package)
        raise UsageError(f"the plan has no change to {only}; it changes {packages or 'no package'}")
    if len(kept) == len(plan.changes):
        return plan
    return replace(plan, changes=kept, verified=False, result=None)
