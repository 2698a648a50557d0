"""`python -m tests.fuzzing --files 100000 zip elf`: many damaged files, with memory and seconds measured.

No test: it takes a quarter of an hour. Each format has a process of its own, for a peak of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import traceback
from time import perf_counter

from tests.fuzzing.damage import damaged
from tests.fuzzing.formats import FORMATS

MOST_MIB = 100
MOST_SECONDS = 1.0
MOST_SHOWN = 5


def main() -> int:
    """Read the damaged files and print what that took; 1 where anything but an error of ours came."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--files", type=int, default=100_000, help="how many of each format")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first one")
    options = parser.parse_args()
    wanted = options.formats or list(FORMATS)
    if len(wanted) == 1:
        return fuzz(wanted[0], options.files, options.seed)
    line = [sys.executable, "-m", "tests.fuzzing", f"--files={options.files}", f"--seed={options.seed}"]
    return max(subprocess.run([*line, each], check=False).returncode for each in wanted)


def fuzz(name: str, files: int, first: int) -> int:
    """Read *files* damaged files of one format, from the seed *first* on."""
    before = _peak()
    slowest, slowest_seed, failures = 0.0, first, 0
    start = perf_counter()
    for seed in range(first, first + files):
        whole, read = FORMATS[name][seed % len(FORMATS[name])]
        data = damaged(whole, seed)
        began = perf_counter()
        try:
            read(data)
        except Exception:  # noqa: BLE001 - this is what is looked for
            failures += 1
            if failures <= MOST_SHOWN:
                print(f"{name}: seed {seed}:\n{traceback.format_exc()}", file=sys.stderr)
        if (taken := perf_counter() - began) > slowest:
            slowest, slowest_seed = taken, seed
    peak = _peak()
    print(
        f"{name}: {files:,} files, {failures} failures; peak {peak:.0f} MiB (before the first {before:.0f}); "
        f"slowest {slowest * 1000:.0f} ms (seed {slowest_seed}); {perf_counter() - start:.0f} s in all",
        flush=True,
    )
    return int(failures > 0 or peak > MOST_MIB or slowest > MOST_SECONDS)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
