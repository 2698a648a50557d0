from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.inputs.requirements.ignore_comments import EXPECTED, ignores_of
from archcheck.manifest.manifest import Location
from archcheck.policy import Ignore
from tests.inputs.reading import read

PLACE = Location(path="requirements.txt", line=1)


def said(comment, line="Acme.Codec==1"):
    manifest = read(f"{line}  # {comment}\n")
    return manifest.ignores, manifest.warnings


def accepts(*rules, reason="why", until=None):
    return tuple(
        Ignore(package="acme-codec", rule=rule, reason=reason, until=until, source="r.txt:1")
        for rule in rules
    )


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("archcheck: ignore why", accepts(None)),
        ("archcheck:ignore[AC002] why", accepts("AC002")),
        ("noqa; archcheck: ignore[ac002, AC004]  why", accepts("AC002", "AC004")),
        ("archcheck: ignore[AC002] why, until 2027-01-31", accepts("AC002", until=date(2027, 1, 31))),
        ("archcheck: ignore why until 2027-01-31", accepts(None, until=date(2027, 1, 31))),
        (
            "archcheck: ignore[AC002]: we wait until they build it",
            accepts("AC002", reason="we wait until they build it"),
        ),
        ("see archcheck.toml", ()),
        ("", ()),
    ],
)
def test_what_a_comment_accepts(comment, expected):
    assert said(comment) == (expected, ())


@pytest.mark.parametrize(
    ("comment", "line", "problem"),
    [
        ("archcheck: ignore[AC002]", "a==1", "no reason is given"),
        ("archcheck: ignore", "a==1", "no reason is given"),
        ("archcheck: ignore until 2027-01-31", "a==1", "no reason is given"),
        ("archcheck: ignored because", "a==1", "expected '# archcheck: ignore[AC002] why"),
        ("archcheck: skip", "a==1", "expected '# archcheck: ignore[AC002] why"),
        ("archcheck: ignore[] why", "a==1", "found the rules ''"),
        ("archcheck: ignore[build-required] why", "a==1", "found the rules 'build-required'"),
        ("archcheck: ignore why, until 2027-02-30", "a==1", "found the day '2027-02-30'"),
        ("archcheck: ignore why", "--pre", "no package is named on this line"),
        ("archcheck: ignore why", "https://index.example/thing.zip", "no package is named on this line"),
        ("archcheck: ignore why", "", "on a line of its own"),
    ],
)
def test_what_is_not_understood_accepts_nothing_and_is_said(comment, line, problem):
    ignores, (warning,) = said(comment, line)
    assert ignores == ()
    assert warning.startswith("r.txt:1: ")
    assert problem in warning


def test_a_comment_that_ends_a_continued_line():
    digest = "0" * 64
    manifest = read(f"acme-codec==1 \\\n    --hash=sha256:{digest}  # archcheck: ignore why\n")
    assert manifest.ignores == accepts(None)


@given(st.text(max_size=200))
def test_any_comment_is_either_understood_or_refused_in_words(comment):
    (requirement,) = read("acme-codec==1\n").requirements
    try:
        found = ignores_of(f"archcheck: ignore{comment}", requirement, PLACE)
    except ValueError as error:
        said = str(error)
        found = ()
    else:
        said = EXPECTED
    assert said.endswith(EXPECTED)
    assert all(each.reason and each.package == "acme-codec" for each in found)
