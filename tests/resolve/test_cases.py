"""Every case in `cases/`, on both architectures, against an index that knows nothing else."""

from __future__ import annotations

import pytest

from archcheck.platforms.targets import ARCHITECTURES
from archcheck.resolve.model import Resolution
from tests.resolve.cases import Case, files, read_cases, reason, run, shown

CASES = read_cases()


@pytest.mark.parametrize("by_version", [False, True], ids=["pages", "versions"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, *, by_version: bool) -> None:
    outcomes = run(case, by_version=by_version)
    for architecture in ARCHITECTURES:
        assert shown(outcomes[architecture]) == case.expected(architecture), architecture
        expected = case.expected_files(architecture)
        taken = files(outcomes[architecture])
        assert {name: taken.get(name) for name in expected} == expected, architecture
    for name, words in case.reasons.items():
        said = [
            reason(outcome, name)
            for outcome in outcomes.values()
            if isinstance(outcome, Resolution) and name in outcome.packages
        ]
        assert any(words in text for text in said), said


def test_every_case_expects_something_for_both_architectures() -> None:
    for case in CASES:
        assert all(case.expected(architecture) is not None for architecture in ARCHITECTURES), case.name
