"""A run in shares, and the results of several runs as one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.app.shares import parse_share, places_of
from archcheck.errors import UsageError

FUNCTION = """\
  {name}:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: {folder}, Handler: app.main, Runtime: python{python}}}
"""
LATER = "1700000060"


@given(st.lists(st.text(max_size=20), max_size=30), st.integers(1, 9))
def test_each_falls_to_one_share_whatever_is_beside_it(keys, of):
    shares = [places_of(keys, parse_share(f"{number}/{of}")) for number in range(1, of + 1)]
    assert sorted(place for places in shares for place in places) == list(range(len(keys)))
    for share, places in enumerate(shares, start=1):
        alone = [place for place, key in enumerate(keys) if places_of([key], parse_share(f"{share}/{of}"))]
        assert tuple(alone) == places


@pytest.mark.parametrize(
    ("path", "number"), [("a/requirements.txt", 5), ("services/api/uv.lock", 4), ("ä.txt", 4)]
)
def test_shares_are_the_same_from_version_to_version(path, number):
    """The numbers are by sha256sum: its first 16 digits modulo 7, and one more."""
    assert [n for n in range(1, 8) if places_of([path], parse_share(f"{n}/7"))] == [number]


@pytest.mark.parametrize(
    "text", ["", "2", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "a/b", "1/99999", "9" * 5000, "１/２"]
)
def test_what_is_no_share_is_refused_in_one_line(archcheck, text):
    with pytest.raises(UsageError, match="--shard: expected I/N") as raised:
        parse_share(text)
    assert len(str(raised.value)) < 200
    archcheck.write("requirements.txt", "pure\n")
    done = archcheck("requirements.txt", f"--shard={text}")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


@pytest.fixture
def repository(archcheck):
    """Return the command line in a repository: functions with inputs of their own and shared, and projects."""
    (archcheck.folder / ".git").mkdir()
    needs = ["ready", "blocked==1.0", "service", "pure\nready", "stuck", "built"]
    functions = []
    for number, text in enumerate(needs * 2):
        name = f"f{number}" if number % 4 else "shared"
        (archcheck.folder / name).mkdir(exist_ok=True)
        archcheck.write(f"{name}/requirements.txt", f"{text}\n")
        functions.append(FUNCTION.format(name=f"F{number}", folder=name, python=f"3.1{1 + number % 3}"))
    (archcheck.folder / "tool").mkdir()
    archcheck.write("tool/requirements.txt", "pure\n")
    archcheck.write(
        "tool/Dockerfile",
        "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
    )
    archcheck.write(
        "template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n" + "".join(functions)
    )
    return archcheck


def shares(archcheck, of, *arguments, environ=None):
    """Return the files with the results of all shares."""
    for number in range(1, of + 1):
        archcheck(*arguments, f"--shard={number}/{of}", "-o", f"share-{number}.json", environ=environ)
    return [f"share-{number}.json" for number in range(1, of + 1)]


@pytest.mark.parametrize("of", [1, 2, 3, 30])
@pytest.mark.no_cover
def test_all_shares_together_are_the_run_without_shares(repository, of):
    whole = repository(".", "--json")
    assert (whole.code, len(whole.report["audits"])) == (1, 13)
    *files, last = shares(repository, of, ".")
    merged = repository("merge", last, *files, "--json")
    assert merged == whole


@pytest.mark.parametrize("of", [1, 3])
def test_what_many_name_together_is_merged_as_well(archcheck, of):
    """25 functions inherit from Globals: they are named once, as are 25 that one parameter keeps back."""
    (archcheck.folder / "ready").mkdir()
    (archcheck.folder / "stuck").mkdir()
    archcheck.write("ready/requirements.txt", "ready\n")
    archcheck.write("stuck/requirements.txt", "stuck\n")
    inherits = "  F{0}: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: ready}}}}\n"
    hangs = "  {0}{1}: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: {2}, Architectures: [!Ref Arch]}}}}\n"
    archcheck.write(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Arch: {Default: x86_64}\n"
        "Globals:\n  Function: {Runtime: python3.13}\nResources:\n"
        + hangs.format("Stuck", 0, "stuck")
        + "".join(hangs.format("G", number, "ready") for number in range(24))
        + "".join(inherits.format(number) for number in range(25)),
    )
    whole = archcheck(".", "--json")
    groups = whole.report["fleet"]["groups"]
    assert list(map(len, groups)) == [25, 25]
    assert archcheck("merge", *shares(archcheck, of, "."), "--json") == whole


@pytest.mark.parametrize("holds", ["pure", "stuck"])
def test_a_layer_is_known_to_the_shares_of_those_who_have_it(archcheck, holds):
    """Whether it holds back its functions hangs on its audit, which is another share's."""
    (archcheck.folder / ".git").mkdir()
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  L:\n    Type: AWS::Serverless::LayerVersion\n"
        "    Metadata: {BuildMethod: python3.13}\n    Properties: {ContentUri: layer}\n"
    )
    for folder, package in [("layer", holds), *((f"f{number}", "ready") for number in range(4))]:
        (archcheck.folder / folder).mkdir()
        archcheck.write(f"{folder}/requirements.txt", f"{package}\n")
        if package == "ready":
            function = FUNCTION.format(name=folder, folder=folder, python="3.13")
            text += function.replace("{", "{Architectures: [arm64], Layers: [!Ref L], ")
    archcheck.write("template.yaml", text)
    whole = archcheck(".", "--json").report
    stands = {each["standing"] for each in whole["deployables"] if each["kind"] == "function"}
    assert stands == {"already" if holds == "pure" else "failing"}
    assert archcheck("merge", *shares(archcheck, 3, "."), "--json").report == whole


