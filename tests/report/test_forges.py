"""Annotations of GitHub Actions, GitLab's code quality, the badge: each read as its reader would."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from msgspec.structs import replace

from archcheck.model import Severity
from archcheck.report.formats.badge import to_badge
from archcheck.report.formats.github import to_github
from archcheck.report.formats.gitlab import to_gitlab
from archcheck.report.formats.sarif import to_sarif
from tests.report.examples import (
    AFTER_BUILDS,
    EXAMPLES,
    FLEET,
    LEGACY,
    MATRIX,
    audit,
    finding,
    place,
    report,
)
from tests.report.strategies import REPORTS, drawn

slow = drawn(60)
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(text):
    """Return (name, properties, message) of each line, as the runner's own parser takes them apart."""
    assert text.endswith("\n")
    found = []
    for line in text[:-1].split("\n"):
        name, properties, data = COMMAND.fullmatch(line).groups()
        pairs = dict(pair.split("=", 1) for pair in properties.split(","))
        found.append((name, {key: unescaped(value) for key, value in pairs.items()}, unescaped(data)))
    return found


def unescaped(text):
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


@slow
@given(REPORTS)
def test_any_report_is_nothing_but_our_commands(one):
    for _, properties, message in commands(to_github(one)):
        assert set(properties) in ({"file", "line", "title"}, {"title"})
        assert message.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "::error::pwned",
        "x\n::error file=a::pwned",
        "x\r::stop-commands::pause",
        "100%0A::add-mask::x",
        "##[error]x",
        "a,line=9,title=b::c",
    ],
)
def test_no_command_can_be_smuggled_in(text):
    one = finding("AC001", "no-aarch64-wheel", Severity.BLOCKER, text, text, text, path=(text, text))
    one = replace(one, location=place(7, text))
    (name, properties, message), closing = commands(
        to_github(report(audit(AFTER_BUILDS, (), (one,), path=text)))
    )
    shown = text.replace("\n", "\\n").replace("\r", "\\r")
    assert name == "error"
    assert (properties["line"], properties["title"]) == ("7", f"AC001 {shown} {shown}: does not install")
    assert message.startswith(f"{shown}\nbrought in by {shown} → {shown}\n")
    assert closing[0] == "notice"


def many(count, severity, rule="AC001"):
    return tuple(
        finding(rule, "x", severity, f"{severity}{n}", "1", f"m{n}", line=n + 1) for n in range(count)
    )


def test_ten_of_each_are_shown_the_worst_first_and_the_rest_is_counted():
    found = (
        many(4, Severity.WARNING)
        + many(9, Severity.BUILD)
        + many(8, Severity.UNKNOWN)
        + many(4, Severity.BLOCKER)
        + many(12, Severity.WARNING, "AC013")
    )
    told = commands(to_github(report(audit(AFTER_BUILDS, (), found))))
    assert Counter(name for name, _, _ in told) == {"error": 10, "warning": 10, "notice": 10}
    packages = [properties["title"].split()[1] for _, properties, _ in told[:20]]
    assert packages[:4] == [f"blocker{n}" for n in range(4)]
    assert packages[4:10] == [f"build{n}" for n in range(6)]
    assert packages[10:18] == [f"unknown{n}" for n in range(8)]
    assert "8 more findings left out here" in told[-1][2]


def test_warnings_alike_are_one_annotation():
    alike = tuple(replace(one, message="by its marker") for one in many(12, Severity.WARNING, "AC016"))
    told = commands(to_github(report(audit(AFTER_BUILDS, (), (*alike, *many(10, Severity.UNKNOWN))))))
    warnings = [(properties["title"], message) for name, properties, message in told if name == "warning"]
    assert len(warnings) == 10
    assert "12 more findings left out here" in told[-1][2]
    (title, message), *_ = [
        (properties["title"], message)
        for _, properties, message in commands(to_github(report(audit(AFTER_BUILDS, (), alike))))
    ]
    assert title == "AC016 12 packages: x"
    assert message.startswith("warning0 1, warning1 1, ")
    assert "\nby its marker\nfrom " in message


