from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from msgspec.structs import replace

from archcheck.report.formats.junit import to_junit
from archcheck.report.sections.diff import against
from tests.report.examples import EXAMPLES, FLEET, HOSTILE, LEGACY, MATRIX, UNDETERMINED
from tests.report.strategies import REPORTS, drawn

OUTCOMES = ("failure", "error", "skipped")


def suites(text):
    """Return the suites, after counting again what they say of themselves."""
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for outcome, attribute in zip(OUTCOMES, ("failures", "errors", "skipped"), strict=True):
            assert suite.get(attribute) == str(len(suite.findall(f"testcase/{outcome}")))
        for case in cases:
            assert len([child for child in case if child.tag in OUTCOMES]) <= 1
    return list(root)


def expected(one):
    return len(one.audits) + bool(one.deployables)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_read_back(example):
    assert len(suites(to_junit(EXAMPLES[example]))) == expected(EXAMPLES[example])


@drawn(60)
@given(REPORTS)
def test_any_report_is_xml_without_control_characters(one):
    text = to_junit(one)
    assert len(suites(text)) == expected(one)
    assert text.replace("\n", "").isprintable()


def outcomes(suite):
    return {
        case.get("name"): next((child.tag for child in case if child.tag in OUTCOMES), None)
        for case in suite.findall("testcase")
    }


def test_what_passes_and_what_fails():
    (suite,) = suites(to_junit(UNDETERMINED))
    assert outcomes(suite) == {
        "aiofiles 24.1.0": None,
        "internal-auth": "error",
        "onnxruntime 1.20.1": "skipped",
        "coverage 7.6.11": None,
        "the audit is complete": None,
    }
    lambda_, debian = suites(to_junit(MATRIX))
    assert outcomes(lambda_)["ibm-db 3.2.6"] == "failure"
    assert outcomes(lambda_)["psycopg2 2.9.11"] is None
    assert outcomes(debian)["colorama"] == "skipped"
    assert {name for name, outcome in outcomes(suites(to_junit(LEGACY))[0]).items() if outcome} == {
        f"{one.package} {one.version}" for one in LEGACY.audits[0].findings
    }


def test_a_failure_names_its_line_and_its_remedy():
    (suite,) = suites(to_junit(LEGACY))
    case = suite.find("testcase")
    assert (case.get("file"), case.get("line"), case.get("classname")) == (
        "requirements.txt", "1", "requirements.txt.lambda:python3.8",
    )  # fmt: skip
    assert "upgrade cryptography 3.0 → 3.1" in case.find("failure").text


def test_what_the_baseline_has_fails_nothing():
    """As the exit code has it; what is new since fails as ever."""
    known = LEGACY.audits[0].findings[0]
    before = replace(LEGACY, audits=(replace(LEGACY.audits[0], findings=(known,)),))
    (suite,) = suites(to_junit(against(before, LEGACY)))
    case, *_ = (each for each in suite if each.get("name") == f"{known.package} {known.version}")
    assert case.find("skipped").get("message").startswith(f"as in the baseline: {known.rule} {known.package}")
    assert known.message in case.find("system-out").text
    assert suite.get("failures") == str(len(LEGACY.audits[0].findings) - 1) != "0"
    for one in (LEGACY, FLEET):
        assert {each.get("failures") for each in suites(to_junit(against(one, one)))} == {"0"}


def test_an_audit_with_gaps_does_not_pass():
    (suite,) = suites(to_junit(EXAMPLES["no-index"]))
    assert outcomes(suite) == {"the audit is complete": "error"}
    assert "numpy: no answer within 20 s" in suite.find("testcase/error").text


def test_a_finding_about_no_package_has_a_case_of_its_own():
    (suite,) = suites(to_junit(HOSTILE))
    assert (
        suite.find("testcase/failure")
        .get("message")
        .startswith("name @ https://index.example/x.whl <script>")
    )


def test_how_things_are_deployed_is_a_suite():
    (*_, deployed) = suites(to_junit(FLEET))
    assert outcomes(deployed) == {
        **dict.fromkeys(each.name for each in FLEET.deployables),
        "edge": "failure",
        "cron": "skipped",
    }
    edge = deployed.find("testcase[@name='edge']")
    assert (edge.get("file"), edge.get("line")) == ("infra/main.tf", "39")
