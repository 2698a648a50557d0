"""What moving to arm64 is worth: a share of what is charged for running, never of the whole bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.savings.workload import Savings, Workload

if TYPE_CHECKING:
    from archcheck.platforms.targets import Target


def savings(target: Target, workload: Workload | None = None) -> Savings | None:
    """Return what moving saves; None for containers, unless the *workload* says that they run on AWS Fargate.

    Without a month's use it is a percentage of the duration charge alone, with one it is dollars as well.
    """
    said = workload or Workload()
    if not target.is_lambda:
        if target.arm_only or not (said.fargate or target.service == "fargate"):
            return None
        from archcheck.savings.charges import on_fargate  # noqa: PLC0415 - most containers run elsewhere

        return on_fargate(said)
    from archcheck.savings.charges import on_lambda  # noqa: PLC0415 - as above

    return on_lambda(said, workload)
