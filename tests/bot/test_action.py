"""The Action's own steps, taken from action.yml and run as a runner does, in a repository with a base and a head."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bot.github import WORKFLOW
from tests.loopback import Features, IndexServer, Store
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "fixtures" / "events"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
SECRET = "ghs_joblevel0secret"
ANSWERS = ("ready", "verdict", "when", "obstacles", "new-obstacles")


@dataclass(slots=True, kw_only=True)
class Runner:
    """A runner: a workspace, the job's environment, and expressions filled in from the event."""

    folder: Path
    environ: dict[str, str]
    event_name: str = "pull_request"
    event: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    said: str = ""

    @property
    def workspace(self) -> Path:
        return self.folder / "work"

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
            cwd=self.workspace,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"},
        ).stdout.strip()

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            (self.workspace / name.replace("__", ".")).write_text(text)
        self.git("add", ".")
        self.git("commit", "-qm", "change\n\nparent 0000000000000000000000000000000000000000")
        return self.git("rev-parse", "HEAD")

    def run(self) -> dict[str, int]:
        """Run the steps that are commands, but for the installation; return the exit codes by id."""
        codes = {}
        for step in ACTION["runs"]["steps"]:
            if "run" in step and step["id"] != "install" and self._wanted(step.get("if")):
                codes[step["id"]] = self._step(step)
        return codes

    def _wanted(self, condition: str | None) -> bool:
        match condition:
            case None:
                return True
            case "${{ inputs.comment-when != 'never' }}":
                return self._input("comment-when") != "never"
            case "${{ inputs.sarif == 'true' }}":
                return self._input("sarif") == "true"
        raise AssertionError(condition)

    def _step(self, step: dict[str, Any]) -> int:
        output = self.folder / f"{step['id']}.output"
        output.touch()
        environ = {
            **self.environ,
            **{name: self._filled(value) for name, value in step.get("env", {}).items()},
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_EVENT_NAME": self.event_name,
        }
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        Path(environ["GITHUB_EVENT_PATH"]).write_text(json.dumps(self.event))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.workspace / self._filled(step.get("working-directory", ".")),
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        self.said += done.stdout + done.stderr
        pairs = (line.partition("=") for line in output.read_text().splitlines())
        self.outputs[step["id"]] = {name: value for name, _, value in pairs}
        return done.returncode

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        for name in expression.split(" || "):
            value = self._one(name)
            if value:
                return value
        return ""

    def _one(self, name: str) -> str:
        known = {
            "runner.temp": self.environ["RUNNER_TEMP"],
            "github.token": WORKFLOW,
            "github.event_name": self.event_name,
            "github.sha": "c" * 40,
            "github.ref": "refs/pull/7/merge",
            "github.action_path": str(ROOT),
        }
        if name in known:
            return known[name]
        first, _, rest = name.partition(".")
        if first == "inputs":
            return self._input(rest)
        if first == "steps":
            step, _, output = rest.partition(".outputs.")
            return self.outputs[step].get(output, "")
        assert name.startswith("github.event."), name
        found: Any = self.event
        for part in rest.split(".")[1:]:
            found = found.get(part) if isinstance(found, dict) else None
        return str(found or "")

    def _input(self, key: str) -> str:
        return self.inputs.get(key, self._filled(ACTION["inputs"][key]["default"]))


@pytest.fixture
def index():
    store = Store()
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("blocked", "1.0", wheels=[X86])
    store.add("blocked", "1.1", wheels=[X86, ARM])
    with IndexServer(store) as server:
        yield server


