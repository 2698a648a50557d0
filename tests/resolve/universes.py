"""Small random universes of packages, the same on every run: one seed, one universe."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.resolve.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("ada", "bell", "cray", "dell", "eve", "fern", "gray")
VERSIONS = ("0.9", "1.0", "1.1", "1.1.post1", "2.0rc1", "2.0", "2.1", "3.0a1", "3.0")
EXTRAS = ("x", "y")
WHEELS = (
    *[["py3-none-any"]] * 6,
    ["cp312-cp312-manylinux_2_17_x86_64"],
    ["cp312-cp312-manylinux_2_17_x86_64", "cp39-abi3-manylinux_2_28_aarch64"],
    ["cp312-cp312-musllinux_1_2_aarch64", "cp312-cp312-manylinux_2_35_x86_64"],
)


def universes(seeds: Iterable[int]) -> list[Case]:
    """Return the universe of each seed."""
    return [_universe(seed) for seed in seeds]


def entangled(seeds: Iterable[int], packages: int = 25, releases: int = 8) -> list[Case]:
    """Return larger universes, in which nearly every choice bears on others: a search goes back a lot."""
    return [_entangled(random.Random(seed), f"entangled{seed}", packages, releases) for seed in seeds]


def _entangled(dice: random.Random, name: str, packages: int, releases: int) -> Case:
    names = [f"p{number:02}" for number in range(packages)]

    def wish(above: str) -> str:
        kind = dice.choices(("", ">=", "<=", "==", "!="), weights=(1, 3, 3, 3, 1))[0]
        return f"{dice.choice([each for each in names if each != above])}{kind}{dice.randint(1, releases) if kind else ''}"

    def release(above: str) -> dict[str, Any]:
        return {"requires": [wish(above) for _ in range(dice.choice((1, 2, 3, 4)))]}

    return Case(
        name=name,
        requirements=dice.sample(names, dice.randint(2, 5)),
        packages={each: {str(n): release(each) for n in range(1, releases + 1)} for each in names},
    )


def _universe(seed: int) -> Case:
    dice = random.Random(seed)
    names = NAMES[: dice.randint(3, len(NAMES))]
    packages = {name: _versions(dice, names) for name in names}
    lines = [_requirement(dice, names, marker=False) for _ in range(dice.randint(1, 3))]
    constraints = [_requirement(dice, names, marker=False, extras=False) for _ in range(dice.randint(0, 1))]
    options = {key: True for key in ("pre", "prefer_binary") if dice.random() < 0.1}
    return Case(
        name=f"universe{seed}",
        requirements=lines,
        constraints=constraints,
        options=options,
        packages=packages,
    )


def _versions(dice: random.Random, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found = {}
    for version in sorted(dice.sample(VERSIONS, dice.randint(1, 6)), key=lambda _: dice.random()):
        facts: dict[str, Any] = {"wheels": dice.choice(WHEELS)}
        facts["requires"] = [_requirement(dice, names) for _ in range(dice.choice((0, 0, 1, 1, 2)))]
        if dice.random() < 0.1:
            facts["yanked"] = True
        if dice.random() < 0.15:
            facts["python"] = dice.choice((">=3.8", ">=3.13", "<3.12", "!=3.12.*"))
        elif dice.random() < 0.1:
            facts["metadata_python"] = dice.choice((">=3.8", ">=3.13"))
        found[version] = facts
    return found


def _requirement(
    dice: random.Random, names: tuple[str, ...], *, marker: bool = True, extras: bool = True
) -> str:
    wanted = ",".join(dice.sample(EXTRAS, dice.randint(1, 2))) if extras and dice.random() < 0.25 else ""
    operators = ("==", ">=", "<=", "<", "!=", "~=", ">", "===")
    kind = dice.choices(("", *operators), weights=(9, 1, 5, 2, 2, 1, 1, 1, 0.2))[0]
    specifier = f"{kind}{dice.choice(VERSIONS)}" if kind else ""
    text = f"{dice.choice(names)}{f'[{wanted}]' if wanted else ''}{specifier}"
    if marker and dice.random() < 0.25:
        text += f"; extra == '{dice.choice(EXTRAS)}'"
    return text
