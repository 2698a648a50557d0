"""AC010: the requirements cannot be met together on aarch64."""

from __future__ import annotations

import pytest

from archcheck.judge.findings import set_findings
from archcheck.model import Place
from tests.judge.comparisons import found_of_set, whole


@pytest.mark.parametrize(
    ("conflicts", "rule", "severity", "where"),
    [
        ("aarch64", "AC010", "blocker", "on aarch64 alone"),
        ("x86_64", "AC013", "warning", "on x86_64 alone"),
        ("x86_64 aarch64", "AC013", "blocker", "on either architecture"),
    ],
)
def test_a_conflict_is_told_by_where_it_is(conflicts, rule, severity, where):
    problems = found_of_set(whole(conflicts=conflicts))
    assert {code: problem.severity for code, problem in problems.items()} == {rule: severity}
    problem = problems[rule]
    assert f"cannot be met together {where}: " in problem.message
    assert problem.evidence.detail == (
        "app → up wants demo<2",
        "app/requirements.txt:3 wants demo>=2",
    )
    assert (problem.about, problem.place) == ("demo", Place(path="app/requirements.txt", line=3))


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"gave_up": "x86_64 aarch64"},
        {"conflicts": "aarch64", "locked_for": ""},  # a lock is not searched for
    ],
)
def test_no_answer_is_no_conflict(about):
    assert found_of_set(whole(**about)) == {}


def test_a_search_that_was_given_up_says_nothing_of_the_other_architecture():
    assert found_of_set(whole(conflicts="aarch64", gave_up="x86_64")).keys() == {"AC010"}
    problems = found_of_set(whole(conflicts="x86_64", gave_up="aarch64"))
    assert [problem.severity for problem in problems.values()] == ["warning"]


def test_the_finding_stands_under_the_package_that_is_disagreed_on():
    (finding,) = set_findings(whole(conflicts="aarch64"))
    assert (finding.rule, finding.name) == ("AC010", "conflict")
    assert (finding.package, finding.version, finding.path) == ("demo", None, ("demo",))