def test_one_problem_on_several_targets_is_one_annotation():
    one = audit(AFTER_BUILDS, (), many(1, Severity.BUILD), target=LEGACY.audits[0].target)
    other = audit(AFTER_BUILDS, (), many(1, Severity.BUILD), target=MATRIX.audits[1].target)
    (_, _, message), _ = commands(to_github(report(one, other)))
    assert message.endswith(
        "on AWS Lambda python3.8 (Amazon Linux 2, glibc 2.26), Debian 12, python3.12 (glibc 2.36)"
    )


def test_the_verdict_is_told_even_where_nothing_was_found():
    assert commands(to_github(EXAMPLES["ready"])) == [
        ("notice", {"title": "archcheck"}, "✓ ready for arm64 now: all 5 packages install")
    ]


@slow
@given(REPORTS)
def test_gitlab_gets_the_fields_it_needs(one):
    issues = json.loads(to_gitlab(one))
    assert len(issues) == sum(len(each.findings) for each in (*one.audits, *one.deployables))
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert (issue["description"] + issue["location"]["path"]).isprintable()


def test_gitlab_severities_and_places():
    issues = json.loads(to_gitlab(MATRIX))
    assert [issue["severity"] for issue in issues] == ["blocker", "minor", "info"]
    assert issues[1]["location"] == {"path": "requirements.txt", "lines": {"begin": 1}}
    fingerprints = [issue["fingerprint"] for issue in json.loads(to_gitlab(LEGACY))]
    assert len(set(fingerprints)) == len(fingerprints) == 7


@pytest.mark.parametrize(
    ("example", "message", "color"),
    [
        ("ready", "ready", "brightgreen"),
        ("costs-more", "costs more", "yellow"),
        ("legacy", "after changes (7 obstacles)", "yellow"),
        ("matrix", "not yet (1 obstacle)", "red"),
        ("undetermined", "undetermined", "lightgrey"),
        ("no-index", "undetermined", "lightgrey"),
        ("unusable-target", "undetermined", "lightgrey"),
        ("empty", "nothing to audit", "lightgrey"),
        ("no-audits", "nothing to audit", "lightgrey"),
        ("fleet", "3 of 8 ready", "red"),
        ("hostile-fleet", "1 of 2 ready", "yellow"),
    ],
)
def test_badge(example, message, color):
    expected = {"schemaVersion": 1, "label": "arm64", "message": message, "color": color}
    assert json.loads(to_badge(EXAMPLES[example])) == expected


@slow
@given(REPORTS)
def test_a_badge_says_no_strangers_word(one):
    assert re.fullmatch(
        r"no worse than x86_64|[a-z ]+(\(\d+ obstacles?\))?|all \d+ ready|\d+ of \d+ ready",
        json.loads(to_badge(one))["message"],
    )


def test_what_is_found_about_a_deployment_stands_at_its_line():
    named = {
        properties.get("title"): (name, properties) for name, properties, _ in commands(to_github(FLEET))
    }
    level, where = named["AC020 edge: has a layer of x86_64"]
    assert (level, where["file"], where["line"]) == ("error", "infra/main.tf", "39")
    (issue,) = [one for one in json.loads(to_gitlab(FLEET)) if "AC020" in one["description"]]
    assert issue["location"] == {"path": "infra/main.tf", "lines": {"begin": 39}}
    assert issue["description"].endswith("on function edge")
    results = json.loads(to_sarif(FLEET))["runs"][0]["results"]
    (result,) = [one for one in results if one["ruleId"] == "AC020"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 39}
    assert "fixes" not in result


def test_the_closing_notice_has_the_headline_of_the_repository():
    *_, (name, _, message) = commands(to_github(FLEET))
    assert name == "notice"
    assert message.startswith("✗ 5 functions: 1 can move today, 1 after changes")