@pytest.mark.parametrize("of", [2, 5])
def test_so_are_paths(archcheck, of):
    for name in ("a.txt", "b.txt", "c.txt"):
        archcheck.write(name, f"ready\n# {name}\n")
    archcheck.write("archcheck.toml", '[[ignore]]\nrule = "AC001"\npackage = "other"\nreason = "no"\n')
    paths = ("c.txt", "pure==1.0", "a.txt", "b.txt")
    whole = archcheck(*paths, "--json")
    assert len(whole.report["audits"]) == 4
    assert archcheck("merge", *shares(archcheck, of, *paths), "--json").out == whole.out


def test_a_plan_is_of_the_share_alone(repository):
    whole = repository(".", "--plan", "--json")
    shares = [json.loads(repository(".", "--plan", "--json", f"--shard={n}/3").out) for n in (1, 2, 3)]
    planned = [one["name"] for each in shares for one in each["deployables"]]
    assert sorted(planned) == sorted(one["name"] for one in json.loads(whole.out)["deployables"])
    for n, plan in enumerate(shares, start=1):
        report = repository(".", "--json", f"--shard={n}/3").report
        assert [one["name"] for one in report["deployables"]] == [one["name"] for one in plan["deployables"]]


def test_a_share_says_which_it_is_and_a_share_of_nothing_is_well(archcheck):
    archcheck.write("a.txt", "ready\n")
    found = [archcheck("a.txt", f"--shard={number}/2", "--json") for number in (1, 2)]
    assert [done.code for done in found] == [0, 0]
    assert sorted(len(done.report["audits"]) for done in found) == [0, 1]
    places = {
        (each["number"], each["of"], each["total"]) for each in (done.report["shard"] for done in found)
    }
    assert places == {(1, 2, 1), (2, 2, 1)}
    text = [archcheck("a.txt", f"--shard={number}/2").out for number in (1, 2)]
    assert [line.partition(" (")[0] for line in (each.splitlines()[0] for each in text)] == [
        "share 1 of 2", "share 2 of 2",
    ]  # fmt: skip
    assert archcheck("a.txt", "--json").report["shard"] is None


def test_a_share_that_is_missing_leaves_the_result_incomplete(repository):
    files = shares(repository, 3, ".")
    done = repository("merge", *files[:2], "--json", "--fail-on", "never")
    assert (done.code, done.report["complete"]) == (2, False)
    assert "share 3 of 3 is not among the results" in done.err
    assert done.report["fleet"]["notes"][-1] in done.err


