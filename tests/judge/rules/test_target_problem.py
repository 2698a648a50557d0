"""AC013: x86_64 is no better off."""

from __future__ import annotations

import pytest

from archcheck.judge.findings import set_findings
from archcheck.manifest.manifest import FormatControl
from archcheck.model import Place
from tests.judge.comparisons import (
    AL2,
    AL2_ARM,
    AL2_X86,
    ARM,
    LIBC_2_28,
    SDIST,
    WHEELS_ONLY,
    X86,
    both,
    found,
    found_of_set,
    side,
    subject,
    unresolved,
    whole,
)

NO_WHEELS = FormatControl(no_binary=frozenset({"demo"}))


@pytest.mark.parametrize(
    ("x86", "arm", "rules"),
    [
        ("native-sdist", "native-sdist", {"AC013": "warning"}),
        ("sdist", "sdist", {"AC013": "warning"}),
        (None, None, {"AC013": "warning"}),
        ("pure-sdist", "pure-sdist", {}),
        ("fallback-sdist", "fallback-sdist", {}),
    ],
)
def test_an_sdist_alone_is_the_same_on_both(x86, arm, rules):
    one = subject(
        side(AL2_X86, (SDIST,), looked_into=x86),
        side(AL2_ARM, (SDIST,), looked_into=arm),
    )
    assert {rule: problem.severity for rule, problem in found(one).items()} == rules


@pytest.mark.parametrize(
    ("tags", "target", "about", "fact"),
    [
        ("cp38-cp38-manylinux2014_x86_64", AL2, {}, "x86_64 wheels are for cp38, not cp311"),
        ("cp38-cp38-manylinux2014_aarch64", AL2, {}, "aarch64 wheels are for cp38, not cp311"),
        (
            "cp311-cp311-manylinux_2_28_x86_64 cp311-cp311-manylinux_2_28_aarch64",
            AL2,
            {},
            f"need glibc 2.28; {AL2} has glibc 2.26",
        ),
        (X86, "alpine3.22:python3.11", {}, "for glibc alone; alpine3.22:python3.11 has musl 1.2"),
        (f"{X86} {ARM}", AL2, {"requires_python": ">=3.12"}, "requires Python >=3.12"),
        (f"{X86} {ARM}", AL2, {"hashes": ("another",)}, "its hash is not among those given"),
        (SDIST, AL2, {"formats": WHEELS_ONLY}, "sdists are not allowed"),
    ],
)
def test_nothing_for_either_blames_the_target(tags, target, about, fact):
    problems = found(both(tags, target, **about))
    assert list(problems) == ["AC013"]
    assert problems["AC013"].severity == "blocker"
    assert fact in problems["AC013"].message
    assert "neither architecture" in problems["AC013"].message


@pytest.mark.parametrize(
    ("tags", "about", "fact"),
    [
        (SDIST, {}, "published as source alone"),
        (f"cp311-cp311-win_amd64 {SDIST}", {}, "no wheel for Linux"),
        (f"cp38-cp38-manylinux1_x86_64 cp39-cp39-manylinux1_x86_64 {SDIST}", {}, "cp38–cp39, not cp311"),
        (f"cp311-cp311-manylinux_2_27_x86_64 {LIBC_2_28} {SDIST}", {}, "x86_64 wheels need glibc 2.27"),
        (f"{X86} {ARM} {SDIST}", {"formats": NO_WHEELS}, "the input leaves its wheels out"),
    ],
)
def test_a_build_on_both_says_why_no_wheel_fits(tags, about, fact):
    problems = found(both(tags, **about))
    assert list(problems) == ["AC013"]
    assert problems["AC013"].severity == "warning"
    assert "must be built on both" in problems["AC013"].message
    assert fact in problems["AC013"].message


def test_what_x86_64_alone_lacks_is_not_held_against_arm64():
    assert not found(subject(side(AL2_X86, (ARM,)), side(AL2_ARM, (ARM,))))
    problems = found(subject(side(AL2_X86, (ARM,)), side(AL2_ARM, (SDIST,))))
    assert {rule: problem.severity for rule, problem in problems.items()} == {"AC013": "warning"}
    assert "does not install on x86_64" in problems["AC013"].message


@pytest.mark.parametrize(
    ("tags", "rules"),
    [((ARM,), {}), ((SDIST,), {"AC013": "warning"}), ((X86,), {"AC013": "blocker"})],
)
def test_where_x86_64_cannot_be_resolved_nothing_is_worse_on_aarch64(tags, rules):
    problems = found(subject(unresolved(AL2_X86), side(AL2_ARM, tags)))
    assert {rule: problem.severity for rule, problem in problems.items()} == rules


@pytest.mark.parametrize("about", [{}, {"conflicts": "aarch64"}, {"locked_for": "sys_platform == 'darwin'"}])
def test_where_the_project_is_for_another_python_that_alone_is_said(about):
    one = whole(pythons=">=3.12", **about)
    problems = found_of_set(one)
    assert list(problems) == ["AC013"]
    problem = problems["AC013"]
    assert problem.severity == "blocker"
    assert problem.evidence.needs == "Python >=3.12"
    assert problem.evidence.has.startswith("3.11.")
    assert all(fact in problem.message for fact in ("Python >=3.12", AL2, "3.11."))
    assert problem.place == Place(path=one.manifest.path, line=None)


def test_another_python_and_other_environments_have_fingerprints_of_their_own():
    ways = ({"pythons": ">=3.12"}, {})
    prints = [
        finding.fingerprint
        for about in ways
        for finding in set_findings(whole(locked_for="sys_platform == 'darwin'", **about))
    ]
    assert len(set(prints)) == 2
