"""AC006: another version than on x86_64."""

from __future__ import annotations

import pytest

from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ARM,
    SDIST,
    X86,
    absent,
    found,
    side,
    subject,
    unknown,
)


def test_version_drift():
    x86 = side(AL2_X86, (X86,), version="2.0")
    problem = found(subject(x86, side(AL2_ARM, (ARM,), version="1.9")))["AC006"]
    assert (problem.severity, problem.evidence.needs, problem.evidence.has) == ("warning", "2.0", "1.9")


def test_version_drift_stands_beside_a_build():
    x86 = side(AL2_X86, (X86,), version="2.0")
    problems = found(subject(x86, side(AL2_ARM, (X86, SDIST), version="1.9")))
    assert {rule: problem.severity for rule, problem in problems.items()} == {
        "AC002": "build",
        "AC006": "warning",
    }


@pytest.mark.parametrize("arm", [absent, unknown, lambda machine: side(machine, (X86,), version="2.0")])
def test_no_drift_towards_nothing(arm):
    assert "AC006" not in found(subject(side(AL2_X86, (X86,)), arm(AL2_ARM)))
