"""How packages stand, counted: the bar, the summary and the way out are about the same packages in every format."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from archcheck.judge.packages import summary
from archcheck.model import Moved, Result, Severity, Status, Then
from archcheck.report.formats.html import to_html
from archcheck.report.formats.markdown import to_markdown
from archcheck.report.formats.text import to_text
from archcheck.report.layout import View
from archcheck.report.sections import readiness
from archcheck.report.sections.way_out import way_out
from tests.report.examples import AFTER_BUILDS, EXAMPLES, audit, change, finding, package, plan, report

AUDITS = [(name, one) for name, example in EXAMPLES.items() for one in example.audits]


def bars(one):
    return {each.standing: each.count for each in readiness.bar(one, "aarch64")}


@pytest.mark.parametrize(("name", "one"), AUDITS)
def test_the_bar_counts_as_the_summary_does(name, one):
    """The summary is the judge's own, of the same packages and findings."""
    counted, found = summary(one.packages, (*one.findings, *one.ignored)), bars(one)
    assert sum(found.values()) == len(one.packages), name
    assert found.get("ready", 0) == counted.ready
    assert found.get("unknown", 0) == counted.unknown
    changed = found.get("fixable", 0)
    assert found.get("build", 0) + found.get("blocked", 0) + changed == counted.build + counted.blocked
    assert changed == len(readiness.changed(one))


def row(name, status, **about):
    return package(name, "1", Status.WHEEL, status, line=1, **about)


def bump(name, **about):
    return change("version", name, "1", "2", specifier="==2", **about)


def stop(name, severity=Severity.BUILD, rule="AC002"):
    return finding(rule, "build-required", severity, name, "1", "needs a build")


def after(*names):
    result = Result(
        architecture="aarch64", version="2", status=Status.WHEEL, file="x-2-cp313-cp313-linux_aarch64.whl"
    )
    return tuple(Then(package=name, result=result) for name in names)


SEVEN = tuple("abcdefg")


def seven(*changes, then=SEVEN, leaves=(), moved=()):
    """Return an audit of seven packages that need a build, and a plan of *changes* after which *then* have wheels."""
    rows = (*(row(name, Status.NATIVE_SDIST) for name in SEVEN), row("h", Status.WHEEL))
    made = plan(*changes, leaves=leaves, moved=moved)
    made = replace(made, result=replace(made.result, then=after(*then)))
    one = audit(AFTER_BUILDS, rows, tuple(map(stop, SEVEN)))
    return replace(one, plans=(made,))


def test_six_changes_that_make_seven_packages_ready_are_told_as_both():
    """The seventh comes along with one of the six."""
    one = seven(*map(bump, SEVEN[:-1]), moved=(Moved(package="g", from_="1", to="2"),))
    title = "6 changes make it ready for arm64, where 7 packages are not today (verified)"
    said = "8 packages: 1 ready, 7 to build; 7 of them ready once changed"
    assert way_out(one).title == title
    assert bars(one) == {"ready": 1, "fixable": 7}
    page = re.sub(r"<[^>]*>|\s+", " ", to_html(report(one)))
    assert title in page
    assert "7 ready once changed" in page
    assert said in to_markdown(report(one))
    assert title.partition(",")[0] in to_markdown(report(one))
    assert said in to_text(report(one), View())


@pytest.mark.parametrize(
    ("one", "expected", "title"),
    [
        (
            seven(*map(bump, SEVEN)),
            {"ready": 1, "fixable": 7},
            "7 changes make it ready for arm64 (verified)",
        ),
        (
            seven(bump("a"), then=("a", "b"), leaves=SEVEN[2:]),
            {"ready": 1, "fixable": 2, "build": 5},
            "1 change clears 2 of 7 packages out of the way; c, d, e, f, g stay in the way (verified)",
        ),
        (
            seven(*map(bump, SEVEN), bump("h")),
            {"ready": 1, "fixable": 7},
            "8 changes make it ready for arm64, where 7 packages are not today (verified)",
        ),
        (
            seven(*map(bump, SEVEN[1:]), then=SEVEN[1:], moved=(Moved(package="a", from_="1", to=None),)),
            {"ready": 1, "fixable": 7},
            "6 changes make it ready for arm64, where 7 packages are not today (verified)",
        ),
    ],
)
def test_the_bar_and_the_way_out_agree(one, expected, title):
    assert bars(one) == expected
    assert way_out(one).title == title


def test_what_is_yet_to_be_built_is_not_ready_once_changed():
    one = seven(bump("a"), change("build", "b", "1", "1"), then=("a",))
    assert readiness.changed(one) == ("a",)
    assert bars(one) == {"ready": 1, "fixable": 1, "build": 6}


@pytest.mark.parametrize(
    ("severity", "status", "standing"),
    [
        (Severity.BLOCKER, Status.WHEEL, "blocked"),
        (Severity.BLOCKER, Status.MISSING, "blocked"),
        (Severity.UNKNOWN, Status.PURE_WHEEL, "unknown"),
        (Severity.UNKNOWN, Status.NATIVE_SDIST, "build"),
        (Severity.WARNING, Status.WHEEL, "ready"),
    ],
)
def test_a_finding_outweighs_the_file(severity, status, standing):
    """AC011: the wheel is there, and what is in it does not load."""
    one = audit(AFTER_BUILDS, (row("a", status),), (stop("a", severity, "AC011"),))
    assert readiness.standing_by_package(one, "aarch64") == {"a": standing}
    assert readiness.standing_by_package(one, "x86_64") == {"a": "ready"}
    helped = replace(one, plans=(plan(bump("a")),))
    assert readiness.standing_by_package(helped, "aarch64") == {
        "a": "fixable" if standing in {"blocked", "build"} else standing
    }
