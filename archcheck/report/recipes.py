"""How to ship what a repository holds: one recipe for all inputs that are shipped alike."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.report.phrases import input_name
from archcheck.report.sections import deployment

if TYPE_CHECKING:
    from archcheck.model import Audit, Report
    from archcheck.report.sections.plan_steps import Step


class Recipe(Struct, frozen=True, kw_only=True):
    """How to ship what some inputs lead to alike; where they are several, `path` stands for each."""

    target: str
    path: str
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]


def recipes(report: Report) -> tuple[Recipe, ...]:
    """Return how to ship each input of which arm64 can be had; those that are shipped alike once."""
    alike: dict[tuple[str, tuple[Step, ...]], list[Audit]] = {}
    for audit in report.audits:
        if audit.recommendation.architecture == "arm64" and audit.packages:
            shipped = deployment.steps(_anywhere(audit))
            alike.setdefault((audit.target.title, shipped), []).append(audit)
    return tuple(
        Recipe(
            target=target,
            path=_anywhere(audits[0]).input.path if len(audits) > 1 else audits[0].input.path,
            inputs=tuple(dict.fromkeys(input_name(audit.input) for audit in audits)),
            steps=shipped if len(audits) > 1 else deployment.steps(audits[0]),
        )
        for (target, shipped), audits in alike.items()
    )


def _anywhere(audit: Audit) -> Audit:
    """Return *audit* as that of a file in the current folder, as it would be beside its own code."""
    name = posixpath.basename(audit.input.path.replace("\\", "/")) or audit.input.path
    return replace(audit, input=replace(audit.input, path=name))
