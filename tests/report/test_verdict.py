from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.model import Severity, Status
from archcheck.report.fleet import standing_of
from archcheck.report.sections.answer import assumptions, overall, share, verdict, worth
from tests.report.examples import (
    AFTER_BUILDS,
    COSTS_MORE,
    DOLLARS,
    EMPTY,
    LEGACY,
    MATRIX,
    NO_INDEX,
    NOTHING,
    READY,
    READY_NOW,
    STAY,
    UNDETERMINED,
    UNKNOWNS,
    UNUSABLE_TARGET,
    audit,
    deployed,
    finding,
    package,
    report,
)

OK = package("ok", "1", Status.WHEEL, Status.WHEEL, line=1)
BUILT = package("built", "1", Status.SDIST, Status.SDIST, line=2)


def found(severity, name="x", rule="AC001"):
    return finding(rule, "rule-name", severity, name, "1", "message")


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (LEGACY.audits[0], "✗ not ready for arm64: 7 of 9 packages need a build"),
        (READY_NOW.audits[0], "✓ ready for arm64 now: all 5 packages install"),
        (
            COSTS_MORE.audits[0],
            "≈ stay on x86_64, where it costs less (ready for arm64 now: all 5 packages install)",
        ),
        (MATRIX.audits[0], "✗ stay on x86_64: 1 of 4 packages does not install; no remedy is known"),
        (UNDETERMINED.audits[0], "? undetermined: 1 of 4 packages could not be determined"),
        (UNUSABLE_TARGET.audits[0], "? undetermined: the set does not install on x86_64 either"),
        (EMPTY.audits[0], "? nothing to audit: requirements.txt asks for no package"),
        (NO_INDEX.audits[0], "? undetermined: the audit is not complete: numpy: no answer within 20 s"),
        (audit(READY, (OK,)), "✓ ready for arm64 now: its 1 package installs"),
        (
            audit(replace(READY, code="no-worse"), (OK, BUILT)),
            "≈ no worse than x86_64: 1 of 2 packages must be built on either",
        ),
        (
            audit(AFTER_BUILDS, (OK, BUILT), (found(Severity.BLOCKER), found(Severity.BUILD, "y"))),
            "✗ not ready for arm64: 1 of 2 packages does not install, 1 more needs a build",
        ),
        (
            audit(AFTER_BUILDS, (OK, BUILT), (found(Severity.BUILD), found(Severity.BLOCKER, rule="AC008"))),
            "✗ not ready for arm64: 1 of 2 packages does not install",
        ),
        (
            audit(STAY, (OK, BUILT), (found(Severity.BLOCKER, rule="AC010"),)),
            "✗ stay on x86_64: the requirements on x cannot be met together on aarch64; no remedy is known",
        ),
        (
            audit(
                AFTER_BUILDS,
                (OK, BUILT),
                (
                    found(Severity.BLOCKER, rule="AC012"),
                    found(Severity.BLOCKER, "y"),
                    found(Severity.BUILD, "z"),
                ),
            ),
            "✗ not ready for arm64: 1 of 2 packages does not install, 1 more installs and fails, 1 more needs a build",
        ),
        (
            audit(UNKNOWNS, (OK, BUILT), (found(Severity.UNKNOWN), found(Severity.BUILD, "y"))),
            "? undetermined: 1 of 2 packages could not be determined; besides, 1 of 2 packages needs a build",
        ),
    ],
)
def test_verdict(one, line):
    assert str(verdict(one)) == line


@pytest.mark.parametrize(
    ("codes", "line"),
    [
        ((READY, READY), "✓ ready for arm64 now: all 2 audits"),
        ((READY, NOTHING), "✓ ready for arm64 now: 1 of 2 audits, the rest has no package"),
        ((NOTHING, NOTHING), "? nothing to audit: none of 2 audits has a package"),
        ((READY, AFTER_BUILDS, STAY), "✗ not ready for arm64: 2 of 3 audits have obstacles"),
        ((READY, UNKNOWNS), "? undetermined: 1 of 2 audits could not be decided"),
        ((NOTHING, UNKNOWNS), "? undetermined: 1 of 2 audits could not be decided"),
        ((), "? nothing was audited"),
    ],
)
def test_overall(codes, line):
    assert str(overall(report(*map(audit, codes)))) == line


@pytest.mark.parametrize(
    ("recommendation", "sentence"),
    [
        (READY, "arm64 saves about 20% of the AWS Lambda duration charge"),
        (AFTER_BUILDS, "arm64 would save about 20% of the AWS Lambda duration charge"),
        (STAY, "arm64 would save about 20% of the AWS Lambda duration charge"),
        (UNKNOWNS, ""),
        (NOTHING, ""),
    ],
)
def test_the_saving_is_named_only_where_there_is_an_answer(recommendation, sentence):
    assert worth(audit(recommendation)) == sentence
    assert worth(audit(recommendation, savings=None)) == ""


@pytest.mark.parametrize(
    ("less", "x86", "percent", "sentence"),
    [
        (22.0, 113.8, 19.3, "arm64 saves $22.00 of $113.80 a month, 19.3% of the bill"),
        (-15.33, 113.8, -13.5, "arm64 costs $15.33 a month on top of $113.80, 13.5% of the bill"),
        (0.0, 0.8, 0.0, "arm64 saves nothing at this use: the free tier covers how long it runs"),
    ],
)
def test_dollars_are_a_share_of_the_bill_and_not_of_the_charge(less, x86, percent, sentence):
    known = replace(DOLLARS, monthly_usd=less, x86_monthly_usd=x86, bill_percent=percent)
    assert worth(audit(READY, savings=known)) == sentence
    assert share(known) == f"{percent:g}%"
    assert share(replace(known, monthly_usd=None)) == "20%"


def test_dollars_never_stand_without_what_they_rest_on():
    assert worth(audit(READY, savings=DOLLARS)) == "arm64 saves $1,234.50 a month"
    assert assumptions(audit(READY, savings=DOLLARS), verbose=False) == DOLLARS.assumptions
    assert assumptions(audit(UNKNOWNS, savings=DOLLARS), verbose=True) == ()


def test_a_run_of_which_one_audit_costs_more_is_not_called_ready():
    both = report(READY_NOW.audits[0], COSTS_MORE.audits[0])
    line = "≈ ready for arm64 now: all 2 audits; of 1 of them arm64 costs more"
    assert str(overall(both)) == line
    assert worth(COSTS_MORE.audits[0]) == "arm64 costs about 12% more of the AWS Lambda duration charge"


def test_whether_it_is_ready():
    assert [one.ready for one in (READY_NOW, COSTS_MORE, LEGACY, UNDETERMINED)] == [True, True, False, False]
    assert report(READY_NOW.audits[0], LEGACY.audits[0]).verdict == "after-changes"
    assert replace(READY_NOW, complete=False).verdict == "undetermined"


def test_a_repository_is_ready_where_how_it_is_deployed_is_too():
    runs = deployed("runs", "template.yaml", 1, recommendation=READY)
    hindered = replace(
        runs, findings=(finding("AC020", "layer-architecture", Severity.WARNING, "x", "1", "message"),)
    )
    unread = replace(runs, recommendation=None)
    fleets = [replace(READY_NOW, deployables=(runs, each)) for each in (runs, hindered, unread)]
    assert [each.verdict for each in fleets] == ["ready", "after-changes", "undetermined"]
    dearer = replace(runs, recommendation=COSTS_MORE.recommendation)
    assert [standing_of(each) for each in (runs, dearer, replace(dearer, architecture="arm64"))] == [
        "now",
        "costs-more",
        "already",
    ]
