"""What other tools read of this repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from archcheck.cli.main import COMMANDS
from archcheck.inputs import kind_of
from archcheck.toml import parse_toml

ROOT = Path(__file__).parents[1]
PROJECT = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PINS, ASKS = (hook["files"] for hook in HOOKS)


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "services/api/requirements-dev.in",
        "uv.lock",
        "a/poetry.lock",
        "pdm.lock",
        "pylock.toml",
        "pylock.lambda.toml",
        "Pipfile.lock",
        "pixi.lock",
    ],
)
def test_the_hook_runs_for_what_pins(path):
    assert re.search(PINS, path)
    assert not re.search(ASKS, path)
    assert kind_of(path) in {"requirements", "uv", "poetry", "pdm", "pylock", "pipfile-lock", "pixi"}


@pytest.mark.parametrize(
    ("path", "kind"), [("pyproject.toml", "pyproject"), ("services/api/Pipfile", "pipfile")]
)
def test_another_runs_for_what_asks(path, kind):
    assert re.search(ASKS, path)
    assert not re.search(PINS, path)
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    "path",
    ["package-lock.json", "my-uv.lock", "requirements/README.md", "pylock.toml.bak", "my-pyproject.toml"],
)
def test_the_hook_leaves_the_rest_alone(path):
    assert not re.search(PINS, path)
    assert not re.search(ASKS, path)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_hook_runs_a_command_that_there_is(hook):
    program, command = hook["entry"].split()
    assert (program, command in COMMANDS) == ("archcheck", True)


def test_the_image_runs_as_nobody_special_and_copies_what_is_there():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER archcheck" in lines
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [name for name in copied if f"!{name}" not in ignored] == []


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_call_targets_that_there_are(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    lines = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    called = {word for line in lines for word in line.split()[1:] if "=" not in word}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert all(line.startswith("make ") for line in lines)
    assert called
    assert called <= targets


def test_each_python_that_is_promised_is_tested():
    project = PROJECT["project"]
    promised = [text.rpartition(" ")[2] for text in project["classifiers"] if re.search(r":: 3\.\d+$", text)]
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert ci["jobs"]["tests"]["strategy"]["matrix"]["python"] == promised
    assert project["requires-python"] == f">={promised[0]}"


def test_what_is_published_is_what_was_tried_and_no_job_may_more_than_it_must():
    release = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    build, publish = (release["jobs"][name] for name in ("build", "publish"))
    assert (publish["needs"], publish["environment"]) == ("build", "release")
    assert [each["permissions"] for each in (build, publish)] == [{"contents": "read"}, {"id-token": "write"}]
    (tried,) = [step for step in build["steps"] if step.get("run") == "make build"]
    assert tried["env"]["TAG"] == "${{ github.ref_name }}"
    assert re.fullmatch(
        r"\$\{\{ github.server_url .*/\$\{\{ github.repository .*/tree/.*sha \}\}", tried["env"]["SOURCE"]
    )
    kept = next(step for step in build["steps"] if "upload-artifact" in step.get("uses", ""))
    taken = publish["steps"][0]
    assert kept["with"]["name"] == taken["with"]["name"]
    assert kept["with"]["path"] == taken["with"]["path"] == "dist/"