def test_of_two_results_the_later_one_counts_and_that_is_said(archcheck):
    archcheck.write("a.txt", "ready\n")
    archcheck("a.txt", "-o", "new.json", environ={"SOURCE_DATE_EPOCH": LATER})
    archcheck.write("a.txt", "stuck\n")
    archcheck.write("b.txt", "pure\n")
    archcheck("a.txt", "b.txt", "-o", "old.json")
    for files in (["new.json", "old.json"], ["old.json", "new.json"]):
        report = archcheck("merge", *files, "--json").report
        audits = {audit["input"]["path"]: audit for audit in report["audits"]}
        assert [package["name"] for package in audits["a.txt"]["packages"]] == ["pure", "ready"]
        assert "says otherwise of this input; the later one counts" in audits["a.txt"]["notes"][-1]
        assert audits["b.txt"]["notes"] == []
        assert report["generated_at"] == "2023-11-14T22:14:20Z"
        assert report["recommendation"]["code"] == "ready"
    same = archcheck("merge", "old.json", "./old.json", "--json", "--exit-zero")
    assert same.report["audits"] == json.loads((archcheck.folder / "old.json").read_text())["audits"]


def test_it_ends_as_check_does_and_writes_as_check_does(archcheck):
    archcheck.write("a.txt", "built\n")
    archcheck.write("b.txt", "pure\n")
    archcheck("a.txt", "-o", "a.json")
    archcheck("b.txt", "-o", "b.json")
    whole = archcheck("a.txt", "b.txt", "-o", "whole.json", "-o", "whole.md")
    merged = archcheck("merge", "a.json", "b.json", "-o", "merged.json", "-o", "merged.md")
    assert (merged.code, merged.out) == (whole.code, whole.out)
    for suffix in ("json", "md"):
        texts = [(archcheck.folder / f"{name}.{suffix}").read_text() for name in ("whole", "merged")]
        assert texts[0] == texts[1]
    assert archcheck("merge", "a.json", "b.json", "--fail-on", "blocker").code == 0
    assert archcheck("merge", "a.json", "b.json", "--exit-zero").code == 0
    assert archcheck("merge", "a.json", "b.json", "--baseline", "whole.json").code == 0
    assert archcheck("merge", "a.json", "b.json", "--baseline", "b.json").code == 1


def test_a_baseline_is_held_against_all_shares(archcheck):
    archcheck.write("a.txt", "stuck\n")
    archcheck("a.txt", "-o", "old.json")
    done = archcheck("a.txt", "--shard", "1/2", "--baseline", "old.json")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    archcheck("a.txt", "--baseline", "old.json", "-o", "new.json")
    merged = archcheck("merge", "new.json", "--json")
    assert merged.report["baseline"] is None
    assert "the baselines of the results are left out" in merged.err


def _changed(archcheck, name, change):
    document = json.loads((archcheck.folder / name).read_text())
    change(document)
    archcheck.write("bad.json", json.dumps(document))


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["shard"].update(of=10**15),
        lambda document: document["shard"].update(number=0),
        lambda document: document["shard"].update(of=3),
        lambda document: document["shard"].update(total=10**15 + 1),
        lambda document: document["shard"].update(audits=[]),
        lambda document: document["shard"].update(places=[0, 1, 2], audits=[0, 1, 2]),
        lambda document: document.update(shard=None),
        lambda document: document.update(schema_version="2.0"),
        lambda document: document.clear(),
    ],
)
def test_what_is_of_no_such_run_is_refused_in_one_line(archcheck, change):
    for name in "abc":
        archcheck.write(f"{name}.txt", "pure\n")
    files = shares(archcheck, 2, "a.txt", "b.txt", "c.txt")
    assert archcheck("merge", *files).code == 0
    good, whole = sorted(
        files, key=lambda name: len(json.loads((archcheck.folder / name).read_text())["audits"])
    )
    _changed(archcheck, whole, change)
    done = archcheck("merge", good, "bad.json")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("archcheck: error: ")
    assert archcheck("merge", good, "nothing.json").err.count("\n") == 1
