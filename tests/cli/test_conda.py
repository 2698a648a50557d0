"""environment.yml from the command line: pip's part gets its verdict, and no output forgets conda's."""

from __future__ import annotations

import json

import pytest

TEXT = """\
dependencies:
  - python=3.9
  - conda-forge::numpy=1.26
  - {}
"""
PIPS = "pip: [ready==1.0]"
NOT_AUDITED = "what conda installs was not audited: numpy=1.26"
FORMATS = ("text", "json", "markdown", "html", "sarif", "github", "gitlab", "junit", "cyclonedx", "csv")


@pytest.mark.parametrize(
    ("part", "flags", "code"),
    [
        (PIPS, (), 0),
        (PIPS, ("--fail-on", "unknown"), 1),
        (PIPS, ("--strict",), 2),
        (PIPS, ("--strict", "--ignore", "AC009:environment.yml"), 0),
        ("pip: [blocked==1.0]", (), 1),
        ("pip", (), 2),
    ],
)
def test_exit_codes(archcheck, part, flags, code):
    archcheck.write("environment.yml", TEXT.format(part))
    assert archcheck("environment.yml", "-q", *flags).code == code


def test_the_recommendation_is_of_pips_part(archcheck):
    archcheck.write("environment.yml", TEXT.format(PIPS))
    (audit,) = archcheck("environment.yml", "--json").report["audits"]
    said = audit["recommendation"]
    assert (said["code"], said["architecture"], said["confidence"]) == ("ready-in-part", "arm64", "low")
    assert NOT_AUDITED in said["reasons"]
    assert (audit["complete"], [package["name"] for package in audit["packages"]]) == (
        True,
        ["pure", "ready"],
    )


@pytest.mark.parametrize("form", FORMATS)
def test_every_output_names_what_was_not_audited(archcheck, form):
    archcheck.write("environment.yml", TEXT.format(PIPS))
    done = archcheck("environment.yml", "-f", form)
    assert NOT_AUDITED in " ".join(done.out.split())
    assert "✓" not in done.out


def test_the_badge_is_not_that_of_a_ready_set(archcheck):
    archcheck.write("environment.yml", TEXT.format(PIPS))
    assert json.loads(archcheck("environment.yml", "-f", "badge").out)["message"] == "ready in part"


def test_beside_another_audit(archcheck):
    archcheck.write("environment.yml", TEXT.format(PIPS))
    archcheck.write("requirements.txt", "ready==1.0\n")
    done = archcheck("environment.yml", "requirements.txt")
    assert done.out.startswith("? ready for arm64 as far as it was audited: 1 of 2 audits is of a part")
