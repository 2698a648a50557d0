"""pip is asked what we are asked: the same packages, the very same files of them, or both find none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcheck.platforms.targets import ARCHITECTURES
from archcheck.resolve.model import Resolution
from tests.resolve.cases import files, read_cases, run
from tests.resolve.pip_oracle import SINCE, ask_pip, comparable, pip_version
from tests.resolve.universes import universes

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.resolve.model import Outcome
    from tests.resolve.cases import Case


@pytest.fixture(scope="module", autouse=True)
def _new_enough() -> None:
    if (version := pip_version()) < SINCE:
        pytest.skip(f"pip {version} resolves by older rules; from {SINCE} on it can be compared")


def test_the_cases(tmp_path: Path) -> None:
    assert_same(read_cases(), tmp_path)


def test_random_universes(tmp_path: Path) -> None:
    assert_same(universes(range(40)), tmp_path)


def assert_same(cases: list[Case], folder: Path) -> None:
    """Compare every case that pip can be asked about, and print how many those were."""
    questions = [(case, each) for case in cases for each in ARCHITECTURES if comparable(case, each)]
    version, answers = ask_pip(questions, folder)
    skipped = len(cases) * len(ARCHITECTURES) - len(questions)
    found = sum(answer.found is not None for answer in answers)
    print(f"pip {version}: {len(questions)} compared, of which {found} resolve; {skipped} skipped")
    differing = {}
    for (case, architecture), answer in zip(questions, answers, strict=True):
        ours = installed(run(case, only_binary=[":all:"])[architecture])
        if ours != answer.found:
            differing[f"{case.name} on {architecture}"] = (ours, answer.found, answer.said[-700:])
    assert not differing


def installed(outcome: Outcome) -> dict[str, str] | None:
    """Return the files that are taken where everything installs, else None: there pip must fail."""
    if not isinstance(outcome, Resolution):
        return None
    picks = [chosen.pick for chosen in outcome.packages.values()]
    if not all(pick.installs and pick.known for pick in picks):
        return None
    return files(outcome)
