"""AC001–AC005: no wheel fits aarch64, named by the nearest miss."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.comparison import side_of
from archcheck.manifest.manifest import UrlSource
from tests.judge.comparisons import (
    AL2,
    AL2_ARM,
    AL2_X86,
    ANY,
    ARM,
    LIBC_2_28,
    PY39,
    SDIST,
    WHEELS_ONLY,
    X86,
    absent,
    both,
    files_on,
    found,
    index_file,
    side,
    subject,
)

LIBC_2_35 = "cp311-cp311-manylinux_2_35_aarch64"
MUSL = "cp311-cp311-musllinux_1_2_aarch64"
PY310 = "cp310-cp310-manylinux2014_aarch64"


# What aarch64 gets of a release whose x86_64 wheel fits: the rule, its severity, what it needs and has.
@pytest.mark.parametrize(
    ("tags", "target", "rule", "needs", "has"),
    [
        (X86, AL2, "AC001", None, None),
        (f"{X86} cp311-cp311-macosx_11_0_arm64 cp311-cp311-win_arm64", AL2, "AC001", None, None),
        (f"{X86} py2-none-any", AL2, "AC001", None, None),
        (f"{X86} cp311-cp311-manylinux1_aarch64", AL2, "AC001", None, None),
        (f"{X86} {LIBC_2_28}", AL2, "AC003", "glibc 2.28", "glibc 2.26"),
        (f"{X86} {LIBC_2_35} {LIBC_2_28}", AL2, "AC003", "glibc 2.28", "glibc 2.26"),
        (f"{X86} {LIBC_2_28} {MUSL} {PY39}", AL2, "AC003", "glibc 2.28", "glibc 2.26"),
        (f"{X86} {MUSL}", AL2, "AC005", "musl", "glibc 2.26"),
        (f"{X86} {MUSL} {PY39}", AL2, "AC005", "musl", "glibc 2.26"),
        (f"{X86} {PY39} {PY310}", AL2, "AC004", "cp39–cp310", "cp311"),
        (f"{X86} {PY39} cp313-abi3-manylinux2014_aarch64", AL2, "AC004", "cp39, cp313-abi3", "cp311"),
        (f"{X86} cp311-cp311t-manylinux2014_aarch64", AL2, "AC004", "cp311t", "cp311"),
        (
            "cp313-cp313t-manylinux2014_x86_64 cp313-cp313-manylinux2014_aarch64",
            "amazonlinux2023:python3.13t",
            "AC004",
            "cp313",
            "cp313t",
        ),
        (
            "cp311-cp311-musllinux_1_1_x86_64 cp311-cp311-musllinux_1_3_aarch64",
            "alpine3.22:python3.11",
            "AC003",
            "musl 1.3",
            "musl 1.2",
        ),
        (
            f"cp311-cp311-musllinux_1_1_x86_64 {ARM}",
            "alpine3.22:python3.11",
            "AC005",
            "glibc",
            "musl 1.2",
        ),
    ],
)
@pytest.mark.parametrize("sdist", [False, True])
def test_no_wheel_is_named_by_the_nearest_miss(*, tags, target, rule, needs, has, sdist):
    one = both(f"{tags} {SDIST}" if sdist else tags, target)
    problems = found(one)
    rule = "AC002" if sdist and rule == "AC001" else rule
    assert list(problems) == [rule]
    problem = problems[rule]
    assert (problem.severity, problem.evidence.needs, problem.evidence.has) == (
        "build" if sdist else "blocker",
        needs,
        has,
    )
    assert ("must be built" in problem.message) is sdist
    assert all(fact in problem.message for fact in (needs, has) if fact)
    assert bool(problem.evidence.files) is (needs is not None)
    assert all("aarch64" in name for name in problem.evidence.files)


@pytest.mark.parametrize(
    ("tags", "target"),
    [
        (f"{X86} {ARM}", AL2),
        (f"{X86} cp38-abi3-manylinux_2_24_aarch64", AL2),
        (f"{X86} cp311-cp311-linux_aarch64", AL2),
        (f"{X86} py3-none-manylinux_2_17_aarch64", AL2),
        (f"{X86} cp311-cp311-manylinux_2_17_x86_64.manylinux_2_17_aarch64", AL2),
        (ANY, AL2),
        ("py2.py3-none-any", "alpine3.22:python3.13"),
        ("cp313-cp313t-musllinux_1_1_x86_64 cp313-cp313t-musllinux_1_2_aarch64", "musl1.2:python3.13t"),
    ],
)
def test_what_installs_on_both_is_no_finding(tags, target):
    assert not {"AC001", "AC002", "AC003", "AC004", "AC005"} & found(both(tags, target)).keys()


def test_an_sdist_that_may_not_be_built_is_no_way_out():
    problem = found(both(f"{X86} {SDIST}", formats=WHEELS_ONLY))["AC001"]
    assert problem.severity == "blocker"
    assert "the sdist is not allowed" in problem.message


def test_a_package_that_only_aarch64_needs_and_lacks():
    problem = found(subject(absent(AL2_X86), side(AL2_ARM, (X86,))))["AC001"]
    assert problem.evidence.detail == ("x86_64 does not need it",)


def test_one_of_the_first_five_at_most():
    every_miss = f"{LIBC_2_28} {MUSL} {PY39} {SDIST}"
    codes = set(found(both(f"{X86} {every_miss}")))
    assert len(codes & {"AC001", "AC002", "AC003", "AC004", "AC005"}) == 1


def test_a_wheel_whose_own_requires_python_refuses_it_is_for_another_python():
    files = (index_file(X86), index_file(ARM, requires_python=">=3.12"))
    problems = found(subject(*(files_on(machine, files) for machine in (AL2_X86, AL2_ARM))))
    assert set(problems) == {"AC004"}
    assert (problems["AC004"].evidence.needs, problems["AC004"].evidence.has) == (
        "Python >=3.12",
        f"Python {AL2_ARM.target.python.full}",
    )


@pytest.mark.parametrize("source", [None, UrlSource(url="https://files.example/demo.whl")])
def test_a_wheel_that_its_metadata_shuts_out_is_told_by_that(source):
    arm = files_on(AL2_ARM, (index_file(ARM),))
    pick = replace(arm.chosen.pick, problem="requires Python >=3.12", source=source)
    rejected = side_of(AL2_ARM, replace(arm.chosen, pick=pick))
    problems = found(subject(side(AL2_X86, (X86,)), rejected))
    assert {code: problem.message for code, problem in problems.items()} == {
        "AC004": f"its aarch64 wheel is refused: requires Python >=3.12; {AL2} has {AL2_ARM.target.python.full}"
    }


def test_a_wheel_that_each_of_two_indexes_has_built_is_named_once():
    newer = index_file(LIBC_2_28)
    files = (index_file(X86), newer, replace(newer, url="https://other.example/", hashes=("other",)))
    problem = found(subject(files_on(AL2_X86, files), files_on(AL2_ARM, files)))["AC003"]
    assert problem.evidence.files == (newer.filename,)
