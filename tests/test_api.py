"""The Python API: the same as the command line, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

import archcheck
from archcheck.errors import ArchcheckError, InputError, TargetError
from archcheck.model import Status, Workload
from archcheck.policy import Ignore
from archcheck.report.json import from_json, to_json
from tests.cli.running import MOMENT, CommandLine, validated
from tests.loopback.builders import core_metadata, wheel_bytes


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch, tmp_path, index):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", MOMENT)


@pytest.fixture
def path(tmp_path, store):
    store.add("demo", "1.0", wheels=["cp313-cp313-manylinux2014_x86_64"], requires_dist=["other"])
    store.add("other", "1.0", wheels=["py3-none-any"])
    file = tmp_path / "requirements.txt"
    file.write_text("demo\n")
    return file


def test_a_report_of_values(path):
    report = archcheck.audit(path, targets=["lambda:python3.13"])
    (audit,) = report.audits
    assert (report.complete, report.recommendation.architecture) == (True, "x86_64")
    assert {package.name: package.on("aarch64").status for package in audit.packages} == {
        "demo": Status.MISSING,
        "other": Status.PURE_WHEEL,
    }
    assert validated(to_json(report))["generated_at"] == "2023-11-14T22:13:20Z"


def test_sizes_are_those_of_the_files_as_the_index_states_them(path, store):
    store.add("silent", "1.0", wheels=["py3-none-any"])
    length = len(store.file("silent-1.0-py3-none-any.whl").content)
    path.write_text("demo\nsilent\n")
    for name, size in {"demo": 12_345_678, "other": 2**53 - 1, "silent": 0}.items():
        files = store.projects[name].files
        files[:] = [replace(file, stated_size=size, build=None) for file in files]
    (audit,) = archcheck.audit(path, targets=["lambda:python3.13"]).audits
    assert {package.name: [result.size for result in package.results] for package in audit.packages} == {
        "demo": [12_345_678, None],
        "other": [2**53 - 1, 2**53 - 1],
        "silent": [length, length],  # of which the index states nothing, and which was looked into
    }


def test_sizes_are_those_that_the_lock_records(tmp_path):
    lock = tmp_path / "pylock.toml"
    wheel = '[[packages]]\nname = "{0}"\nversion = "1.0"\n[[packages.wheels]]\nurl = "https://index.example/{0}-1.0-py3-none-any.whl"\nhashes = {{ sha256 = "00" }}\n'
    said = {"said": "size = 77", "silent": "", "odd": "size = -1", "huge": f"size = {2**53}"}
    tables = [wheel.format(name) + text for name, text in said.items()]
    lock.write_text("\n".join(['lock-version = "1.0"\ncreated-by = "hand"', *tables]))
    (audit,) = archcheck.audit(lock, targets=["lambda:python3.13"]).audits
    sizes = {package.name: package.on("aarch64").size for package in audit.packages}
    assert sizes == {"said": 77, "silent": None, "odd": None, "huge": None}


def test_another_index_and_offline(path, index):
    archcheck.audit(path, targets=["lambda:python3.13"])
    asked = len(index.log)
    assert archcheck.audit(path, targets=["lambda:python3.13"], cache="offline").complete
    assert len(index.log) == asked
    elsewhere = archcheck.audit(path, targets=["lambda:python3.13"], index_url=f"{index.base}/none/")
    assert not elsewhere.complete


def test_targets_need_no_list(path):
    (audit,) = archcheck.audit(path, targets="lambda:python3.12").audits
    assert audit.target.id == "lambda:python3.12"
    several = archcheck.audit(path, targets="lambda:python3.12, lambda:python3.13").audits
    assert [audit.target.id for audit in several] == ["lambda:python3.12", "lambda:python3.13"]


@pytest.mark.parametrize(
    ("paths", "targets", "error"),
    [
        (("requirements.txt",), ("lambda:",), ArchcheckError),
        (("gone.txt",), (), InputError),
        (("requirements.txt",), ("lambda:python2.7",), TargetError),
        (("requirements.txt",), "lambda:python2.7", TargetError),
        (("lambda:python3.13",), (), InputError),
    ],
)
@pytest.mark.usefixtures("path")
def test_what_cannot_be_audited_raises(paths, targets, error):
    with pytest.raises(error):
        archcheck.audit(*paths, targets=targets)


def test_a_string_is_a_list_of_one(path):
    assert archcheck.audit(path, targets="lambda:python3.13") == archcheck.audit(
        path, targets=["lambda:python3.13"]
    )


LINKED = wheel_bytes("demo-3.0-py3-none-any.whl", core_metadata("demo", "3.0"))
# Each option of `check` that says what is audited, beside what the function calls it.
SAME = {
    "extra": (["--extra", "more"], {"extras": "more"}),
    "all-extras": (["--all-extras"], {"all_extras": True}),
    "group": (["--group", "dev"], {"groups": ["dev"]}),
    "constraint": (["--constraint", "pins.txt"], {"constraints": Path("pins.txt")}),
    "extra-index": ([], {}),
    "find-links": (["--find-links", "links"], {"find_links": "links"}),
    "no-index": (["--no-index", "--find-links", "links"], {"no_index": True, "find_links": ["links"]}),
    "only-binary": (["--only-binary", ":all:"], {"only_binary": ":all:"}),
    "no-binary": (["--no-binary", "demo"], {"no_binary": ["demo"]}),
    "pre": (["--pre"], {"pre": True}),
    "no-deps": (["--no-deps"], {"no_deps": True}),
    "exclude-newer": (
        ["--exclude-newer", "2020-01-01T00:00:00Z"],
        {"exclude_newer": datetime(2020, 1, 1, tzinfo=UTC)},
    ),
    "ship": (["--ship", "zip"], {"ship": "zip"}),
    "no-inspect": (["--no-inspect"], {"inspect": False}),
    "no-remedies": (["--no-remedies"], {"remedies": False}),
    "no-cache": (["--no-cache"], {"cache": "none"}),
    "cache-dir": (["--cache-dir", "elsewhere"], {"cache_dir": "elsewhere"}),
    "workload": (
        ["--memory", "1024", "--duration-ms", "350", "--invocations", "20000000"],
        {"workload": Workload(memory_mb=1024, duration_ms=350.0, invocations=20_000_000)},
    ),
    "targets": (["--target", "lambda:python3.12"], {"targets": ["lambda:python3.13", "lambda:python3.12"]}),
}


@pytest.mark.parametrize("option", SAME)
def test_each_option_means_what_it_means_on_the_command_line(option, tmp_path, store, index):
    store.add("demo", "1.0", wheels=["cp313-cp313-manylinux2014_x86_64"], requires_dist=["other"])
    store.add("demo", "2.0rc1", wheels=["py3-none-any"])
    store.add("other", "1.0", wheels=["py3-none-any"])
    store.add("other", "1.1", sdist=True)
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "demo-3.0-py3-none-any.whl").write_bytes(LINKED)
    (tmp_path / "pins.txt").write_text("other<1.1\n")
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'p'\nversion = '1'\ndependencies = ['demo']\n"
        "optional-dependencies = {more = ['other']}\n[dependency-groups]\ndev = ['other<1.1']\n"
    )
    flags, arguments = SAME[option]
    plain = archcheck.audit("pyproject.toml", targets="lambda:python3.13", cache="none")
    said = {"targets": "lambda:python3.13", **arguments}
    if option == "extra-index":
        flags, said["extra_index_urls"] = ["--extra-index-url", index.url], [index.url]
    command = CommandLine(folder=tmp_path, index_url=index.url)
    done = command("pyproject.toml", "--json", "--no-config", "--target", "lambda:python3.13", *flags)
    # What was typed stands in the one alone, for the commands that it names.
    told = from_json(done.out)
    told = structs.replace(told, audits=tuple(structs.replace(each, options=()) for each in told.audits))
    assert archcheck.audit("pyproject.toml", **said) == told
    alike = {"extra-index", "no-cache", "cache-dir"}  # of which this report says nothing
    assert (told == plain) is (option in alike)


def test_what_is_ignored_is_named_as_in_the_settings(path):
    accepted = Ignore(package="D?mo", rule="no-aarch64-wheel", reason="nobody calls it")
    (audit,) = archcheck.audit(path, targets="lambda:python3.13", ignores=[accepted]).audits
    (ignored,) = audit.ignored
    assert (ignored.rule, ignored.reason, ignored.source) == ("AC001", "nobody calls it", "the caller")


def test_a_folder_and_all_that_it_deploys(path, tmp_path):
    (tmp_path / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties:\n      Runtime: python3.13\n      Handler: app.handler\n      CodeUri: .\n"
    )
    report = archcheck.audit(tmp_path, recursive=True)
    assert [(each.name, each.targets) for each in report.deployables] == [("F", ("lambda:python3.13",))]
    assert (report.ready, report.verdict) == (False, "blocked")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"exclude_newer": datetime(2020, 1, 1)}, "exclude_newer: expected datetime with a timezone"),  # noqa: DTZ001
        (
            {"exclude_newer": "2024-01-01"},
            "exclude_newer: expected datetime | null, got str, found '2024-01-01'",
        ),
        ({"cache": "off"}, "cache: invalid enum value 'off'"),
        ({"ship": "tar"}, "ship: invalid enum value 'tar'"),
        ({"architecture": "arm"}, "architecture: invalid enum value 'arm'"),
        ({"jobs": 0}, "jobs: expected int >= 1, found '0'"),
        ({"jobs": "5"}, "jobs: expected int, got str"),
        ({"timeout": "5"}, "timeout: expected float"),
        ({"max_stale": -1}, "max_stale: expected float >= 0"),
        ({"targets": 3}, "targets: expected a list, found '3'"),
        ({"targets": None}, "targets: expected a list, found 'None'"),
        ({"extras": [1]}, "extras: expected str, found '1'"),
        ({"constraints": 5}, "constraints: expected a list"),
        ({"find_links": [5]}, "find_links: expected paths"),
        ({"ignores": ["x"]}, "ignores: expected Ignore, found 'x'"),
        ({"ignores": [Ignore(rule="AC999", reason="why")]}, "AC999"),
        ({"workload": {}}, "workload: expected Workload"),
        (
            {"workload": Workload(memory_mb=5)},
            "memory_mb: expected a whole number from 128 to 10,240, found '5'",
        ),
        ({"workload": Workload(memory_mb=512)}, "memory_mb: expected duration_ms and invocations as well"),
        ({"workload": Workload(arm_duration_ratio=0)}, "arm_duration_ratio: expected a number from 0.01"),
        ({"workload": Workload(memory_mb="512")}, "memory_mb: expected a whole number"),
        ({"workload": Workload(region="mars")}, "region: expected one whose prices are known"),
        ({"recursive": True}, "recursive: expected a folder"),
    ],
)
def test_an_option_that_cannot_be_meant(path, arguments, problem):
    with pytest.raises(ArchcheckError) as refused:
        archcheck.audit(path, **{"targets": "lambda:python3.13", **arguments})
    assert problem in str(refused.value)


def test_one_path_alone_is_a_folder_of_deployables(path):
    with pytest.raises(ArchcheckError, match="recursive: expected one folder, found 2 paths"):
        archcheck.audit(path, path.parent, recursive=True)


def test_there_is_nothing_else():
    with pytest.raises(AttributeError, match="has no attribute 'audits'"):
        _ = archcheck.audits
