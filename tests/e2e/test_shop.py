"""A small monorepo that is deployed in many ways, held to a hand-written list of what it deploys.

`fixtures/repositories/shop.toml` is that list; the report for people is a snapshot, as those of the sets.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections import Counter

import pytest

from tests.cli.running import CommandLine, agrees
from tests.e2e.test_sets import matches
from tests.loopback import FixtureStore, IndexServer
from tests.loopback.fixtures import FIXTURES

SHOP = FIXTURES / "repositories" / "shop"
TRUTH = tomllib.loads(SHOP.with_suffix(".toml").read_text(encoding="utf-8"))
EXAMPLE = "https://index.example/"


def command_in(folder, recorded):
    """Return the command line in a copy of the shop, whose own addresses are the recorded index's."""
    shutil.copytree(SHOP, folder)
    for name in ("warehouse/uv.lock", "services/catalog/pyproject.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(EXAMPLE, f"{recorded.base}/"), encoding="utf-8")
    environ = {"UV_DEFAULT_INDEX": recorded.url, "ARCHCHECK_CACHE_DIR": str(folder.parent / "cache")}
    return CommandLine(folder=folder, index_url=recorded.url, environ=environ)


@pytest.fixture(scope="module")
def shop(recorded, tmp_path_factory):
    return command_in(tmp_path_factory.mktemp("shop") / "shop", recorded)


@pytest.fixture(scope="module")
def done(shop):
    return shop(".", "--json")


def placed(place):
    return f"{place['path']}:{place['line']}" if place["line"] else place["path"]


def told(one, report):
    """Return of a deployable in *report* what the truth has of it."""
    audits = [
        audit
        for audit in report["audits"]
        if audit["input"]["path"] in one["inputs"]
        and audit["target"]["id"] in one["targets"]
        and (one["kind"] != "project" or audit["input"]["package"] == one["package"])
    ]
    aarch64 = [
        (each["name"], result["status"])
        for audit in audits
        for each in audit["packages"]
        for result in each["results"]
        if result["architecture"] == "aarch64"
    ]
    recommended = one["recommendation"]
    found = {
        "name": one["name"],
        "kind": one["kind"],
        "tool": one["tool"],
        "source": placed(one["source"]),
        "today": one["architecture"],
        "conditions": one["conditions"],
        "memory": one["memory_mb"],
        "targets": {audit["target"]["id"]: placed(audit["target"]["source"]) for audit in audits},
        "code": one["code"],
        "inputs": one["inputs"],
        "package": one["package"],
        "packages": sorted(name for name, _ in aarch64),
        "standing": f"{recommended['architecture']} {recommended['when']}" if recommended else "",
        "not-wheels": sorted(name for name, status in aarch64 if status not in {"wheel", "pure-wheel"}),
        "states": next((f"{each['path']}:{each['first']}" for each in one["edits"]), None),
    }
    assert len(audits) == len(one["inputs"]) * len(one["targets"])
    return found


# What the truth leaves out where there is nothing to say.
NOTHING = {"tool": "", "today": "unknown", "conditions": [], "memory": None, "targets": {}, "code": None}
NOTHING |= {"inputs": [], "package": None, "not-wheels": [], "states": None}


@pytest.mark.parametrize("truth", TRUTH["deployable"], ids=lambda truth: truth["name"])
def test_each_is_what_its_files_say(done, truth):
    (one,) = (each for each in done.report["deployables"] if each["name"] == truth["name"])
    found = told(one, done.report)
    expected = NOTHING | truth
    if "source" not in truth:
        expected["source"] = truth["name"]
    assert {key: found[key] for key in expected} == expected


def test_there_is_nothing_else(done, recorded):
    report = done.report
    named = Counter(each["name"] for each in report["deployables"])
    assert named == Counter(each["name"] for each in TRUTH["deployable"])
    fleet = report["fleet"]
    assert (fleet["others"], fleet["images"]) == (TRUTH["others"], TRUTH["images"])
    assert (fleet["left_out"], fleet["notes"]) == (TRUTH["left-out"], [])
    asked = "\n".join(recorded.paths)
    assert not [each for each in TRUTH["unseen"] if each in asked or each in done.out]


def test_the_exit_code_is_the_worst_of_all(done, shop):
    """Payments needs a build."""
    assert (done.code, done.err, done.report["complete"]) == (1, "", True)
    assert shop(".", "--ignore", "AC002", "-q").code == 0


def test_the_table(shop):
    matches("shop.txt", shop(".", environ={"COLUMNS": "120"}).out)


def test_the_plan_is_what_is_audited_and_asks_nobody(done, tmp_path):
    with IndexServer(FixtureStore()) as unasked:
        planned = command_in(tmp_path / "shop", unasked)(".", "--plan", "--json")
        assert (planned.code, planned.err, unasked.paths) == (0, "", [])
    plan = json.loads(planned.out)
    would = [
        (each["path"], each["package"], target["id"], target["source"])
        for each in plan["inputs"]
        for target in each["targets"]
    ]
    audited = [
        (each["input"]["path"], each["input"]["package"], each["target"]["id"], each["target"]["source"])
        for each in done.report["audits"]
    ]
    assert sorted(would, key=str) == sorted(audited, key=str)
    assert all(each["problem"] is None for each in plan["inputs"])
    for each in plan["deployables"]:
        (one,) = (other for other in done.report["deployables"] if other["name"] == each["name"])
        assert {key: one[key] for key in each if key != "notes"} == {
            key: value for key, value in each.items() if key != "notes"
        }
    assert len(plan["deployables"]) == len(TRUTH["deployable"])
    counted = {key: plan[key] for key in ("left_out", "others", "images")}
    assert counted == {"left_out": TRUTH["left-out"], "others": TRUTH["others"], "images": TRUTH["images"]}


BROKEN = {
    "stacks/broken.yaml": b"Resources:\n  F: {Type: AWS::Serverless::Function\n  G: [\n",
    "services/broken/requirements.txt": b"requests==2.*.1; nonsense\n",
    "services/unreadable/requirements.txt": b"\xff\xfe\x00\x80",
}


def test_what_is_broken_is_named_and_stops_nothing(done, recorded, tmp_path):
    shop = command_in(tmp_path / "shop", recorded)
    for name, data in BROKEN.items():
        (shop.folder / name).parent.mkdir(exist_ok=True)
        shop.write(name, data)
    broken = shop(".", "--json")
    assert (broken.code, broken.err, broken.report["complete"]) == (2, "", False)
    whole = [each for each in broken.report["deployables"] if each["name"] not in BROKEN]
    assert whole == done.report["deployables"]
    assert broken.report["audits"] == done.report["audits"]
    (note,) = broken.report["fleet"]["notes"]
    assert note.startswith("stacks/broken.yaml: not YAML")
    assert broken.report["fleet"]["unread"] == ["stacks/broken.yaml"]
    wrong = {each["name"]: each for each in broken.report["deployables"] if each["name"] in BROKEN}
    for name, each in wrong.items():
        assert each["recommendation"] is None
        assert [text.startswith(f"{name}:") for text in each["notes"]] == [True]
    assert [*wrong] == [name for name in BROKEN if name.startswith("services")]
    text = shop(".")
    assert text.code == 2
    assert text.out.splitlines()[0].startswith("✗ 1 template could not be read; 11 functions")
    assert all(text.out.count(name) for name in BROKEN)


def test_fix_makes_the_changes_that_the_report_shows(shop):
    agrees(shop)


SAID = {
    "already": "✓ runs on arm64",
    "now": "✓ can move now",
    "no-worse": "≈ no worse than on x86_64",
    "after-changes": "✗ after changes",
    "stays": "✗ stays on x86_64",
    "failing": "✗ runs on arm64, and should not",
    "undetermined": "? undetermined",
}


def test_the_json_says_of_each_what_the_table_does(shop, done):
    """The shop has all of these; the table names what stands in one file below its path."""
    lines = [line.split() for line in shop(".", environ={"COLUMNS": "200"}).out.splitlines()]
    for one in done.report["deployables"]:
        name, line = one["name"].split(), one["source"]["line"]
        place = [f":{line}"] if line else []
        (row,) = {
            " ".join(words)
            for words in lines
            if words[: len(name) + len(place)] == [*name, *place] and len(words) > 2
        }
        assert f" {SAID[one['standing']]}" in row
    assert len({one["standing"] for one in done.report["deployables"]}) >= 4
