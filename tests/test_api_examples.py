"""Every Python example of the documents, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import MOMENT, validated

ROOT = Path(__file__).parents[1]
X86, ARM = "cp313-cp313-manylinux2014_x86_64", "cp313-cp313-manylinux2014_aarch64"


def examples(document):
    return re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _project(monkeypatch, tmp_path, index, store):
    store.add("demo", "1.0", wheels=[X86], requires_dist=["other"])
    store.add("demo", "1.1", wheels=[X86, ARM], requires_dist=["other"])
    store.add("other", "1.0", wheels=["py3-none-any"])
    (tmp_path / "requirements.txt").write_text("demo==1.0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", MOMENT)


def run(example):
    names = {}
    exec(compile(example, "example", "exec"), names)
    return names


def test_what_stands_in_the_way(capsys):
    run(examples("docs/api.md")[0])
    said = "False after-changes\nAC001 demo 1.0 - upgrade demo 1.0 → 1.1\n"
    assert capsys.readouterr().out == said


def test_what_to_change(capsys):
    run(examples("docs/api.md")[1])
    assert capsys.readouterr().out == "1 verified leaves []\nversion demo 1.0 → 1.1 ==1.1\n"


def test_where_does_it_run_already(capsys):
    run(examples("docs/api.md")[2])
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(") ")[2] for line in lines] == [
        "undetermined",
        "after-changes demo",
        "undetermined",
    ]
    Path("requirements.txt").write_text("demo==1.1\n")
    run(examples("docs/api.md")[2])
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(") ")[2] for line in lines] == ["undetermined", "ready", "undetermined"]


def test_keep_a_result_and_compare(capsys):
    example = examples("docs/api.md")[5]
    Path("requirements.txt").write_text("other\n")
    run(example)
    Path("requirements.txt").write_text("demo==1.0\n")
    run(example)
    assert capsys.readouterr().out == "new: ['demo']\n"
    assert validated(Path("archcheck.json").read_text(encoding="utf-8"))["complete"]


def test_the_examples_of_the_readme():
    for example in examples("README.md"):
        assert run(example)["report"].complete


def test_a_whole_repository(capsys):
    run(examples("docs/api.md")[3])
    assert capsys.readouterr().out == "requirements.txt undetermined requirements.txt\n"


def test_what_can_go_wrong(capsys):
    run(examples("docs/api.md")[4])
    assert capsys.readouterr().out.startswith("no-such-file.txt: ")


def test_there_are_six():
    assert len(examples("docs/api.md")) == 6
