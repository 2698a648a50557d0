"""AC008: the requirement points at one file, and that is for x86_64."""

from __future__ import annotations

import pytest

from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ANY,
    ARM,
    PY39,
    SDIST,
    X86,
    found,
    pointed_at,
    subject,
)


@pytest.mark.parametrize(
    ("x86", "arm", "rule", "needs"),
    [
        (X86, X86, "AC008", "x86_64"),
        (X86, "cp311-cp311-win_amd64", "AC008", "win_amd64"),
        (X86, "cp311-cp311-manylinux_2_28_aarch64", "AC003", "glibc 2.28"),
        (X86, PY39, "AC004", "cp39"),
        (X86, SDIST, "AC002", None),
        (SDIST, SDIST, "AC013", None),
        ("cp311-cp311-win_amd64", "cp311-cp311-win_amd64", "AC013", None),
        (X86, ARM, None, None),
        (ANY, ANY, None, None),
    ],
)
def test_a_requirement_that_points_at_one_file(x86, arm, rule, needs):
    problems = found(subject(pointed_at(AL2_X86, x86), pointed_at(AL2_ARM, arm)))
    assert list(problems) == ([rule] if rule else [])
    if rule:
        assert problems[rule].evidence.needs == needs