@pytest.fixture
def runner(tmp_path, github, index):
    """Return a runner whose workspace is the merge of a pull request that adds `blocked`."""
    temp = tmp_path / "temp"
    binaries = temp / "archcheck" / "venv" / "bin"
    binaries.mkdir(parents=True)
    script = binaries / "archcheck"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archcheck "$@"\n')
    script.chmod(0o755)
    python = binaries / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    made = Runner(
        folder=tmp_path,
        environ={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.url,
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": SECRET,
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": github.repository,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        },
        inputs={"targets": "lambda:python3.13"},
    )
    made.workspace.mkdir()
    made.git("init", "-q", "-b", "main")
    base = made.commit(requirements__txt="ready\n")
    made.git("checkout", "-qb", "feature")
    head = made.commit(requirements__txt="ready\nblocked==1.0\n")
    made.git("checkout", "-q", "main")
    made.commit(readme="the base has moved on\n")
    made.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    made.event = json.loads((EVENTS / "pull_request.json").read_text())
    made.event["pull_request"]["head"]["sha"] = head
    made.event["pull_request"]["base"]["sha"] = base
    github.pulls[7].sha = head
    return made


def test_a_pull_request_that_brings_a_blocker(runner, github):
    codes = runner.run()
    assert codes == {"audit": 0, "comment": 0, "verdict": 1}
    outputs = runner.outputs["audit"]
    assert {name: outputs[name] for name in ANSWERS} == {
        "ready": "false",
        "verdict": "after-changes",
        "when": "after-changes",
        "obstacles": "1",
        "new-obstacles": "1",
    }
    [body] = github.bodies()
    assert body.startswith("### ✗ This pull request brings 1 new obstacle on the way to arm64")
    assert "blocked 1.0" in body
    assert "1.1" in body
    folder = Path(outputs["report-path"])
    assert sorted(path.name for path in folder.iterdir()) == [
        "base.json",
        "head.json",
        "report.html",
        "report.sarif",
    ]
    assert "::error file=requirements.txt,line=2" in runner.said
    assert body.partition("<!--")[0].strip() in (runner.folder / "summary.md").read_text()


def test_running_it_again_writes_nothing_and_a_repair_resolves_it(runner, github):
    runner.run()
    runner.run()
    assert len(github.writes) == 1
    runner.git("checkout", "-q", "feature")
    github.pulls[7].sha = runner.event["pull_request"]["head"]["sha"] = runner.commit(
        requirements__txt="ready\n"
    )
    runner.git("checkout", "-qB", "merge", "main~1")
    runner.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    assert runner.run() == {"audit": 0, "comment": 0, "verdict": 0}
    [body] = github.bodies()
    assert body.startswith("### Resolved: this pull request no longer changes anything for arm64")


def test_base_and_head_are_audited_against_one_state_of_the_index(runner):
    """What is published between the two audits is not the pull request's doing; this index's pages are stale at once."""
    store = Store()
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("blocked", "1.0", wheels=[X86])
    with IndexServer(store, features=Features(max_age=0)) as index:
        runner.environ["PIP_INDEX_URL"] = index.url
        runner.run()
        asked = [path for path in index.paths if "/ready/" in path]
    assert (len(asked), len(set(asked))) == (1, 1)
    assert (Path(runner.outputs["audit"]["report-path"]) / "base.json").exists()


def test_what_the_base_accepts_is_accepted_and_what_the_head_accepts_is_not(runner, github):
    runner.git("checkout", "-q", "main~1")
    accepted = "[[ignore]]\npackage = 'blocked'\nreason = 'its owner builds it'\n"
    runner.event["pull_request"]["base"]["sha"] = runner.commit(archcheck__toml=accepted)
    runner.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    assert runner.run() == {"audit": 0, "comment": 0, "verdict": 0}
    assert "1 finding ignored" in github.bodies()[0]
    runner.git("checkout", "-q", "feature")
    sha = runner.commit(archcheck__toml=accepted)
    runner.event["pull_request"]["head"]["sha"] = github.pulls[7].sha = sha
    runner.git("checkout", "-q", "main")
    runner.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    runner.inputs["fail-on-existing"] = "true"
    assert runner.run()["verdict"] == 1


def test_what_was_there_before_fails_nothing_and_is_not_annotated(runner, github):
    """A docs-only pull request on a base that has an obstacle; the plan for that is nobody's business here."""
    runner.git("checkout", "-q", "feature")
    runner.git("branch", "-qf", "main", "feature")
    sha = runner.commit(readme="words alone\n")
    runner.event["pull_request"]["head"]["sha"] = github.pulls[7].sha = sha
    runner.git("checkout", "-q", "main")
    runner.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    assert runner.run() == {"audit": 0, "comment": 0, "verdict": 0}
    assert "::error" not in runner.said
    assert github.bodies() == []
    folder = Path(runner.outputs["audit"]["report-path"])
    for name in ("base", "head"):
        (audit,) = json.loads((folder / f"{name}.json").read_text())["audits"]
        assert audit["plans"] is None
        assert [finding["package"] for finding in audit["findings"]] == ["blocked"]
    runner.inputs["fail-on-existing"] = "true"
    assert runner.run()["verdict"] == 1


def test_a_plan_is_looked_for_only_for_what_is_new(runner, index):
    index.store.add("worse", "1.0", wheels=[X86])
    index.store.add("worse", "1.1", wheels=[X86, ARM])
    runner.git("checkout", "-q", "feature")
    runner.git("branch", "-qf", "main", "feature")
    runner.event["pull_request"]["head"]["sha"] = runner.commit(
        requirements__txt="ready\nblocked==1.0\nworse==1.0\n"
    )
    runner.git("checkout", "-q", "main")
    runner.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
    assert runner.run()["verdict"] == 1
    assert runner.said.count("::error") == 1
    head = json.loads((Path(runner.outputs["audit"]["report-path"]) / "head.json").read_text())
    ((plan,),) = [audit["plans"] for audit in head["audits"]]
    assert [change["package"] for change in plan["changes"]] == ["worse"]
    assert plan["leaves"] == ["blocked"]
    outputs = runner.outputs["audit"]
    assert (outputs["obstacles"], outputs["new-obstacles"]) == ("2", "1")


def test_no_token_is_in_the_audit_or_in_any_output(runner, github):
    runner.inputs["targets"] = "lambda:python3.13\n\nlambda:python3.13"
    script = Path(runner.environ["RUNNER_TEMP"]) / "archcheck" / "venv" / "bin" / "archcheck"
    script.write_text(script.read_text().replace("exec", f'env > "{runner.folder}/env.$1.$$"\nexec'))
    runner.run()
    seen = {path.name.split(".")[1]: path.read_text() for path in runner.folder.glob("env.*")}
    assert WORKFLOW not in seen["check"]
    assert SECRET not in seen["check"]
    assert WORKFLOW in seen["comment"]
    written = [
        path.read_text(errors="replace")
        for path in runner.folder.rglob("*.*")
        if path.is_file() and "env." not in path.name
    ]
    for text in (runner.said, *written):
        assert WORKFLOW not in text
        assert SECRET not in text


def test_an_apps_comment_is_resolved_where_its_login_is_said(runner, github):
    github.tokens["ghs_apptoken"] = "archcheck-app[bot]"
    runner.inputs |= {"token": "ghs_apptoken", "author": "archcheck-app[bot]"}
    runner.run()
    runner.commit(requirements__txt="ready\n")
    runner.event["pull_request"]["base"]["sha"] = runner.git("rev-parse", "HEAD")
    runner.run()
    assert [body.splitlines()[0][:13] for body in github.bodies()] == ["### Resolved:"]


def test_a_read_only_token_warns_and_leaves_the_exit_code(runner, github):
    runner.inputs["token"] = "ghs_readonlytoken"
    assert runner.run() == {"audit": 0, "comment": 0, "verdict": 1}
    assert github.bodies() == []
    assert "::warning title=archcheck::no comment: the token may not do this (403" in runner.said
    assert "blocked 1.0" in (runner.folder / "summary.md").read_text()


def test_an_empty_token_of_a_fork_warns(runner):
    runner.inputs["token"] = ""
    runner.environ.pop("GITHUB_TOKEN")
    assert runner.run()["verdict"] == 1
    assert "GITHUB_TOKEN or GH_TOKEN is not set" in runner.said


def test_what_a_stranger_wrote_is_not_followed(runner, github):
    runner.commit(
        requirements__txt="ready\n--extra-index-url http://127.0.0.1:9/${GITHUB_TOKEN}/simple\n",
        venv__py="raise SystemExit('hacked')\n",
        json__py="raise SystemExit('hacked')\n",
        archcheck__toml="fail-on = 'never'\noutputs = ['hacked.json']\n",
    )
    codes = runner.run()
    assert codes["verdict"] == 2
    assert "hacked" not in runner.said
    assert not (runner.workspace / "hacked.json").exists()
    assert (runner.outputs["audit"]["ready"], runner.outputs["audit"]["verdict"]) == ("false", "undetermined")


@pytest.mark.parametrize("name", ["push", "merge_group", "schedule"])
def test_events_without_a_pull_request(runner, github, name):
    runner.event_name = name
    runner.event = json.loads((EVENTS / f"{name}.json").read_text())
    before = runner.git("rev-parse", "HEAD^1")
    runner.event["before"] = before if name == "push" else None
    runner.event.get("merge_group", {})["base_sha"] = before
    codes = runner.run()
    assert codes == {"audit": 0, "comment": 0, "verdict": 1}
    assert github.log == []
    assert "is about no pull request" in runner.said
    summary = (runner.folder / "summary.md").read_text()
    assert ("brings 1 new obstacle" in summary) is (name != "schedule")


def test_a_new_branch_has_no_base(runner):
    runner.event_name, runner.event = "push", {"before": "0" * 40}
    assert runner.run()["verdict"] == 1
    assert not (Path(runner.outputs["audit"]["report-path"]) / "base.json").exists()


def test_a_base_that_is_not_here_is_said(runner):
    runner.git("checkout", "-q", "feature")
    runner.event["pull_request"]["base"]["sha"] = "1" * 40
    assert runner.run()["verdict"] == 1
    assert "check out with fetch-depth 2" in runner.said


@pytest.mark.parametrize("taken", [True, False])
def test_findings_are_sent_to_code_scanning(runner, taken):
    runner.inputs["sarif"] = "true"
    binaries = runner.folder / "bin"
    binaries.mkdir()
    gh = binaries / "gh"
    gh.write_text(
        f'#!/bin/sh\necho "$@" > "{runner.folder}/gh.arguments"\ncat > "{runner.folder}/gh.sent"\nexit {int(not taken)}\n'
    )
    gh.chmod(0o755)
    runner.environ["PATH"] = f"{binaries}:{runner.environ['PATH']}"
    assert runner.run() == {"audit": 0, "comment": 0, "sarif": 0, "verdict": 1}
    assert ("code scanning did not take the findings" in runner.said) is not taken
    arguments = (runner.folder / "gh.arguments").read_text()
    assert arguments == "api --silent --input - repos/octo-org/service/code-scanning/sarifs\n"
    sent = json.loads((runner.folder / "gh.sent").read_text())
    assert (sent["commit_sha"], sent["ref"]) == ("c" * 40, "refs/pull/7/merge")
    sarif = json.loads(gzip.decompress(base64.b64decode(sent["sarif"])))
    assert sarif == json.loads((Path(runner.outputs["audit"]["report-path"]) / "report.sarif").read_text())


def test_an_input_that_is_not_there_fails_the_job(runner, github):
    runner.inputs["paths"] = "missing.txt"
    assert runner.run() == {"audit": 0, "comment": 0, "verdict": 2}
    assert github.bodies() == []


def test_every_expression_stays_out_of_the_scripts():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("tool", ["zizmor", "actionlint"])
def test_linters_of_workflows(tool):
    from shutil import which

    found = which(tool) or which(tool, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{tool} is not installed")
    folders = (ROOT / "examples" / "github", ROOT / ".github" / "workflows")
    workflows = sorted(str(path) for folder in folders for path in folder.glob("*.yml"))
    arguments = ["--offline", str(ROOT / "action.yml")] if tool == "zizmor" else []
    done = subprocess.run(
        [found, *arguments, *workflows], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
