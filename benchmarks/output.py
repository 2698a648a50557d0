"""The table for people, and the same as data."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from benchmarks.compare import Comparison
    from benchmarks.measure import Bench
    from benchmarks.plan import Scenario
    from benchmarks.tools import Tool

_MEGABYTE = 1_000_000
_TOOLS = ("archcheck", "uv", "pip")
_START_FACTOR, _START_MORE = 1.5, 0.020
_LOCK_GOAL, _PIP_GOAL, _MEMORY_GOAL = 3.0, 20.0, 150.0


def machine(tools: Sequence[Tool], bench: Bench) -> dict[str, str]:
    """Say what was measured, and on what."""
    versions = {}
    for tool in tools:
        run = subprocess.run(
            [*tool.command, "--version"], capture_output=True, text=True, check=True, cwd=bench.folder
        )
        versions[tool.name] = " ".join(run.stdout.split()[:2])
    cores = len(os.sched_getaffinity(0))
    return {
        "python": platform.python_version(),
        "cores": str(cores),
        "system": platform.platform(),
        **versions,
    }


def show_head(about: Mapping[str, str], speeds: Mapping[str, Mapping[str, float]]) -> None:
    """Print what everything below rests on."""
    print(", ".join(f"{key} {value}" if key not in _TOOLS else value for key, value in about.items()))
    for what, found in speeds.items():
        print(
            f"server alone, {what}: {found['requests']:,.0f} requests/s, "
            f"{found['bytes'] / _MEGABYTE:,.0f} MB/s"
        )
    print(
        "times: median seconds, and beside each the processor's; uv and pip: both architectures, summed; "
        "requests, MB, peak MB: archcheck / uv / pip"
    )


def show_comparison(comparison: Comparison) -> None:
    """Print the rows of one set."""
    print(f"\n{comparison.name}: {comparison.packages} packages, verdict {comparison.digest or '–'}")
    times = [part for name in _TOOLS for part in (name, "cpu")]
    head = ["", *times, "× uv", "pip ÷", "goal", "requests", "MB", "peak MB", "runs"]
    rows = [_row(comparison, scenario) for scenario in comparison.measured]
    _print_table([head, *rows])
    for name, reason in comparison.apart.items():
        print(f"  no ratio to {name}: {reason}")
    seen = ", ".join(f"{name} {'yes' if noticed else 'NO'}" for name, noticed in comparison.notices.items())
    print(f"  index changed, cache expired: noticed by {seen}")
    for line in comparison.dishonest:
        print(f"  NOT TO BE BELIEVED: {line}")


def _row(comparison: Comparison, scenario: Scenario) -> list[str]:
    found = comparison.measured[scenario]
    of_each = [found.get(name) for name in _TOOLS]
    times = [part for each in of_each for part in (_seconds(each), _cpu(each))]
    to_uv, to_pip = comparison.ratio(scenario, "uv"), comparison.ratio(scenario, "pip")
    return [
        str(scenario),
        *times,
        f"{to_uv:.2f}" if to_uv else "–",
        f"{1 / to_pip:.1f}" if to_pip else "–",
        _goal(scenario, to_uv, to_pip),
        _slashed(str(each.counted("requests")) if each else None for each in of_each),
        _slashed(f"{each.counted('bytes') / _MEGABYTE:.1f}" if each else None for each in of_each),
        _slashed(f"{each.memory / _MEGABYTE:.0f}" if each else None for each in of_each),
        _slashed(str(len(each.runs)) if each else None for each in of_each),
    ]


def limit_to_uv(scenario: Scenario) -> float:
    """Return how many times uv's time archcheck may take."""
    if scenario.state != "cold":
        return 1.5
    return 1.0 if scenario.latency else 2.0


def _goal(scenario: Scenario, to_uv: float | None, to_pip: float | None) -> str:
    limit = limit_to_uv(scenario)
    missed = [f"uv {limit:g}"] if to_uv and to_uv > limit else []
    missed += [f"pip {_PIP_GOAL:g}"] if to_pip and 1 / to_pip < _PIP_GOAL else []
    return f"misses {', '.join(missed)}" if missed else "met" if to_uv or to_pip else "–"


def _slashed(values: Iterable[str | None]) -> str:
    return "/".join(value or "–" for value in values)


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())


def show_extras(extras: Mapping[str, Any]) -> None:
    """Print start-up, lock and growth."""
    starts: dict[str, float] = extras["startup"]
    allowed = _START_FACTOR * starts["python -c pass"] + _START_MORE
    print("\nstart-up")
    for name, seconds in starts.items():
        missed = "" if seconds <= allowed else f"  misses {allowed * 1000:.0f}"
        print(f"  {name:24} {seconds * 1000:6.1f} ms{missed}")
    found = extras["lock"]
    print(f"\nuv.lock: {found['packages']} packages, with the lock's own files")
    for name, each in found["measured"].items():
        print(
            f"  {name:24} {each.seconds * 1000:6.1f} ms  {each.counted('requests')} requests"
            f"  {each.memory / _MEGABYTE:.0f} MB"
        )
    if {"archcheck", "import packaging"} <= found["measured"].keys():
        ratio = found["measured"]["archcheck"].seconds / found["measured"]["import packaging"].seconds
        print(f"  archcheck is {ratio:.1f} × the import (goal: {_LOCK_GOAL:g})")
    for problem in (*found["apart"], *found["failed"].values()):
        print(f"  {problem}")
    _show_growth(extras["growth"])
    for run in extras["fleet"]:
        print(f"\nfleet, {run['cache']}: {told(run)}")


