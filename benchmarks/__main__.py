"""`python -m benchmarks`: the comparison, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import plan
from benchmarks.compare import Comparison, compare
from benchmarks.extras import growth, lock, startup
from benchmarks.fleet import audited
from benchmarks.measure import Bench
from benchmarks.output import document, machine, show_comparison, show_extras, show_head, show_verdict
from benchmarks.replay import Index, speed
from benchmarks.tools import found_tools

DATA = Path(__file__).parent / "data"
SETS = (*plan.IN_FIXTURES, *plan.RECORDED, "pinned", "hard")
GROWTH = (100, 200, 500, 1_000, 2_000)


def main() -> int:
    """Measure and print; 1 where a measurement may not be believed."""
    options = _options()
    tools = found_tools(options.archcheck, options.uv, options.pip)
    scenarios = plan.every_scenario() if options.all else plan.QUICK if options.quick else plan.USUAL
    rounds = {"archcheck": options.runs, "uv": options.runs, "pip": options.pip_runs}
    comparisons: list[Comparison] = []
    with (
        Index(DATA) as index,
        tempfile.TemporaryDirectory(prefix="benchmarks-") as folder,
    ):
        bench = Bench(index=index, folder=Path(folder), patience=options.patience)
        cases = plan.cases(options.sets, index, DATA)
        speeds = _speeds(index)
        about = machine(tools, bench)
        show_head(about, speeds)
        for case in cases:
            comparison = compare(bench, case, tools, scenarios, rounds)
            comparisons.append(comparison)
            show_comparison(comparison)
        extras = {
            "startup": startup(bench, tools[0], options.runs),
            "lock": lock(bench, tools, options.runs),
            "growth": growth(bench, tools[:2], options.growth, min(options.runs, 3)),
            "fleet": list(audited(bench, tools[0], options.fleet, 1)) if options.fleet else [],
        }
        show_extras(extras)
    honest = show_verdict(comparisons, extras)
    found = document(about, speeds, comparisons, extras)
    options.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"\nAll numbers: {options.output}")
    return 0 if honest else 1


def _speeds(index: Index) -> dict[str, dict[str, float]]:
    """Measure the server with a small file and with a large page."""
    name = "numpy"
    small = "hard_core_0-1.1.0-py3-none-any.whl"
    for _ in range(2):  # the first time documents are rendered
        found = {"metadata file": speed(index, "", beside=small), f"page of {name}": speed(index, name)}
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sets, few runs: under two minutes")
    parser.add_argument("--all", action="store_true", help="every combination of latency, index and cache")
    parser.add_argument("--runs", type=int, help="timed runs of archcheck and uv (default: 7; quick: 3)")
    parser.add_argument("--pip-runs", type=int, help="timed runs of pip (default: at most 3; quick: 1)")
    parser.add_argument("--sets", nargs="+", choices=SETS, help="only these")
    parser.add_argument("--growth", nargs="*", type=int, help="numbers of packages")
    parser.add_argument("--fleet", type=int, help="inputs of the repository of many; 0: none")
    parser.add_argument("--archcheck", metavar="COMMAND", help="how archcheck is started")
    parser.add_argument("--uv", metavar="COMMAND")
    parser.add_argument("--pip", metavar="COMMAND")
    parser.add_argument("--patience", type=int, default=600, help="seconds after which a run is given up")
    parser.add_argument("-o", "--output", type=Path, default=Path("benchmarks/results.json"))
    options = parser.parse_args()
    options.runs = options.runs or (3 if options.quick else 7)
    options.pip_runs = min(3, options.runs) if options.pip_runs is None else options.pip_runs
    if options.quick:
        options.pip_runs = min(1, options.pip_runs)
    options.sets = options.sets or (["seed"] if options.quick else list(SETS))
    missing = [name for name in options.sets if name in plan.RECORDED]
    if missing and not any((DATA / "pages").glob("*.json")):
        print(
            f"{', '.join(missing)} are left out: their pages are recorded by `python -m benchmarks.record`, "
            "which asks the index some 1,000 times",
            file=sys.stderr,
        )
    if options.growth is None:
        options.growth = [100, 200] if options.quick else list(GROWTH)
    if options.fleet is None:
        options.fleet = 100 if options.quick else 1_000
    return options


if __name__ == "__main__":
    sys.exit(main())
