"""One package on both architectures: its status on each, and whether aarch64 is worse off."""

from __future__ import annotations

from archcheck.model import Status
from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ANY,
    ARM,
    SDIST,
    X86,
    absent,
    both,
    side,
    subject,
    unknown,
    unresolved,
)


def test_statuses_are_those_of_the_contract():
    kinds = {
        Status.WHEEL: both(f"{X86} {ARM}"),
        Status.PURE_WHEEL: both(ANY),
        Status.PURE_SDIST: both(SDIST, looked_into="pure-sdist"),
        Status.FALLBACK_SDIST: both(SDIST, looked_into="fallback-sdist"),
        Status.NATIVE_SDIST: both(SDIST, looked_into="native-sdist"),
        Status.SDIST: both(SDIST),
        Status.MISSING: both("cp38-cp38-win_amd64"),
    }
    assert {status: one.arm.status for status, one in kinds.items()} == {status: status for status in kinds}
    assert absent(AL2_ARM).status is Status.NOT_REQUIRED
    assert unknown(AL2_ARM).status is Status.UNKNOWN


def test_a_subject_is_worse_only_by_what_is_known():
    def worse(x86, arm) -> bool:
        return subject(x86, arm).worse

    assert worse(side(AL2_X86, (X86,)), side(AL2_ARM, (SDIST,)))
    assert worse(side(AL2_X86, (SDIST,)), side(AL2_ARM, (X86,)))
    assert not worse(side(AL2_X86, (SDIST,)), side(AL2_ARM, (SDIST,)))
    assert not worse(unknown(AL2_X86), side(AL2_ARM, (X86,)))
    assert not worse(unresolved(AL2_X86), side(AL2_ARM, (X86,)))
