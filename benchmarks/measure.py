"""Runs of one tool on one set: timed in a process apart, counted by the server, checked by their digests."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tools import Answer, answered, clean_environment, commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Case, Scenario
    from benchmarks.replay import Index
    from benchmarks.tools import Tool

SPAWN = Path(__file__).parent / "spawn.py"
_LONG, _SHORT = 86_400, 1  # seconds of freshness while a warm cache is filled, and one that is to expire
_PATIENCE = 600


class ToolError(Exception):
    """A tool did not answer: what it said last."""


class DishonestError(Exception):
    """A measurement that may not be believed: its answer is not that of the untimed run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: seconds, CPU seconds, peak memory in bytes, and what the server counted."""

    seconds: float
    cpu: float
    memory: int
    counters: dict[str, int]
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The runs of one tool in one scenario."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median time."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of CPU seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """The highest peak."""
        return max(run.memory for run in self.runs)

    def counted(self, key: str) -> int:
        """Return the median of a counter of the server."""
        return round(statistics.median(run.counters.get(key, 0) for run in self.runs))


@dataclass(kw_only=True)
class Bench:
    """Where runs take place: a folder of their own, the replayed index, an environment without settings."""

    index: Index
    folder: Path
    patience: int = _PATIENCE
    _caches: dict[tuple[str, str, bool, int], Path] = field(default_factory=dict)
    _references: dict[tuple[str, str, bool], Answer] = field(default_factory=dict)
    _serial: int = 0

    def prepare(self, case: Case) -> None:
        """Have the server render what *case* will ask for; write its requirements file."""
        self.index.tell(prepare=case.names)
        path = self.folder / case.filename
        path.write_text("\n".join(case.lines) + "\n", encoding="utf-8")

    def reference(self, tool: Tool, case: Case, *, full: bool) -> Answer:
        """Return what the tool answers in a run that is not timed; raises `ToolError` where it does not."""
        key = (tool.name, case.name, full)
        if key not in self._references:
            self.index.tell(latency=0.0, full=full, max_age=_LONG, change=None)
            cache = self._caches[*key, _LONG] = self.fresh_folder()
            self._references[key] = self.once(tool, case, cache).answer
        return self._references[key]

    def timed(self, tool: Tool, case: Case, scenario: Scenario) -> Run:
        """Return one run; raises `DishonestError` where it answers otherwise than the untimed one."""
        reference = self.reference(tool, case, full=scenario.full)
        cache = self._cache(tool, case, scenario)
        self.index.tell(latency=scenario.latency / 1000, full=scenario.full, max_age=_LONG, change=None)
        run = self.once(tool, case, cache)
        if run.answer.digest != reference.digest:
            told = f"{tool.name}, {case.name}, {scenario}: {run.answer.digest} is not {reference.digest}"
            raise DishonestError(told)
        return run

    def notices_change(self, tool: Tool, case: Case) -> bool:
        """Say whether the tool, with a cache past its time, answers otherwise once the index has changed."""
        reference = self.reference(tool, case, full=True)
        cache = self._expired(tool, case, full=True)
        self.index.tell(latency=0.0, full=True, max_age=_LONG, change=case.change)
        try:
            return self.once(tool, case, cache).answer.digest != reference.digest
        except ToolError:  # uv and pip have no answer where one wheel is missing
            return True
        finally:
            self.index.tell(change=None)

    def once(self, tool: Tool, case: Case, cache: Path) -> Run:
        """Run the tool on the set as the server is set now; raises `ToolError` where it does not answer."""
        lines = commands(tool, case.filename, self.index.bases, str(cache))
        return self.execute(tool, lines, self.folder)

    def execute(self, tool: Tool, lines: Sequence[list[str]], folder: Path, *, reads: bool = True) -> Run:
        """Run command *lines* one after the other in *folder*; *reads*: their output is an answer."""
        self.index.tell()
        self._serial += 1
        results, outputs = self.spawned(lines, folder)
        counters = self.index.tell()
        for number, result in enumerate(results):
            if result["exit"]:
                said = (self.folder / f"out-{number}.err").read_text(encoding="utf-8", errors="replace")
                raise ToolError(f"{tool.name}: exit {result['exit']}: {' '.join(said.split())[-300:]}")
        return Run(
            seconds=sum(result["seconds"] for result in results),
            cpu=sum(result["cpu"] for result in results),
            memory=max(result["memory"] for result in results),
            counters=counters,
            answer=answered(tool, outputs, self.index.bases) if reads else Answer(pins={}, digest=""),
        )

    def spawned(self, lines: Sequence[list[str]], folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the measurements of command *lines* and their outputs."""
        files = [self.folder / f"out-{number}" for number in range(len(lines))]
        order = {
            "folder": str(folder),
            "environ": clean_environment(self.folder),
            "patience": self.patience,
            "commands": [[line, str(file)] for line, file in zip(lines, files, strict=True)],
        }
        launcher = [sys.executable, "-I", "-S", str(SPAWN)]
        said = subprocess.run(launcher, input=json.dumps(order), capture_output=True, text=True, check=True)
        results: list[dict[str, Any]] = json.loads(said.stdout)
        return results, [file.read_text(encoding="utf-8", errors="replace") for file in files]

    def fresh_folder(self) -> Path:
        """Return a path where there is nothing yet."""
        self._serial += 1
        return self.folder / f"cache-{self._serial}"

    def _cache(self, tool: Tool, case: Case, scenario: Scenario) -> Path:
        match scenario.state:
            case "cold":
                return self.fresh_folder()
            case "warm":
                return self._filled(tool, case, full=scenario.full, max_age=_LONG)
        return self._expired(tool, case, full=scenario.full)

    def _expired(self, tool: Tool, case: Case, *, full: bool) -> Path:
        """Return a cache whose answers have expired, as it was: a run makes them fresh again."""
        filled = self._filled(tool, case, full=full, max_age=_SHORT)
        kept = filled.with_suffix(".kept")
        if not kept.exists():
            filled.rename(kept)
        shutil.rmtree(filled, ignore_errors=True)
        shutil.copytree(kept, filled, symlinks=True)
        return filled

    def _filled(self, tool: Tool, case: Case, *, full: bool, max_age: int) -> Path:
        key = (tool.name, case.name, full, max_age)
        if key not in self._caches:
            self.index.tell(latency=0.0, full=full, max_age=max_age, change=None)
            self._caches[key] = self.fresh_folder()
            self.once(tool, case, self._caches[key])
            time.sleep(2 * _SHORT if max_age == _SHORT else 0)
        return self._caches[key]
