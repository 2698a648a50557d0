"""What other tools read of this repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from archcheck.cli.main import COMMANDS
from archcheck.inputs import kind_of

ROOT = Path(__file__).parents[1]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


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
    ],
)
def test_the_hook_runs_for_what_pins(path):
    assert re.search(HOOK["files"], path)
    assert kind_of(path) in {"requirements", "uv", "poetry", "pdm", "pylock", "pipfile-lock"}


@pytest.mark.parametrize(
    "path", ["package-lock.json", "my-uv.lock", "requirements/README.md", "pylock.toml.bak"]
)
def test_the_hook_leaves_the_rest_alone(path):
    assert not re.search(HOOK["files"], path)


def test_the_hook_runs_a_command_that_there_is():
    program, command = HOOK["entry"].split()
    assert (program, command in COMMANDS) == ("archcheck", True)


def test_the_image_runs_as_nobody_special_and_copies_what_is_there():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER archcheck" in lines
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [name for name in copied if f"!{name}" not in ignored] == []
