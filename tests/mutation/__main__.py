"""`python -m tests.mutation`: exit code 1 where a mutant survives, 2 where it cannot be told.

What is broken is the core (`core.CORE`): of it the lines that have changed since the revision `--base` or, without
that, all of them. Each mutant runs the tests of its module in a process of its own, which is forked before archcheck
is imported. What no test can tell from the program stands in `equivalent.toml`, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import tomllib
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation import core
from tests.mutation.mutants import mutants
from tests.mutation.running import failure, survivors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.mutation.mutants import Mutant

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
MOST = 120
"""About two minutes' worth on two processors."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Break what the command line names, and print what survives."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="Break the core, line by line."
    )
    parser.add_argument("modules", nargs="*", help="paths of modules of the core (default: all)")
    parser.add_argument(
        "--base", metavar="REV", help="break only what has changed since the git revision REV"
    )
    parser.add_argument(
        "--most", type=int, metavar="N", help=f"at most N mutants (default: {MOST} with --base)"
    )
    chosen = parser.parse_args(arguments)
    try:
        tests = core.modules()
        changed = core.changed(chosen.base) if chosen.base else None
    except (core.NothingFoundError, subprocess.CalledProcessError) as error:
        print(f"cannot tell what to break: {error}", file=sys.stderr)
        return 2
    known = equivalent()
    found = in_modules(chosen.modules or tests)
    if not (chosen.modules or chosen.base) and (gone := known - {mutant.key for mutant in found}):
        print(
            "no mutants any more, and so not to be called equivalent:",
            *map(" / ".join, sorted(gone)),
            sep="\n",
        )
        return 2
    found = [mutant for mutant in found if mutant.key not in known and is_among(mutant, changed)]
    tried = spread(found, chosen.most or (MOST if chosen.base else len(found)))
    print(f"{len(tried)} of {len(found)} mutants, each on its own", flush=True)
    return run(tried, tests)


def in_modules(paths: Iterable[str]) -> list[Mutant]:
    """Return every mutant of the modules at *paths*."""
    return [
        mutant
        for path in paths
        for mutant in mutants(ast.parse((core.ROOT / path).read_text(encoding="utf-8")), path)
    ]


def is_among(mutant: Mutant, changed: Mapping[str, set[int]] | None) -> bool:
    """Return whether *mutant* is on one of the lines *changed* by path; None stands for all."""
    return changed is None or not changed.get(mutant.path, set()).isdisjoint(mutant.lines)


def equivalent() -> set[tuple[str, str, str]]:
    """Return the keys of the mutants that nobody can tell from the program."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    return {(each["where"], each["was"], each["now"]) for each in entries}


def spread(found: Sequence[Mutant], most: int) -> list[Mutant]:
    """Return *most* of the mutants *found*, the same each time, from all over the code."""
    count = min(most, len(found))
    return [found[place * len(found) // count] for place in range(count)]


def run(tried: Iterable[Mutant], tests: Mapping[str, Sequence[str]]) -> int:
    """Run the *tests* of each module with each mutant *tried* of it."""
    alive = 0
    for path, group in groupby(tried, key=attrgetter("path")):
        if said := failure(path, tests[path]):
            print(f"{said}\nwith {path} as it is, its tests fail", file=sys.stderr)
            return 2
        for mutant in survivors(list(group), tests[path]):
            alive += 1
            print(f"survived  {mutant}", flush=True)
    print(f"{alive} survived")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
