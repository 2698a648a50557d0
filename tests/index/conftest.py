"""Whole runs of archcheck in this process, against the loopback index, with settings and cache of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from archcheck.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def audit(self):
        """The only audit of a `--json` run."""
        (audit,) = json.loads(self.out)["audits"]
        return audit

    @property
    def results(self):
        """Status and version for each architecture, by package."""
        return {
            package["name"]: {
                each["architecture"]: (each["status"], each["version"]) for each in package["results"]
            }
            for package in self.audit["packages"]
        }

    @property
    def notes(self) -> str:
        """The notes of the audit, in lines."""
        return "\n".join(self.audit["notes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A project folder, and a cache that its runs share."""

    folder: Path
    cache: Path
    capture: pytest.CaptureFixture[str]

    def write(self, text: str, name: str = "requirements.txt") -> None:
        """Write one file of the project."""
        (self.folder / name).write_text(text)

    def __call__(self, *arguments: str, form: str = "json") -> Ran:
        """Run `archcheck check` in the folder, for Lambda's Python 3.13."""
        chosen = (*arguments, "-f", form, "--target", "lambda:python3.13", "--cache-dir", str(self.cache))
        self.capture.readouterr()
        code = main(["check", *chosen])
        found = self.capture.readouterr()
        return Ran(code=code, out=found.out, err=found.err)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Runner:
    """A runner in a folder of its own; no retries, and none of the user's own settings."""
    folder = tmp_path / "project"
    folder.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(folder)
    for name, value in {
        "HOME": home,
        "NETRC": home / "netrc",
        "PIP_RETRIES": "0",
        "UV_HTTP_RETRIES": "0",
        "POETRY_REQUESTS_MAX_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, str(value))
    for name in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    return Runner(folder=folder, cache=tmp_path / "cache", capture=capsys)
