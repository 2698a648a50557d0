"""AC014: an sdist that needs no compiler, where x86_64 has a wheel."""

from __future__ import annotations

import pytest

from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ANY,
    SDIST,
    X86,
    found,
    side,
    subject,
)


@pytest.mark.parametrize(
    ("kind", "x86", "rules"),
    [
        ("pure-sdist", ANY, ["AC014"]),
        ("fallback-sdist", X86, ["AC014"]),
        ("native-sdist", X86, ["AC002"]),
        ("sdist", ANY, ["AC002"]),
    ],
)
def test_an_sdist_where_x86_64_has_a_wheel(kind, x86, rules):
    one = subject(side(AL2_X86, (x86,)), side(AL2_ARM, (SDIST,), looked_into=kind))
    assert list(found(one)) == rules


def test_a_fallback_says_that_the_compiled_part_is_left_out():
    one = subject(side(AL2_X86, (X86,)), side(AL2_ARM, (SDIST,), looked_into="fallback-sdist"))
    assert "without its compiled part" in found(one)["AC014"].message
