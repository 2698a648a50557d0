"""The Python API: the same as the command line, as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

import archcheck
from archcheck.errors import ArchcheckError, InputError, TargetError
from archcheck.model import Status
from archcheck.report.json import to_json
from tests.cli.running import MOMENT, validated


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
    assert archcheck.audit(path, targets=["lambda:python3.13"], offline=True).complete
    assert len(index.log) == asked
    elsewhere = archcheck.audit(path, targets=["lambda:python3.13"], index_url=f"{index.base}/none/")
    assert not elsewhere.complete


@pytest.mark.parametrize(
    ("paths", "targets", "error"),
    [
        ((), (), ArchcheckError),
        (("gone.txt",), (), InputError),
        (("requirements.txt",), ("lambda:python2.7",), TargetError),
    ],
)
@pytest.mark.usefixtures("path")
def test_what_cannot_be_audited_raises(paths, targets, error):
    with pytest.raises(error):
        archcheck.audit(*paths, targets=targets)
