"""AC007: pure Python where x86_64 gets compiled code."""

from __future__ import annotations

from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ANY,
    ARM,
    X86,
    both,
    found,
    side,
    subject,
)


def test_slow_fallback():
    assert list(found(both(f"{X86} {ANY}"))) == ["AC007"]
    assert not found(both(f"{X86} {ARM} {ANY}"))
    older = subject(side(AL2_X86, (X86,), version="2.0"), side(AL2_ARM, (ANY,)))
    assert list(found(older)) == ["AC006"]
