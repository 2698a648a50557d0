"""`python -m benchmarks.docs [RESULTS]`: write what was measured into `docs/cache.md`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tabulate import tabulate

PAGE = Path(__file__).parents[1] / "docs" / "cache.md"
BEGIN, END = "<!-- measured: python -m benchmarks.docs -->\n", "<!-- end of what was measured -->\n"
_SET, _LATENCY = "web", 30
_TOOLS = ("archcheck", "uv", "pip")
_CACHES = {"cold": "empty", "expired": "filled, and past its time", "warm": "filled"}


def measured(results: dict[str, Any]) -> str:
    """Return the text for the page; raises KeyError where *results* have not all that it says."""
    chosen = next((each for each in results["sets"] if each["set"] == _SET), None)
    if chosen is None:
        raise KeyError(_SET)
    by_cache = {
        each["cache"]: each["tools"]
        for each in chosen["scenarios"]
        if each["full_index"] and each["latency_ms"] == _LATENCY
    }
    rows = [
        (words, *(f"{by_cache[cache][tool]['median']:.2f}" for tool in _TOOLS))
        for cache, words in _CACHES.items()
    ]
    about, lock = results["about"], results["lock"]
    versions = f"{about['cores']} cores, Python {about['python']}, {about['uv']}, {about['pip']}"
    lines = (
        f"Seconds for {chosen['packages']} packages at {_LATENCY} ms a request, both architectures; uv and",
        f"pip are asked twice, once for each, and look for no obstacle ({versions}).",
        "",
        tabulate(rows, ("cache", *_TOOLS), tablefmt="github", disable_numparse=True),
        "",
        f"A lock with its own files takes {lock['measured']['archcheck']['median']:.2f} s for",
        f"{lock['packages']} packages, and no request once its wheels were looked into.",
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Rewrite the page; 1 where the results lack something, or the page its marks."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("results.json")
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        print(f"{PAGE} has not its two marks", file=sys.stderr)
        return 1
    try:
        text = measured(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError) as error:
        print(f"{path} does not tell all: {error!r}", file=sys.stderr)
        return 1
    PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
