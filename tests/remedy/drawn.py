"""Draws small universes in which something is to be cured, and writes them: `python -m tests.remedy.drawn 24`.

Those in which the best leaves something in the way are left out: there archcheck does not try what moves a
package that is in the way to a version that is in the way as well, and brings less of it along.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from tests.remedy.brute import best, goals, state_of
from tests.remedy.universes_of import FOLDER, written
from tests.resolve.cases import Case, index_of, manifest_of

NAMES = ("ada", "bell", "cray", "dell")
VERSIONS = ("1.0", "1.1", "1.2", "2.0", "2.1", "3.0")
BOTH = ["cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_aarch64"]
WHEELS = (BOTH, BOTH, BOTH[:1], ["py3-none-any"])


def universe(seed: int) -> Case:
    """Return the universe of *seed*: up to four packages with up to four versions each."""
    dice = random.Random(seed)
    names = NAMES[: dice.randint(2, 4)]
    packages = {name: _versions(dice, names[place + 1 :]) for place, name in enumerate(names)}
    lines = dice.sample(names, dice.randint(1, len(names) - 1))
    return Case(
        name=f"drawn-{seed}",
        about="drawn at random",
        requirements=[f"{name}{_range(dice, packages[name])}" for name in sorted(lines)],
        packages=packages,
    )


def _versions(dice: random.Random, below: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for version in sorted(dice.sample(VERSIONS, dice.randint(2, 4))):
        wishes = [
            f"{name}{dice.choice(('', '>=1.1', '<2', '>=2', '<3', '==1.0', '==2.0'))}"
            for name in below
            if dice.random() < 0.6
        ]
        found[version] = {"wheels": dice.choice(WHEELS), "requires": wishes}
    return found


def _range(dice: random.Random, versions: dict[str, Any]) -> str:
    version = dice.choice(sorted(versions))
    return dice.choice(("", f"=={version}", f"=={version}", f">={version}", f"<={version}"))


def main() -> None:
    """Write as many as the command line says, beside those that are there."""
    wanted, seed = int(sys.argv[1]), 0
    while wanted:
        seed += 1
        case = universe(seed)
        before = state_of(manifest_of(case), case, index_of(case))
        if before is None or before.neither or not goals(before):
            continue
        found = best(case)
        if found is None or not found[0].left:
            wanted -= 1
            (FOLDER / f"{case.name}.toml").write_text(written(case, found), encoding="utf-8")


if __name__ == "__main__":
    main()
