"""What a report says of a runtime whose days are over, and what that leaves as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cli.running import validated
from tests.cli.test_built_shipping import deflated

BEFORE, AFTER = (str(int(datetime(year, 1, 1, tzinfo=UTC).timestamp())) for year in (2024, 2026))
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Runtime: python3.9
"""


@pytest.fixture
def audits(archcheck, store):
    """The audit of one input, on the first day of 2024 and on that of 2026, with their exit codes."""
    store.add("demo", "1.0", wheels=["py3-none-any"])

    def run(*flags, requirements="demo\n"):
        archcheck.write("requirements.txt", requirements)
        found = []
        for day in (BEFORE, AFTER):
            done = archcheck("requirements.txt", "--json", *flags, environ={"SOURCE_DATE_EPOCH": day})
            (audit,) = validated(done.out)["audits"]
            found.append((done.code, audit))
        return found

    return run


@pytest.mark.parametrize("requirements", ["demo\n", "", "demo\nabsent\n"])
def test_it_is_said_from_then_on_and_changes_no_answer(audits, requirements):
    (code, before), (later, after) = audits("--target", "lambda:python3.9", requirements=requirements)
    (said,) = [each for each in after["findings"] if each["rule"] == "AC021"]
    assert code == later
    assert {**after, "findings": [each for each in after["findings"] if each != said]} == before
    assert (said["name"], said["severity"], said["package"]) == (
        "end-of-support",
        "warning",
        "requirements.txt",
    )
    assert said["location"] == {"path": "requirements.txt", "line": None}


def test_it_stands_where_a_file_names_the_runtime(audits, archcheck):
    archcheck.write("template.yaml", TEMPLATE)
    (said,) = audits()[1][1]["findings"]
    assert (said["rule"], said["location"]) == ("AC021", {"path": "template.yaml", "line": 7})


def test_it_can_be_accepted(audits):
    _, (code, audit) = audits("--target", "lambda:python3.9", "--ignore", "AC021")
    assert (code, audit["findings"], [each["rule"] for each in audit["ignored"]]) == (0, [], ["AC021"])


def test_what_is_built_already_has_it_too(archcheck):
    archcheck.write("function.zip", deflated("small", 1_000))
    flags = ("--target", "lambda:python3.9", "--json")
    done = archcheck("function.zip", *flags, environ={"SOURCE_DATE_EPOCH": AFTER})
    (audit,) = validated(done.out)["audits"]
    assert [each["rule"] for each in audit["findings"]] == ["AC021"]
    assert audit["recommendation"]["when"] == "now"
