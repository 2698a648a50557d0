"""How to ship what several inputs hold: one recipe for all that are shipped alike."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.formats import row_of
from archcheck.report.phrases import input_name
from archcheck.report.sections import deployment

if TYPE_CHECKING:
    from archcheck.model import Audit, Report
    from archcheck.report.sections.plan_steps import Step

_CLAUSES = re.compile(r"(?<=[.;]) ")


class Recipe(Struct, frozen=True, kw_only=True):
    """How to ship what some inputs lead to alike; where they are several, `path` stands for each.

    `numbers` are the places of their audits in the report, the first of which is 1.
    """

    number: int
    numbers: frozenset[int]
    target: str
    path: str
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]


def recipes(report: Report) -> tuple[Recipe, ...]:
    """Return how to ship each input of which arm64 can be had; those that are shipped alike once.

    Alike are those of which the same commands hold, but for the one that writes a lock down for pip.
    """
    alike: dict[tuple[str, ...], dict[int, Audit]] = {}
    for number, audit in enumerate(report.audits, 1):
        if audit.recommendation.architecture == "arm64" and audit.packages:
            _, shipped = _steps(audit)
            key = (audit.target.title, *(text for step in shipped for text in (step.title, step.command)))
            alike.setdefault(key, {})[number] = audit
    return tuple(_recipe(number, numbered) for number, numbered in enumerate(alike.values(), 1))


def _recipe(number: int, numbered: dict[int, Audit]) -> Recipe:
    first, *more = audits = tuple(numbered.values())
    return Recipe(
        number=number,
        numbers=frozenset(numbered),
        target=first.target.title,
        path=_anywhere(first).input.path if more else first.input.path,
        inputs=tuple(dict.fromkeys(input_name(audit.input) for audit in audits)),
        steps=_shared(audits) if more else deployment.steps(first),
    )


def _shared(audits: tuple[Audit, ...]) -> tuple[Step, ...]:
    """Return the steps of all *audits*: how each lock is written down, then what is the same for all."""
    exports: dict[Step, list[str]] = {}
    variants: list[tuple[Step, ...]] = []
    for audit in audits:
        export, rest = _steps(audit)
        variants.append(rest)
        for step in export:
            exports.setdefault(step, []).append(input_name(audit.input))
    written = [
        step if len(names) == len(audits) else replace(step, text=_for(names, step.text))
        for step, names in exports.items()
    ]
    return (*written, *(replace(same[0], text=_of_all(same)) for same in zip(*variants, strict=True)))


def _for(names: list[str], text: str) -> str:
    whose = f"for {', '.join(names)}"
    return f"{whose}: {text}" if text else whose


def _of_all(steps: tuple[Step, ...]) -> str:
    """Return what the texts of *steps* say alike; which packages are compiled is each input's own."""
    others = [set(_CLAUSES.split(step.text)) for step in steps]
    return " ".join(part for part in _CLAUSES.split(steps[0].text) if all(part in other for other in others))


def _steps(audit: Audit) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return how *audit* is written down for pip, if it has to be, and how it is shipped from there."""
    steps = deployment.steps(_anywhere(audit))
    written = 0 if row_of(audit.input.kind).pip else 1
    return steps[:written], steps[written:]


def _anywhere(audit: Audit) -> Audit:
    """Return *audit* as that of a file in the current folder, as it would be beside its own code."""
    name = posixpath.basename(audit.input.path.replace("\\", "/")) or audit.input.path
    around = replace(audit.surroundings, folder=".") if audit.surroundings else None
    return replace(audit, input=replace(audit.input, path=name), surroundings=around)
