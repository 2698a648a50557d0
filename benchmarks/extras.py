"""What has no three tools to compare: start-up, a lock file, and growth with the number of packages."""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING, Any

from benchmarks import plan
from benchmarks.measure import Measured, Run, ToolError
from benchmarks.tools import Tool, differences, lock_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Bench

_COLD = plan.Scenario(full=True, state="cold", latency=0)
_WARM = plan.Scenario(full=True, state="warm", latency=0)


def startup(bench: Bench, archcheck: Tool, runs: int) -> dict[str, float]:
    """Return the median seconds of commands that do nothing, beside those of a Python that does nothing."""
    lines = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "archcheck --version": [*archcheck.command, "--version"],
        "archcheck --help": [*archcheck.command, "--help"],
        "archcheck check --help": [*archcheck.command, "check", "--help"],
    }
    taken: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(3 * runs + 1):
        for name, line in lines.items():
            results, _ = bench.spawned([line], bench.folder)
            taken[name].append(results[0]["seconds"])
    return {name: statistics.median(found[1:]) for name, found in taken.items()}


def lock(bench: Bench, tools: Sequence[Tool], runs: int) -> dict[str, Any]:
    """Measure what reads a lock: archcheck, `uv export`, and mere imports."""
    folder = bench.folder / "locked"
    folder.mkdir()
    for name, text in bench.index.tell(lock=True).items():
        (folder / name).write_text(text, encoding="utf-8")
    imports = Tool("import packaging", (sys.executable,))
    bench.index.tell(latency=0.0, full=True, change=None)
    contestants = {"archcheck": tools[0], "uv": tools[1], imports.name: imports}
    taken: dict[str, list[Run]] = {name: [] for name in contestants}
    failed: dict[str, str] = {}
    for _ in range(runs + 1):  # the first is not timed
        for name, tool in contestants.items():
            line = lock_commands(tool, str(bench.folder / f"lock-{tool.name.split()[0]}"))
            try:
                run = bench.execute(tool, line, folder, reads=tool is not imports)
                taken[name].append(run)
            except ToolError as error:
                failed[name] = str(error)
    first = {name: found[0].answer for name, found in taken.items() if found}
    apart = (
        differences(first["archcheck"].pins, first["uv"].pins) if {"archcheck", "uv"} <= first.keys() else []
    )
    steady = all(run.answer.digest == first[name].digest for name, found in taken.items() for run in found)
    return {
        "packages": len(first["archcheck"].pins["aarch64"]) if "archcheck" in first else 0,
        "measured": {name: Measured(runs=tuple(found[1:])) for name, found in taken.items() if found[1:]},
        "apart": apart[:4],
        "failed": failed,
        "steady": steady,
    }


def growth(bench: Bench, tools: Sequence[Tool], counts: Sequence[int], runs: int) -> list[dict[str, Any]]:
    """Measure sets of growing size, cold and from a warm cache, at no latency."""
    rows = []
    for count in counts:
        print(f"growth: {count} packages", file=sys.stderr)
        case = plan.grown(count, bench.index)
        bench.prepare(case)
        row: dict[str, Any] = {"packages": count, "failed": {}}
        for tool in tools:
            for scenario in (_COLD, _WARM):
                key = f"{tool.name} {scenario.state}"
                try:
                    row[key] = Measured(runs=tuple(bench.timed(tool, case, scenario) for _ in range(runs)))
                except ToolError as error:
                    row["failed"][tool.name] = str(error)
        rows.append(row)
    return rows
