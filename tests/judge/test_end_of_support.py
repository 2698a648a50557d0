"""AC021: the days that AWS gives the runtime are over, or soon will be."""

from __future__ import annotations

from datetime import date

import pytest

from archcheck.judge.end_of_support import end_of_support
from archcheck.model import Place, Severity
from archcheck.platforms.targets import parse_target

PLACE = Place(path="template.yaml", line=12)


def said(target, day):
    found = end_of_support(
        parse_target(target), date.fromisoformat(day), about="requirements.txt", place=PLACE
    )
    return found.message if found is not None else None


# The dates are AWS's own: developer guide, "Lambda runtimes".
@pytest.mark.parametrize(
    ("target", "day", "message"),
    [
        (
            "lambda:python3.9",
            "2026-11-26",
            (
                "AWS Lambda ended the support of python3.9 on 2025-12-15, and its functions cannot be updated "
                "after 2027-03-03; python3.11 has it until 2027-06-30, python3.14 until 2029-06-30"
            ),
        ),
        (
            "lambda:python3.9.21",
            "2027-03-03",
            (
                "AWS Lambda ended the support of python3.9 on 2025-12-15, and its functions cannot be updated "
                "since 2027-03-03; python3.12 has it until 2028-10-31, python3.14 until 2029-06-30"
            ),
        ),
        (
            "lambda:python3.11",
            "2027-01-01",
            (
                "AWS Lambda ends the support of python3.11 on 2027-06-30, and its functions cannot be updated "
                "after 2027-08-31; python3.12 has it until 2028-10-31, python3.14 until 2029-06-30"
            ),
        ),
        (
            "lambda:python3.12",
            "2028-10-01",
            (
                "AWS Lambda ends the support of python3.12 on 2028-10-31, and its functions cannot be updated "
                "after 2029-01-10; python3.13 has it until 2029-06-30"
            ),
        ),
        (
            "lambda:python3.14",
            "2030-01-01",
            (
                "AWS Lambda ended the support of python3.14 on 2029-06-30, and its functions cannot be updated "
                "since 2029-08-31"
            ),
        ),
    ],
)
def test_both_days_and_the_runtimes_that_last_are_named(target, day, message):
    assert said(target, day) == message


def test_it_is_told_from_180_days_before_the_end():
    assert said("lambda:python3.11", "2026-12-31") is None
    assert said("lambda:python3.11", "2027-01-01") is not None
    assert (date(2027, 6, 30) - date(2027, 1, 1)).days == 180


@pytest.mark.parametrize("target", ["lambda:python3.15", "debian11:python3.8", "amazonlinux2:python3.9"])
def test_nothing_is_said_where_aws_names_no_day(target):
    assert said(target, "2040-01-01") is None


def test_it_is_a_warning_at_the_place_that_says_the_target():
    found = end_of_support(
        parse_target("lambda:python3.8"), date(2026, 1, 1), about="requirements.txt", place=PLACE
    )
    assert found is not None
    assert (found.severity, found.about, found.place) == (Severity.WARNING, "requirements.txt", PLACE)
