"""How much work a repository of many inputs is: what many share is read, asked and audited once."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import Counter

import pytest
import yaml
from msgspec.structs import replace

from archcheck.app.repositories.perform import perform_repository
from archcheck.app.request import Request
from archcheck.cli.console import Console
from archcheck.manifest.manifest import IndexOptions

MANY = 24
FUNCTION = """\
  F{number}:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: {folder}, Handler: app.main, Runtime: python3.13}}
"""


@pytest.fixture(scope="module")
def hook():
    """Return the list to which the paths of opened files go while it is not None; hooks cannot be taken out."""
    place: list[list[str] | None] = [None]

    def note(event, arguments):
        if event == "open" and place[0] is not None and isinstance(arguments[0], str):
            place[0].append(arguments[0])

    sys.addaudithook(note)
    return place


@pytest.fixture
def opened(hook):
    """Return the paths of the files that are opened from now on."""
    hook[0] = paths = []
    yield paths
    hook[0] = None


@pytest.fixture
def repository(archcheck):
    """Return the command line in a repository with a template of many functions, each with its own folder."""
    (archcheck.folder / ".git").mkdir()
    functions = []
    for number in range(MANY):
        folder = f"service-{number:02}"
        (archcheck.folder / folder).mkdir()
        archcheck.write(f"{folder}/requirements.txt", f"# {number}\nready\nblocked==1.1\n")
        functions.append(FUNCTION.format(number=number, folder=folder))
    archcheck.write(
        "template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n" + "".join(functions)
    )
    archcheck.write("archcheck.toml", 'fail-on = "build"\n')
    return archcheck


def test_a_page_is_asked_once_for_all_inputs(repository, index):
    report = repository(".", "--json").report
    assert len(report["audits"]) == MANY
    pages = Counter(path for path in index.paths if path.endswith(("/", "/json")))
    assert {name for name in ("ready", "blocked", "pure") for path in pages if name in path} == {
        "ready",
        "blocked",
        "pure",
    }
    assert set(pages.values()) == {1}


def test_settings_are_read_once_for_all_inputs(repository, opened, tmp_path):
    config = tmp_path / "pip.conf"
    config.write_text("[install]\nprefer-binary = true\n")
    opened.clear()
    repository(".", environ={"PIP_CONFIG_FILE": str(config)})
    counted = Counter(os.path.realpath(path) for path in opened)
    folder = os.path.realpath(repository.folder)
    assert counted[os.path.realpath(config)] == 1
    assert counted[f"{folder}/archcheck.toml"] <= 2  # once for the run, and once for all inputs
    assert all(counted[f"{folder}/service-{n:02}/requirements.txt"] == 1 for n in range(MANY))


def test_a_template_is_parsed_once_and_each_change_of_it_once(repository, monkeypatch):
    parsed: list[str | bytes] = []
    compose = yaml.compose_all

    def counted(text, **options):
        parsed.append(text)
        return compose(text, **options)

    monkeypatch.setattr(yaml, "compose_all", counted)
    report = repository(".", "--json").report
    assert [len(each["edits"]) for each in report["deployables"]] == [1] * MANY
    original = (repository.folder / "template.yaml").read_text()
    assert parsed.count(original) < 8
    changed = Counter(text for text in parsed if "arm64" in text)
    assert len(changed) == MANY
    assert set(changed.values()) == {1}
    # Of a change its own lines are read again, not all of the file's: that would be the square of it.
    assert sum(map(len, parsed)) < 10 * len(original)


@pytest.mark.parametrize("deployed", [0, MANY // 2])
def test_a_template_is_parsed_once_for_the_inputs_that_it_does_not_deploy(repository, monkeypatch, deployed):
    functions = [FUNCTION.format(number=number, folder=f"service-{number:02}") for number in range(deployed)]
    template = "Resources:\n  B: {Type: AWS::S3::Bucket}\n" + "".join(functions)
    repository.write("template.yaml", template)
    parsed: list[str | bytes] = []
    compose = yaml.compose_all
    monkeypatch.setattr(
        yaml, "compose_all", lambda text, **more: parsed.append(text) or compose(text, **more)
    )
    done = repository(".", "--plan", "--json", "--recursive")
    assert (done.code, len(json.loads(done.out)["inputs"])) == (0, MANY)
    assert parsed.count(template) == 1


def test_what_functions_share_is_audited_once_for_each_target(archcheck):
    (archcheck.folder / ".git").mkdir()
    (archcheck.folder / "src").mkdir()
    archcheck.write("src/requirements.txt", "ready\n")
    functions = [FUNCTION.format(number=number, folder="src") for number in range(MANY)]
    archcheck.write(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n"
        + "".join(functions).replace("python3.13", "python3.12", 3),
    )
    request = Request(
        paths=(".",),
        cwd=str(archcheck.folder),
        environ={"ARCHCHECK_CACHE_DIR": str(archcheck.folder / "cache")},
        flags=IndexOptions(index_url=archcheck.index_url),
    )
    said: list[str] = []
    report = perform_repository(
        request, ".", lambda path: replace(request, paths=(path,)), lambda step, _: said.append(step.what)
    )
    begun = [what for what in said if ": a way out" not in what]
    assert sorted(begun) == [f"src/requirements.txt on lambda:python3.{minor}" for minor in (12, 13)]
    assert {audit.target.id: audit.target.source.line for audit in report.audits} == {
        "lambda:python3.12": 5,
        "lambda:python3.13": 14,
    }
    assert [each.targets for each in report.deployables[2:4]] == [
        ("lambda:python3.12",),
        ("lambda:python3.13",),
    ]


def test_what_a_killed_run_was_told_is_not_asked_again(repository, index):
    """Half of it is what is there where a run was killed half-way."""
    repository(".", "--shard=1/2")
    before = Counter(index.paths)
    assert before
    whole = repository(".", "--json", "--max-stale=86400")
    assert len(whole.report["audits"]) == MANY
    assert max(Counter(index.paths)[path] - before[path] for path in before) == 0


def test_a_long_report_is_written_in_pieces():
    """A copy of it in another encoding, and one that is back in Python's, would be as large as all audits."""

    class Out(io.StringIO):
        encoding = "ascii"

        def write(self, text: str) -> int:
            assert len(text) <= 10 * 2**20
            return super().write(text)

    out = Out()
    text = "✓ a" * 2**21
    Console(out=out, err=io.StringIO(), environ={}).print(text)
    assert out.getvalue() == text.replace("✓", r"\u2713")
