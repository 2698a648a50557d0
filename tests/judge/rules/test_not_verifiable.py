"""AC009: what could not be read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge import findings as judge
from archcheck.judge.packages import package_row, summary
from archcheck.manifest.manifest import Location, Skipped
from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    SDIST,
    X86,
    found,
    found_of_set,
    locked,
    side,
    subject,
    unknown,
    whole,
)


@pytest.mark.parametrize("x86_known", [True, False])
@pytest.mark.parametrize("arm_known", [True, False])
def test_unknown_is_a_finding_of_its_own_and_no_ground_to_compare(x86_known, arm_known):
    x86 = side(AL2_X86, (X86,)) if x86_known else unknown(AL2_X86)
    arm = side(AL2_ARM, (X86,)) if arm_known else unknown(AL2_ARM)
    expected = ["AC001"] if x86_known and arm_known else ["AC009"]
    assert list(found(subject(x86, arm))) == expected
    if not arm_known or not x86_known:
        problem = found(subject(x86, arm))["AC009"]
        assert problem.severity == "unknown"
        assert problem.message == "a VCS checkout is not read"
        assert problem.evidence.detail == (f"on {'x86_64' if arm_known else 'aarch64'}",)


def test_a_lock_alone_does_not_tell_that_there_is_no_wheel():
    problems = found(locked((SDIST,), (X86, SDIST), unasked="no network"))
    assert problems.keys() == {"AC009"}
    assert "no network" in problems["AC009"].message
    assert found(locked((SDIST,), (X86, SDIST))).keys() == {"AC002"}


def test_what_only_a_lock_lacks_counts_as_unknown():
    one = locked((X86,), (X86,), unasked="no network")
    counted = summary([package_row(one, (), None)], judge.findings(judge.problems([one]), {}, {}, "uv.lock"))
    assert (counted.unknown, counted.blocked) == (1, 0)


def test_what_another_installer_installs_is_one_finding():
    one = whole()
    others = tuple(
        Skipped(
            text=f"p{n}", reason="why", location=Location(path="environment.yml", line=n), elsewhere="conda"
        )
        for n in range(3, 10)
    )
    manifest = replace(one.manifest, path="sub/environment.yml", skipped=others)
    problem = found_of_set(replace(one, manifest=manifest))["AC009"]
    assert (problem.severity, problem.about, problem.place.line) == ("unknown", "environment.yml", 3)
    assert problem.message == "what conda installs was not audited: p3, p4, p5, p6, p7 and 2 more"
    assert problem.evidence.detail == tuple(f"p{n}" for n in range(3, 10))


def test_what_is_left_out_for_another_reason_is_no_finding():
    one = whole()
    skipped = Skipped(text="-r https://…", reason="why", location=Location(path="r.txt"))
    assert found_of_set(replace(one, manifest=replace(one.manifest, skipped=(skipped,)))) == {}
