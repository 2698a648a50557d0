"""A few of the damaged files of each format; `python -m tests.fuzzing` reads many."""

from __future__ import annotations

import pytest

from tests.fuzzing.damage import damaged
from tests.fuzzing.formats import FORMATS

FILES = 200


@pytest.mark.parametrize("name", FORMATS)
def test_only_errors_of_ours_come_of_damage(name: str) -> None:
    for seed in range(FILES):
        whole, read = FORMATS[name][seed % len(FORMATS[name])]
        read(damaged(whole, seed))


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_are_whole_are_read(name: str) -> None:
    for whole, read in FORMATS[name]:
        read(whole)


def test_damage_is_the_same_everywhere() -> None:
    made = [damaged(bytes(range(256)), seed) for seed in range(50)]
    assert made == [damaged(bytes(range(256)), seed) for seed in range(50)]
    assert len(set(made)) > 40