def told(run: Mapping[str, Any]) -> str:
    """Say what one audit of the repository of many inputs took."""
    return (
        f"{run['inputs']:,} inputs, {run['audits']:,} audits, {run['requests']:,} requests: "
        f"{run['seconds']:.1f} s, {run['cpu']:.1f} s of the processor, {run['memory'] / _MEGABYTE:.0f} MB"
    )


def _show_growth(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    print("\ngrowth, no latency")
    per = ["a package", "requests a package"]
    head = ["packages", "cold", "cpu", *per, "warm", "cpu", "a package", "peak MB"]
    head += ["uv cold", "cpu", "uv warm", "cpu"]
    lines = [head]
    for row in rows:
        cold, warm = row.get("archcheck cold"), row.get("archcheck warm")
        lines.append(
            [
                str(row["packages"]),
                *(_seconds(cold), _cpu(cold), _each(cold, row["packages"])),
                f"{cold.counted('requests') / row['packages']:.2f}" if cold else "–",
                *(_seconds(warm), _cpu(warm), _each(warm, row["packages"])),
                f"{cold.memory / _MEGABYTE:.0f}" if cold else "–",
                *(_seconds(row.get("uv cold")), _cpu(row.get("uv cold"))),
                *(_seconds(row.get("uv warm")), _cpu(row.get("uv warm"))),
            ]
        )
    _print_table(lines)
    for row in rows:
        for name, reason in row["failed"].items():
            print(f"  {row['packages']} packages, {name}: {reason}")


def _seconds(each: Measured | None) -> str:
    return f"{each.seconds:.2f}" if each else "–"


def _cpu(each: Measured | None) -> str:
    return f"{each.cpu:.2f}" if each else "–"


def _each(each: Measured | None, packages: int) -> str:
    """Return the processor's milliseconds for each package, which noise hits least."""
    return f"{each.cpu / packages * 1000:.1f} ms" if each else "–"


def show_verdict(comparisons: Sequence[Comparison], extras: Mapping[str, Any]) -> bool:
    """Print the goals in short; return whether all that was measured may be believed."""
    print("\ngoals")
    kinds: tuple[tuple[str, Callable[[Scenario], bool]], ...] = (
        ("cold, 30 and 100 ms", lambda s: s.full and s.state == "cold" and s.latency > 0),
        ("cold, 0 ms", lambda s: s.full and s.state == "cold" and not s.latency),
        ("warm", lambda s: s.full and s.state == "warm"),
        ("expired", lambda s: s.full and s.state == "expired"),
    )
    for kind, picks in kinds:
        chosen = [(c, s) for c in comparisons for s in c.measured if picks(s)]
        to_uv = [ratio for c, s in chosen if (ratio := c.ratio(s, "uv"))]
        to_pip = [1 / ratio for c, s in chosen if (ratio := c.ratio(s, "pip"))]
        if to_uv:
            worst = f"worst {max(to_uv):.2f}, median {statistics.median(to_uv):.2f} × uv"
            behind = f", least {min(to_pip):.1f} × faster than pip" if to_pip else ""
            print(f"  {kind:20} {worst} (goal {limit_to_uv(chosen[0][1]):g}){behind} (goal {_PIP_GOAL:g})")
    peaks = [m["archcheck"].memory for c in comparisons for m in c.measured.values() if "archcheck" in m]
    if peaks:
        print(f"  {'peak memory':20} {max(peaks) / _MEGABYTE:.0f} MB (goal {_MEMORY_GOAL:g})")
    return bool(extras["lock"]["steady"]) and not any(comparison.dishonest for comparison in comparisons)


def document(
    about: Mapping[str, str],
    speeds: Mapping[str, Mapping[str, float]],
    comparisons: Sequence[Comparison],
    extras: Mapping[str, Any],
) -> dict[str, Any]:
    """Return everything as JSON has it; times in seconds, memory in bytes."""
    return {
        "about": dict(about),
        "server": {name: dict(found) for name, found in speeds.items()},
        "sets": [
            {
                "set": each.name,
                "packages": each.packages,
                "digest": each.digest,
                "apart": dict(each.apart),
                "notices_change": dict(each.notices),
                "dishonest": list(each.dishonest),
                "scenarios": [_scenario(each, scenario) for scenario in each.measured],
            }
            for each in comparisons
        ],
        **_plain(extras),
    }


def _scenario(comparison: Comparison, scenario: Scenario) -> dict[str, Any]:
    return {
        "full_index": scenario.full,
        "cache": scenario.state,
        "latency_ms": scenario.latency,
        "times_uv": comparison.ratio(scenario, "uv"),
        "times_pip": comparison.ratio(scenario, "pip"),
        "tools": _plain(comparison.measured[scenario]),
    }


def _plain(value: Any) -> Any:
    """Return *value* with measurements as JSON has them."""
    if isinstance(value, Measured):
        return {
            "median": value.seconds,
            "seconds": [run.seconds for run in value.runs],
            "cpu": value.cpu,
            "peak_memory": value.memory,
            "counters": value.runs[0].counters,
            "digest": value.runs[0].answer.digest,
        }
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
