"""AC015: a wheel fits aarch64, and the input leaves it out."""

from __future__ import annotations

import pytest

from archcheck.model import Place, Severity
from tests.judge.comparisons import (
    AL2,
    ANY,
    ARM,
    SDIST,
    X86,
    both,
    found,
    found_of_set,
    locked,
    whole,
)


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


def test_a_lock_that_takes_the_pure_wheel_where_the_index_has_a_compiled_one():
    assert found(locked((ANY,), (X86, ANY))).keys() == {"AC007"}
    problems = found(locked((ANY,), (X86, ANY, ARM)))
    assert problems.keys() == {"AC015"}
    assert problems["AC015"].severity is Severity.WARNING


ADMITS = {
    "AC015": "[tool.uv] environments (\"sys_platform == 'linux' and platform_machine == 'aarch64'\")",
    "AC013": "the lock's environments",
}


@pytest.mark.parametrize(
    ("environment", "rules"),
    [
        ("", []),
        ("sys_platform == 'linux'", []),
        ("platform_machine == 'aarch64'", []),
        ("platform_machine == 'x86_64'", ["AC015"]),
        ("sys_platform == 'darwin'", ["AC013"]),
    ],
)
def test_a_lock_whose_environments_leave_aarch64_out(environment, rules):
    problems = found_of_set(whole(locked_for=environment))
    assert list(problems) == rules
    for rule, problem in problems.items():
        where = "aarch64" if rule == "AC015" else AL2
        assert (problem.severity, problem.evidence.has) == ("blocker", where)
        assert problem.remedy.kind == "relock"
        assert problem.remedy.message == f"admit {where} to {ADMITS[rule]}, and lock again"
        assert (problem.about, problem.place) == ("uv.lock", Place(path="app/uv.lock", line=None))
