"""Each rule with what sets it off and what does not: codes, severities and the facts they rest on."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge import findings as judge
from archcheck.judge import rule_texts
from archcheck.judge.comparison import side_of
from archcheck.judge.findings import NAMES
from archcheck.judge.packages import package_row, summary
from archcheck.manifest.manifest import FormatControl, UrlSource
from archcheck.model import Severity, Status
from archcheck.platforms.targets import parse_target
from tests.judge.comparisons import (
    AL2,
    ANY,
    ARM,
    SDIST,
    X86,
    absent,
    both,
    edge,
    files_on,
    found,
    index_file,
    pointed_at,
    side,
    subject,
    unknown,
    unresolved,
)

AL2_X86, AL2_ARM = (parse_target(AL2).on(each) for each in ("x86_64", "aarch64"))
WHEELS_ONLY = FormatControl(only_binary=frozenset({":all:"}))
NO_WHEELS = FormatControl(no_binary=frozenset({"demo"}))

LIBC_2_28 = "cp311-cp311-manylinux_2_28_aarch64"
LIBC_2_35 = "cp311-cp311-manylinux_2_35_aarch64"
MUSL = "cp311-cp311-musllinux_1_2_aarch64"
PY39, PY310 = "cp39-cp39-manylinux2014_aarch64", "cp310-cp310-manylinux2014_aarch64"


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
    assert not found(both(tags, target))


def test_an_sdist_that_may_not_be_built_is_no_way_out():
    problem = found(both(f"{X86} {SDIST}", formats=WHEELS_ONLY))["AC001"]
    assert problem.severity == "blocker"
    assert "the sdist is not allowed" in problem.message


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


def test_a_package_that_only_aarch64_needs_and_lacks():
    problem = found(subject(absent(AL2_X86), side(AL2_ARM, (X86,))))["AC001"]
    assert problem.evidence.detail == ("x86_64 does not need it",)


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


def test_slow_fallback():
    assert list(found(both(f"{X86} {ANY}"))) == ["AC007"]
    assert not found(both(f"{X86} {ARM} {ANY}"))
    older = subject(side(AL2_X86, (X86,), version="2.0"), side(AL2_ARM, (ANY,)))
    assert list(found(older)) == ["AC006"]


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


@pytest.mark.parametrize(
    ("tags", "hashes", "rule", "severity"),
    [
        (f"{X86} {ARM}", (X86,), "AC015", "blocker"),
        (f"{X86} {ARM} {SDIST}", (X86, SDIST), "AC015", "build"),
        (f"{X86} {ANY}", (X86,), "AC015", "blocker"),
        (X86, (X86,), "AC001", "blocker"),
        (f"{X86} {ARM}", (X86, ARM), None, None),
    ],
)
def test_a_wheel_that_the_hashes_leave_out(tags, hashes, rule, severity):
    problems = found(both(tags, hashes=hashes))
    assert {code: problem.severity for code, problem in problems.items()} == (
        {rule: severity} if rule else {}
    )
    if rule == "AC015":
        left_out = ANY if ANY in tags else ARM
        assert problems[rule].evidence.files == (f"demo-1.0-{left_out}.whl",)


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


def test_one_of_the_first_five_at_most():
    every_miss = f"{LIBC_2_28} {MUSL} {PY39} {SDIST}"
    codes = set(found(both(f"{X86} {every_miss}")))
    assert len(codes & {"AC001", "AC002", "AC003", "AC004", "AC005"}) == 1


def test_every_rule_is_explained_under_its_name():
    assert {rule.code: rule.name for rule in rule_texts.rules()} == NAMES


def test_statuses_are_those_of_the_contract():
    kinds = {
        Status.WHEEL: both(f"{X86} {ARM}"),
        Status.PURE_WHEEL: both(ANY),
        Status.PURE_SDIST: both(SDIST, looked_into="pure-sdist"),
        Status.FALLBACK_SDIST: both(SDIST, looked_into="fallback-sdist"),
        Status.NATIVE_SDIST: both(f"{SDIST} cp38-cp38-win_amd64"),
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


def _locked(taken: tuple[str, ...], whole: tuple[str, ...], *, unasked: str | None = None):
    """Return aarch64's side of a lock that lists *taken* of a release which has the files *whole*."""
    arm = side(AL2_ARM, taken)
    files = tuple(index_file(tag) for tag in whole)
    pick = replace(arm.chosen.pick, release=files)
    chosen = replace(arm.chosen, pick=pick, unasked=unasked)
    return subject(x86=side(AL2_X86, (X86, *taken)), arm=replace(arm, chosen=chosen))


def test_a_lock_that_takes_the_pure_wheel_where_the_index_has_a_compiled_one():
    assert found(_locked((ANY,), (X86, ANY))).keys() == {"AC007"}
    problems = found(_locked((ANY,), (X86, ANY, ARM)))
    assert problems.keys() == {"AC015"}
    assert problems["AC015"].severity is Severity.WARNING


def test_a_wheel_whose_own_requires_python_refuses_it_is_for_another_python():
    files = (index_file(X86), index_file(ARM, requires_python=">=3.12"))
    problems = found(subject(*(files_on(machine, files) for machine in (AL2_X86, AL2_ARM))))
    assert set(problems) == {"AC004"}
    assert (problems["AC004"].evidence.needs, problems["AC004"].evidence.has) == ("Python >=3.12", "cp311")


@pytest.mark.parametrize("source", [None, UrlSource(url="https://files.example/demo.whl")])
def test_a_wheel_that_its_metadata_shuts_out_is_told_by_that(source):
    arm = files_on(AL2_ARM, (index_file(ARM),))
    pick = replace(arm.chosen.pick, problem="requires Python >=3.12", source=source)
    rejected = side_of(AL2_ARM, replace(arm.chosen, pick=pick), {})
    problems = found(subject(side(AL2_X86, (X86,)), rejected))
    assert {code: problem.message for code, problem in problems.items()} == {
        "AC001": "its aarch64 wheel is refused: requires Python >=3.12"
    }


def test_a_lock_alone_does_not_tell_that_there_is_no_wheel():
    problems = found(_locked((SDIST,), (X86, SDIST), unasked="no network"))
    assert problems.keys() == {"AC009"}
    assert "no network" in problems["AC009"].message
    assert found(_locked((SDIST,), (X86, SDIST))).keys() == {"AC002"}


def test_what_only_a_lock_lacks_counts_as_unknown():
    one = _locked((X86,), (X86,), unasked="no network")
    counted = summary([package_row(one, (), None)], judge.findings(judge.problems([one]), {}, {}, "uv.lock"))
    assert (counted.unknown, counted.blocked) == (1, 0)
