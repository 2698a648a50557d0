"""The recommendation over all its codes, and the saving that goes with it."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from msgspec.structs import replace

from archcheck.judge.recommend import recommend, recommend_built, weighed, worst
from archcheck.model import Evidence, Finding, Recommendation, Remedy, Severity
from archcheck.platforms.targets import parse_target
from archcheck.savings.prices import prices
from archcheck.savings.reckoning import savings
from archcheck.savings.workload import Savings

WITHIN = Remedy(kind="version", message="upgrade", version="2", range="within", verified=True)
BEYOND = replace(WITHIN, range="beyond")
BUILD = Remedy(kind="build", message="build it", verified=True)
RELOCK = Remedy(kind="relock", message="lock again", verified=True)
REPLACE = Remedy(kind="replace", message="another", verified=True)


def finding(rule: str, severity: str, remedy: Remedy | None = None, package: str = "demo") -> Finding:
    return Finding(
        rule=rule,
        name="a-rule",
        severity=Severity(severity),
        package=package,
        version="1.0",
        target="lambda:python3.13",
        message="something is the matter",
        evidence=Evidence(),
        location=None,
        path=(package,),
        fingerprint="0",
        remedy=remedy,
    )


BLOCKED = finding("AC001", "blocker")
FIXABLE = finding("AC002", "build", BEYOND)
UNKNOWN = finding("AC009", "unknown", package="other")
APART = finding("AC009", "unknown", package="environment.yml")
WARNED = finding("AC006", "warning")
BUILT_ON_BOTH = finding("AC013", "warning", package="source-only")
ON_NEITHER = finding("AC013", "blocker")


def drift(arm: str, x86: str, remedy: Remedy | None = None, package: str = "apart") -> Finding:
    return replace(finding("AC006", "warning", remedy, package), evidence=Evidence(needs=x86, has=arm))


@pytest.mark.parametrize(
    ("findings", "about", "expected"),
    [
        ([], {}, ("ready", "arm64", "now", "none", "high")),
        # what was tested on x86_64 is not what runs
        ([WARNED], {}, ("ready", "arm64", "now", "none", "medium")),
        ([drift("6.8.0.2", "6.12.0", WITHIN)], {}, ("ready", "arm64", "now", "pin", "medium")),
        ([drift("1.0", "2.0", BEYOND), WARNED], {}, ("ready", "arm64", "now", "upgrade", "medium")),
        (
            [drift("1.0", "2.0", replace(WITHIN, verified=False))],
            {},
            ("ready", "arm64", "now", "pin", "medium"),
        ),
        ([drift("torch", "2.0")], {}, ("ready", "arm64", "now", "none", "medium")),
        # pyside6-addons moves with pyside6, of which alone something is to be changed
        (
            [
                drift("1.0", "2.0", WITHIN),
                replace(drift("1.0", "2.0", BEYOND, package="below"), path=("apart", "below")),
            ],
            {},
            ("ready", "arm64", "now", "pin", "medium"),
        ),
        # an index has torch 2.5.1+cu124 for x86_64 alone
        ([drift("2.5.1", "2.5.1+cu124", WITHIN)], {}, ("ready", "arm64", "now", "none", "high")),
        (
            [FIXABLE, drift("1.0", "2.0", REPLACE)],
            {},
            ("remedies-known", "arm64", "after-changes", "upgrade", "high"),
        ),
        ([BUILT_ON_BOTH], {"built": ["six"]}, ("no-worse", "arm64", "now", "build", "medium")),
        # x86_64 alone cannot resolve the set: nothing is built on aarch64
        ([BUILT_ON_BOTH], {}, ("ready", "arm64", "now", "none", "high")),
        ([], {"approximate": ["six"]}, ("ready", "arm64", "now", "none", "medium")),
        ([], {"empty": True}, ("nothing-to-audit", "arm64", "now", "none", "high")),
        ([], {"complete": False}, ("incomplete", "undetermined", None, None, "low")),
        ([FIXABLE], {}, ("remedies-known", "arm64", "after-changes", "upgrade", "high")),
        ([FIXABLE, UNKNOWN], {}, ("unknowns", "undetermined", None, None, "low")),
        ([FIXABLE], {"complete": False}, ("incomplete", "undetermined", None, None, "low")),
        ([UNKNOWN], {}, ("unknowns", "undetermined", None, None, "low")),
        ([BLOCKED], {}, ("no-remedy", "x86_64", "now", None, "high")),
        ([BLOCKED, FIXABLE], {}, ("no-remedy", "x86_64", "now", None, "high")),
        ([BLOCKED, UNKNOWN], {}, ("no-remedy", "x86_64", "now", None, "medium")),
        # where the other versions could not be looked at, nobody can say that none helps
        (
            [BLOCKED],
            {"unlooked": ["demo"], "complete": False},
            ("incomplete", "undetermined", None, None, "low"),
        ),
        (
            [BLOCKED, finding("AC001", "blocker", package="other")],
            {"unlooked": ["demo"], "complete": False},
            ("no-remedy", "x86_64", "now", None, "medium"),
        ),
        ([finding("AC010", "blocker")], {}, ("no-remedy", "x86_64", "now", None, "high")),
        ([ON_NEITHER], {}, ("target-unusable", "undetermined", None, None, "low")),
        ([ON_NEITHER, BLOCKED], {}, ("target-unusable", "undetermined", None, None, "low")),
    ],
)
def test_recommendation(findings, about, expected):
    found = recommend(findings, **{"complete": True, "empty": False, **about})
    assert (found.code, found.architecture, found.when, found.effort, found.confidence) == expected
    assert found.reasons


@pytest.mark.parametrize(
    ("findings", "about", "expected"),
    [
        ([], {}, ("ready-in-part", "arm64", "now")),
        ([FIXABLE], {}, ("remedies-known", "arm64", "after-changes")),
        ([BLOCKED], {}, ("no-remedy", "x86_64", "now")),
        ([UNKNOWN], {}, ("unknowns", "undetermined", None)),
        ([], {"complete": False}, ("incomplete", "undetermined", None)),
        ([], {"empty": True}, ("nothing-to-audit", "arm64", "now")),
    ],
)
def test_what_another_installer_installs_lowers_the_confidence_alone(findings, about, expected):
    """The answer is that of the rest, and its last reason says what the rest lacks."""
    found = recommend([*findings, APART], **{"complete": True, "empty": False, **about}, apart=[APART])
    assert (found.code, found.architecture, found.when) == expected
    assert (found.confidence, found.reasons[-1]) == ("low", APART.message)
    assert len(found.reasons) > 1


@pytest.mark.parametrize(
    ("remedies", "effort", "confidence"),
    [
        ([WITHIN], "pin", "high"),
        ([RELOCK], "pin", "high"),
        ([WITHIN, BEYOND], "upgrade", "high"),
        ([BEYOND, REPLACE], "replace", "high"),
        ([BUILD, WITHIN], "build", "high"),
        ([BUILD, replace(WITHIN, verified=False)], "build", "low"),
    ],
)
def test_effort_is_the_greatest_and_confidence_the_least(remedies, effort, confidence):
    found = recommend(
        [finding("AC003", "blocker", remedy) for remedy in remedies], complete=True, empty=False
    )
    assert (found.effort, found.confidence) == (effort, confidence)


def test_each_reason_names_its_package():
    for findings in ([FIXABLE], [BLOCKED], [ON_NEITHER], [UNKNOWN]):
        reasons = recommend(findings, complete=True, empty=False).reasons
        assert [findings[0].package in reason for reason in reasons] == [True]
    ready = recommend([], complete=True, empty=False, built=["source-only"], approximate=["six"])
    assert [any(name in reason for reason in ready.reasons) for name in ("source-only", "six")] == [True] * 2


def test_a_reason_says_which_packages_come_in_another_version():
    apart = [drift("1", "2", package=f"p{number}") for number in range(7)]
    said = "come in another version than on x86_64: what was tested on x86_64 is not what arm64 runs"
    for findings, names in (
        (apart, f"p0, p1, p2, p3, p4 and 2 more {said}"),
        (apart[:1], f"p0 {said.replace('come', 'comes', 1)}"),
    ):
        assert recommend(findings, complete=True, empty=False).reasons[1:] == (names,)
    same = recommend([drift("1", "1+cpu")], complete=True, empty=False)
    assert same.reasons == ("every package installs on aarch64",)


def test_the_worst_of_several():
    cases = {
        "ready": recommend([], complete=True, empty=False),
        "nothing-to-audit": recommend([], complete=True, empty=True),
        "no-worse": recommend([], complete=True, empty=False, built=["six"]),
        "ready-in-part": recommend([APART], complete=True, empty=False, apart=[APART]),
        "remedies-known": recommend([FIXABLE], complete=True, empty=False),
        "unknowns": recommend([UNKNOWN], complete=True, empty=False),
        "incomplete": recommend([], complete=False, empty=False),
        "no-remedy": recommend([BLOCKED], complete=True, empty=False),
        "target-unusable": recommend([ON_NEITHER], complete=True, empty=False),
    }
    assert [found.code for found in cases.values()] == list(cases)
    assert set(cases) == set(get_args(get_type_hints(Recommendation)["code"]))
    ordered = list(cases.values())
    for place, recommendation in enumerate(ordered):
        assert worst([*ordered[: place + 1], ordered[0]]) is recommendation


def test_savings_are_a_share_of_the_duration_charge_of_lambda_alone():
    found = savings(parse_target("lambda:python3.13"))
    assert found is not None
    assert (found.percent, found.monthly_usd) == (20.0, None)
    assert "duration" in found.basis
    assert any(str(prices().as_of) in assumption for assumption in found.assumptions)
    assert savings(parse_target("debian12:python3.12")) is None


LESS = Savings(basis="AWS Lambda duration charge", percent=20.0, monthly_usd=None, assumptions=())
MORE = replace(LESS, percent=-12.0)


@pytest.mark.parametrize(
    ("findings", "saved", "expected"),
    [
        ([], LESS, ("ready", "arm64", "now", "saves")),
        ([], MORE, ("ready", "x86_64", "now", "costs-more")),
        ([], None, ("ready", "arm64", "now", None)),
        ([], replace(LESS, percent=0.0), ("ready", "arm64", "now", None)),
        # a month's bill outranks the share: the free tier may swallow what the share says, or the other way round
        ([], replace(LESS, monthly_usd=-3.5), ("ready", "x86_64", "now", "costs-more")),
        ([], replace(MORE, monthly_usd=3.5), ("ready", "arm64", "now", "saves")),
        ([FIXABLE], MORE, ("remedies-known", "x86_64", "now", "costs-more")),
        ([FIXABLE], LESS, ("remedies-known", "arm64", "after-changes", "saves")),
        # whether it pays is no question where it cannot be had, or nobody knows whether it can
        ([BLOCKED], MORE, ("no-remedy", "x86_64", "now", None)),
        ([UNKNOWN], MORE, ("unknowns", "undetermined", None, None)),
    ],
)
def test_ready_and_worth_it_are_two_answers(findings, saved, expected):
    one = weighed(recommend(findings, complete=True, empty=False), saved)
    assert (one.code, one.architecture, one.when, one.worth) == expected
    assert one.verdict == recommend(findings, complete=True, empty=False).verdict
    assert any("costs about" in reason for reason in one.reasons) is one.costs_more


def test_an_artifact_that_does_not_run_on_x86_64_is_not_advised_to_stay_there():
    asked = {"asked": "x86_64", "complete": True, "empty": False}
    found = recommend_built([BLOCKED], other_runs=True, **asked)
    assert (found.code, found.architecture) == ("no-remedy", "arm64")
    assert weighed(found, MORE) == found
    runs = recommend_built([], other_runs=False, **asked)
    assert weighed(runs, MORE) == runs


def test_the_worst_of_what_is_alike_is_what_costs_more():
    ready = recommend([], complete=True, empty=False)
    assert worst([ready, weighed(ready, MORE), ready]).costs_more


@pytest.mark.parametrize(
    ("findings", "about", "expected"),
    [
        ([], {}, "ready"),
        ([], {"empty": True}, "ready"),
        ([BUILT_ON_BOTH], {"built": ["source-only"]}, "no-worse"),
        ([APART], {"apart": [APART]}, "ready-in-part"),
        ([FIXABLE], {}, "after-changes"),
        ([BLOCKED], {}, "blocked"),
        ([UNKNOWN], {}, "undetermined"),
        ([ON_NEITHER], {}, "undetermined"),
        ([], {"complete": False}, "undetermined"),
    ],
)
def test_the_answer_in_a_word(findings, about, expected):
    assert recommend(findings, **{"complete": True, "empty": False, **about}).verdict == expected
