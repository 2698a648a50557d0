"""AC016: a marker asks for it on x86_64 only."""

from __future__ import annotations

import pytest

from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ARM,
    X86,
    absent,
    edge,
    found,
    side,
    subject,
)


@pytest.mark.parametrize(
    ("marker", "is_found"),
    [
        ("platform_machine == 'x86_64'", True),
        ("platform_machine == 'x86_64' and extra == 'cuda'", True),
        ("platform_machine != 'armv7l' and extra == 'cuda'", False),
        ("python_version >= '3.9'", False),
        (None, False),
    ],
)
def test_x86_only_by_marker(marker, is_found):
    asked = side(AL2_X86, (X86,), wanted_by=(edge(marker=marker, text=f"demo; {marker}"),))
    problems = found(subject(asked, absent(AL2_ARM)))
    assert list(problems) == (["AC016"] if is_found else [])
    if is_found:
        assert problems["AC016"].evidence.detail == (f"demo; {marker}",)
        assert problems["AC016"].severity == "warning"


def test_the_marker_of_a_lock_is_told_beside_the_name():
    asked = side(AL2_X86, (X86,), wanted_by=(edge(marker="platform_machine == 'x86_64'"),))
    problems = found(subject(asked, absent(AL2_ARM)))
    assert problems["AC016"].evidence.detail == ('demo; platform_machine == "x86_64"',)


def test_a_marker_for_aarch64_is_no_finding():
    asked = side(AL2_ARM, (ARM,), wanted_by=(edge(marker="platform_machine == 'aarch64'"),))
    assert not found(subject(absent(AL2_X86), asked))
