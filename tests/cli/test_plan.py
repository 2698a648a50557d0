"""`--plan`: what would be audited, told without asking anybody."""

from __future__ import annotations

import json

import pytest


def planned(archcheck, *arguments):
    done = archcheck(*arguments, "--plan", "--json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def targets_of(one):
    return [(each["id"], each["source"]["kind"], each["source"]["path"]) for each in one["targets"]]


def test_inputs_that_are_named(archcheck, index):
    archcheck.write("requirements.txt", "pure\n")
    archcheck.write("other.txt", "blocked==1.0\n")
    plan = planned(archcheck, "requirements.txt", "other.txt", "ready==1.0", "--target", "lambda:python3.12")
    assert [(each["path"], each["kind"]) for each in plan["inputs"]] == [
        ("requirements.txt", "requirements"),
        ("other.txt", "requirements"),
        ("(command line)", "requirements"),
    ]
    assert [targets_of(each) for each in plan["inputs"]] == [[("lambda:python3.12", "option", None)]] * 3
    assert (plan["deployables"], plan["left_out"]) == ([], [])
    assert index.paths == []


def test_targets_are_those_of_the_audit(archcheck):
    archcheck.write("requirements.txt", "pure\n")
    (said,) = planned(archcheck)["inputs"]
    assert targets_of(said) == [("lambda:python3.13", "python-version", ".python-version")]
    (matrix,) = planned(archcheck, "--target", "lambda:python3.9", "--target", "debian12:python3.12")[
        "inputs"
    ]
    assert [each["id"] for each in matrix["targets"]] == ["lambda:python3.9", "debian12:python3.12"]
    archcheck.write("archcheck.toml", "targets = ['alpine3.22:python3.12']")
    (settings,) = planned(archcheck)["inputs"]
    assert targets_of(settings) == [("alpine3.22:python3.12", "settings", "archcheck.toml")]


def test_as_text(archcheck):
    archcheck.write("requirements.txt", "pure\n")
    lines = archcheck("--plan").out.splitlines()
    assert lines[0] == "1 audit: 1 input; no index was asked"
    assert lines[-1].split() == ["requirements.txt", "lambda:python3.13", ".python-version:1"]
    (archcheck.folder / ".python-version").unlink()
    assert archcheck("--plan").out.splitlines()[-1].endswith("nothing: a guess")


def test_what_cannot_be_read_is_named(archcheck):
    """Alone it is bad input; of a repository the rest is planned."""
    (archcheck.folder / "a").mkdir()
    archcheck.write("a/requirements.txt", "pure ==\n")
    alone = archcheck("a/requirements.txt", "--plan")
    assert (alone.code, alone.out, alone.err.count("\n")) == (2, "", 1)
    (archcheck.folder / "b").mkdir()
    archcheck.write("b/requirements.txt", "pure\n")
    plan = planned(archcheck, ".")
    problems = {each["path"]: each["problem"] for each in plan["inputs"]}
    assert problems["a/requirements.txt"].startswith("a/requirements.txt:1: ")
    assert problems["b/requirements.txt"] is None
    assert "cannot be audited: a/requirements.txt:1: " in " ".join(archcheck(".", "--plan").out.split())


@pytest.mark.parametrize("flags", [("-f", "html"), ("-f", "sarif"), ("-o", "plan.json")])
def test_it_is_no_report(archcheck, flags):
    archcheck.write("requirements.txt", "pure\n")
    done = archcheck("--plan", *flags)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "--plan is printed" in done.err
    assert not (archcheck.folder / "plan.json").exists()


def test_where_there_is_nothing(archcheck):
    (archcheck.folder / "a").mkdir()
    done = archcheck("a", "--plan")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


COUNTED = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: a}
  Two:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, CodeUri: a}
  Unknown:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.99, CodeUri: b}
"""


def test_the_first_line_counts_the_rows_below_it(archcheck):
    """One input on two targets, one on none that is known, one that nothing deploys and one that is wrong."""
    for name, text in (("a", "pure\n"), ("b", "pure\n"), ("c", "pure\n"), ("d", "pure ==\n")):
        (archcheck.folder / name).mkdir()
        archcheck.write(f"{name}/requirements.txt", text)
    archcheck.write("template.yaml", COUNTED)
    first, *lines = archcheck(".", "--plan", environ={"COLUMNS": "200"}).out.splitlines()
    assert first == (
        "3 audits: 4 inputs of 3 deployables and 2 projects that nothing deploys; no index was asked"
    )
    assert [
        line.split()[0]
        for line in lines
        if "requirements.txt  " in line and "template.yaml:" not in line[:30]
    ] == [f"{name}/requirements.txt" for name in "abcd"]
    assert [line.split()[0] for line in lines if line.endswith("/requirements.txt")] == [
        "One",
        "Two",
        "Unknown",
    ]
    assert any(
        line.startswith("b/requirements.txt ") and line.endswith("nothing that is known: it is not audited")
        for line in lines
    )
    (archcheck.folder / "template.yaml").unlink()
    first = archcheck(".", "--recursive", "--plan", environ={"COLUMNS": "200"}).out.splitlines()[0]
    assert first.endswith(": 4 inputs of 4 projects that nothing deploys; no index was asked")
