"""Settings count for the inputs that they are nearest to, however these were named."""

from __future__ import annotations

import pytest

ONLY = "targets = ['debian12:python3.12']\n"
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {CodeUri: services/a, Runtime: python3.13}}
  B: {Type: AWS::Serverless::Function, Properties: {CodeUri: services/b, Runtime: python3.13}}
"""
BOTH = ("services/a", "services/b")
A, B = (f"{folder}/requirements.txt" for folder in BOTH)


@pytest.fixture
def services(archcheck):
    """Return the command line at the root of a repository with two services, one of which has settings."""
    archcheck.folder = archcheck.folder / "repository"
    (archcheck.folder / ".git").mkdir(parents=True)
    for folder in BOTH:
        (archcheck.folder / folder).mkdir(parents=True)
        archcheck.write(f"{folder}/requirements.txt", "blocked==1.0\n")
    archcheck.write("template.yaml", TEMPLATE)
    archcheck.write("services/a/archcheck.toml", ONLY)
    return archcheck


def said(done):
    """Return the target of each input, with what says it."""
    return {
        audit["input"]["path"]: (audit["target"]["id"], *audit["target"]["source"].values())
        for audit in done.report["audits"]
    }


EXPECTED = {
    A: ("debian12:python3.12", "settings", "services/a/archcheck.toml", None),
    B: ("lambda:python3.13", "infrastructure", "template.yaml", 4),
}


@pytest.mark.parametrize(
    ("paths", "seen"),
    [
        ((".",), [A, B]),
        (("services",), [A]),  # the template that names b's code is outside
        (BOTH, [A, B]),
        ((A, B), [A, B]),
        ((B, A), [A, B]),
        ((A,), [A]),
        ((B,), [B]),
    ],
    ids=str,
)
def test_the_settings_of_a_are_not_those_of_b(services, paths, seen):
    found = said(services(*paths, "--json"))
    assert {path: found[path] for path in seen} == {path: EXPECTED[path] for path in seen}
    assert set(found) <= {A, B}


@pytest.mark.parametrize("paths", [(".",), BOTH], ids=str)
def test_the_command_line_goes_before_them(services, paths):
    found = said(services(*paths, "--json", "--target", "lambda:python3.12"))
    assert found == dict.fromkeys((A, B), ("lambda:python3.12", "option", None, None))


@pytest.mark.parametrize("paths", [(".",), BOTH], ids=str)
def test_what_one_accepts_the_other_does_not(services, paths):
    services.write("services/a/archcheck.toml", "[[ignore]]\npackage = 'blocked'\nreason = 'seen'\n")
    audits = {audit["input"]["path"]: audit for audit in services(*paths, "--json").report["audits"]}
    counts = {path: (audit["summary"]["ignored"], len(audit["findings"])) for path, audit in audits.items()}
    assert counts == {A: (1, 0), B: (0, 1)}
    assert any(note.startswith("settings of services/a/archcheck.toml") for note in audits[A]["notes"])
    assert not any("archcheck.toml" in note for note in audits[B]["notes"])


def test_one_settings_file_that_is_wrong_stops_its_own_input_alone(services):
    services.write("services/a/archcheck.toml", "targets = ['nowhere:python1']\n")
    done = services(".", "--json")
    assert (done.code, done.err) == (2, "")
    assert said(done) == {B: EXPECTED[B]}
    (wrong,) = (each for each in done.report["deployables"] if each["name"] == "A")
    assert [note.startswith("services/a/archcheck.toml: targets[0]") for note in wrong["notes"]] == [True]


def test_a_variable_that_sets_nothing_is_said_once(services):
    for paths in ((".",), BOTH):
        done = services(*paths, "--json", environ={"ARCHCHECK_TARGTE": "lambda:python3.9"})
        assert done.err.count("ARCHCHECK_TARGTE") == 1
