"""One set, all tools, all scenarios; tools take turns, so that a noisy moment hits them alike."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measure import DishonestError, Measured, Run, ToolError
from benchmarks.tools import differences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import Bench
    from benchmarks.plan import Case, Scenario
    from benchmarks.tools import Answer, Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was measured of one set.

    `packages` are those that archcheck found; `apart` says why a tool is in no ratio (it failed, or it chose
    other versions); `notices` whether each tool saw that the index had changed; `dishonest` what may not be
    believed.
    """

    name: str
    packages: int
    digest: str
    measured: Mapping[Scenario, Mapping[str, Measured]]
    apart: Mapping[str, str]
    notices: Mapping[str, bool]
    dishonest: tuple[str, ...]

    def ratio(self, scenario: Scenario, other: str) -> float | None:
        """Return archcheck's time over that of *other*, None where they did not do the same."""
        found = self.measured[scenario]
        if other in self.apart or "archcheck" in self.apart or not {"archcheck", other} <= found.keys():
            return None
        return found["archcheck"].seconds / found[other].seconds


def compare(
    bench: Bench, case: Case, tools: Sequence[Tool], scenarios: Sequence[Scenario], rounds: Mapping[str, int]
) -> Comparison:
    """Measure *case*; *rounds* are the timed runs by tool, and a tool that has none is left out."""
    _say(f"{case.name}: rendering pages")
    bench.prepare(case)
    present = [tool for tool in tools if rounds[tool.name]]
    answers, failed = _answers(bench, case, present)
    apart = failed | _other_pins(answers)
    able = [tool for tool in present if tool.name in answers]
    dishonest: list[str] = []
    turns = [tool for turn in range(max(rounds.values())) for tool in able if turn < rounds[tool.name]]
    measured = {}
    for scenario in scenarios:
        _say(f"{case.name}: {scenario}")
        measured[scenario], doubts = _measured(bench, case, scenario, turns)
        dishonest += doubts
    notices = {tool.name: bench.notices_change(tool, case) for tool in able}
    dishonest += [
        f"{case.name}: {name} did not notice a change" for name, seen in notices.items() if not seen
    ]
    own = answers.get("archcheck")
    return Comparison(
        name=case.name,
        packages=len({name for pins in own.pins.values() for name in pins}) if own else 0,
        digest=own.digest if own else "",
        measured=measured,
        apart=apart,
        notices=notices,
        dishonest=tuple(dishonest),
    )


def _answers(bench: Bench, case: Case, tools: Sequence[Tool]) -> tuple[dict[str, Answer], dict[str, str]]:
    """Return the untimed answers, and why there is none."""
    answers, failed = {}, {}
    for tool in tools:
        _say(f"{case.name}: {tool.name}, untimed")
        try:
            answers[tool.name] = bench.reference(tool, case, full=True)
        except ToolError as error:
            failed[tool.name] = str(error)
    return answers, failed


def _other_pins(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return the tools that chose other versions than archcheck, and the first of them."""
    own = answers.get("archcheck")
    found = {}
    for name, answer in answers.items():
        if own is not None and (apart := differences(own.pins, answer.pins)):
            found[name] = f"{len(apart)} other pins (archcheck / {name}): {'; '.join(apart[:4])}"
    return found


def _measured(
    bench: Bench, case: Case, scenario: Scenario, turns: Sequence[Tool]
) -> tuple[dict[str, Measured], list[str]]:
    """Return what was measured when the tools ran in *turns*, and what may not be believed of it."""
    runs: dict[str, list[Run]] = {}
    doubts = []
    for tool in turns:
        try:
            runs.setdefault(tool.name, []).append(bench.timed(tool, case, scenario))
        except (DishonestError, ToolError) as error:
            doubts.append(f"{case.name}, {scenario}: {error}")
    return {name: Measured(runs=tuple(found)) for name, found in runs.items() if found}, doubts


def _say(what: str) -> None:
    print(
        f"\r\033[K{what}" if sys.stderr.isatty() else what,
        end="" if sys.stderr.isatty() else "\n",
        file=sys.stderr,
    )
