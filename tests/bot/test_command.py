"""`archcheck comment`, as a job runs it: what it says, where it writes, and that its exit code is its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archcheck.cli import comment
from archcheck.report.json import to_json
from tests.bot.github import READ_ONLY, WORKFLOW, Pull
from tests.bot.gitlab import HEAD as MERGE_HEAD
from tests.bot.gitlab import REPORTER
from tests.cli.conftest import ARM, X86
from tests.cli.running import CommandLine
from tests.patience import PATIENCE
from tests.report.examples import HOSTILE, LEGACY, READY_NOW

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"


@pytest.fixture
def job(tmp_path, github, index):
    """Return the command line in a GitHub job for pull request 7, with results in its folder."""
    (tmp_path / "head.json").write_text(to_json(LEGACY))
    (tmp_path / "base.json").write_text(to_json(READY_NOW))
    shutil.copy(EVENTS / "pull_request.json", tmp_path / "event.json")
    return CommandLine(
        folder=tmp_path,
        index_url=index.url,
        environ={
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": github.repository,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_TOKEN": WORKFLOW,
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        },
    )


def test_it_comments(job, github):
    done = job("comment", "github", "head.json", "--baseline", "base.json")
    assert (done.code, done.out, done.err) == (0, "", "archcheck: pull request 7: comment written\n")
    assert "### ✗ This pull request brings 7 new obstacles" in github.bodies()[0]
    assert (job.folder / "summary.md").read_text().strip() == github.bodies()[0].partition("<!--")[0].strip()


@pytest.mark.parametrize("base", ["", "/api/v3", "/api/v3/"])
def test_the_api_is_found_on_an_enterprise_server(job, github, base):
    done = job("comment", "github", "head.json", environ={"GITHUB_API_URL": github.base + base})
    assert done.err.endswith("comment written\n")


def test_two_keys_are_two_comments(job, github):
    for key in ("api", "worker", "api"):
        job("comment", "github", "head.json", "--key", key)
    assert len(github.bodies()) == 2


def test_a_dry_run_prints_and_asks_nobody(job, github):
    done = job("comment", "github", "head.json", "--dry-run", environ={"GITHUB_TOKEN": ""})
    assert done.out.startswith("### ✗ not ready for arm64")
    assert done.code == 0
    assert github.log == []
    assert not (job.folder / "summary.md").exists()


def test_a_workflow_run_comments_on_the_forks_pull_request(job, github):
    shutil.copy(EVENTS / "workflow_run.json", job.folder / "event.json")
    head = json.loads((EVENTS / "workflow_run.json").read_text())["workflow_run"]["head_sha"]
    github.pulls[9] = Pull(number=9, source="mallory:feature", sha=head)
    github.comments[9] = []
    assert job("comment", "github", "head.json").err == "archcheck: pull request 9: comment written\n"
    assert (len(github.bodies(9)), len(github.bodies(7))) == (1, 0)
    github.pulls[9].sha = "e" * 40
    assert "no open pull request has the audited commit" in job("comment", "github", "head.json").err


def test_the_second_workflow_of_the_example_comments(job, github):
    """Its last step, as it stands, where the first workflow's results have been fetched to."""
    example = Path(__file__).parents[2] / "examples" / "github" / "arm64-comment.yml"
    step = yaml.safe_load(example.read_text())["jobs"]["comment"]["steps"][-1]
    shutil.copy(EVENTS / "workflow_run.json", job.folder / "event.json")
    head = json.loads((EVENTS / "workflow_run.json").read_text())["workflow_run"]["head_sha"]
    github.pulls[9] = Pull(number=9, source="mallory:feature", sha=head)
    github.comments[9] = []
    results, binaries = job.folder / "results", job.folder / "venv" / "bin"
    results.mkdir()
    binaries.mkdir(parents=True)
    (results / "head.json").write_text(to_json(LEGACY))
    (results / "base.json").write_text(to_json(READY_NOW))
    (binaries / "archcheck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archcheck "$@"\n')
    (binaries / "archcheck").chmod(0o755)
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={**job.surroundings(), "RUNNER_TEMP": str(job.folder), "PYTHONSAFEPATH": "1"},
        check=True,
        timeout=PATIENCE,
    )
    assert github.bodies(9)[0].startswith("### ✗ This pull request brings 7 new obstacles")


@pytest.mark.parametrize(
    ("arrange", "environ", "said"),
    [
        (None, {"GITHUB_TOKEN": READ_ONLY}, "pull-requests: write"),
        (None, {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN or GH_TOKEN is not set"),
        (None, {"GITHUB_TOKEN": "ghp_old"}, "(401)"),
        (lambda forge: setattr(forge.pulls[7], "locked", True), {}, "locked"),
        (lambda forge: forge.pulls.pop(7), {}, "404"),
        (
            lambda forge: forge.fail("GET", "/pulls/7", 500, times=99, headers={"Retry-After": 9999}),
            {},
            "500",
        ),
        (None, {"GITHUB_API_URL": "http://127.0.0.1:9/api/v3"}, "cannot be reached"),
    ],
)
@pytest.mark.parametrize("actions", ["true", ""])
def test_whatever_becomes_of_the_comment_the_exit_code_stays(
    job, github, *, arrange, environ, said, actions, monkeypatch
):
    monkeypatch.setattr("archcheck.bot.forges.http.TRIES", 1)
    if arrange:
        arrange(github)
    done = job("comment", "github", "head.json", environ={**environ, "GITHUB_ACTIONS": actions})
    assert done.code == 0
    line = done.out if actions else done.err
    assert line.count("\n") == 1
    assert line.startswith("::warning title=archcheck::" if actions else "archcheck: warning: ")
    assert said in line
    assert "what it would say is in the job summary" in line
    assert "7 of 9 packages" in (job.folder / "summary.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["github", "missing.json"], {}, "missing.json"),
        (["github", "event.json"], {}, "not a result of archcheck"),
        (["gitea", "head.json"], {}, "invalid choice"),
        (["github", "head.json", "--key", "a b"], {}, "--key"),
        (["github", "head.json", "--number", "7"], {}, "--number and --commit"),
        (["github", "head.json", "--baseline", "base.json", "--base", "HEAD"], {}, "exclude each other"),
        (["github", "head.json", "--report-url", "javascript:alert(1)"], {}, "--report-url"),
        (["github", "head.json", "--report-url", "https://a/)>x"], {}, "--report-url"),
        (["github", "head.json"], {"GITHUB_API_URL": ""}, "GITHUB_API_URL is not set"),
        (
            ["github", "head.json", "--number", "7", "--commit", "a"],
            {"GITHUB_API_URL": "", "GITHUB_REPOSITORY": "", "GITHUB_TOKEN": ""},
            " elsewhere set it, as in GITHUB_API_URL=https://api.github.com GITHUB_REPOSITORY=OWNER/NAME (see `",
        ),
        (["github", "head.json"], {"GITHUB_API_URL": "http://ghe.example"}, "expected https"),
        (["github", "head.json"], {"GITHUB_REPOSITORY": "x/../y"}, "OWNER/NAME"),
        (["github", "head.json"], {"GITHUB_EVENT_PATH": "/nowhere"}, "/nowhere: cannot be read"),
        (["github", "head.json"], {"GITHUB_TOKEN": "ghs_a\x00b"[:5] + "\tb"}, "cannot be one"),
        (
            ["gitlab", "head.json"],
            {"CI_MERGE_REQUEST_IID": "3", "CI_COMMIT_SHA": "a", "GITLAB_TOKEN": "t"},
            "CI_PROJECT_ID",
        ),
    ],
)
def test_bad_usage(job, arguments, environ, said):
    done = job("comment", *arguments, environ={"CI_API_V4_URL": "http://127.0.0.1:9", **environ})
    assert done.code == 2
    assert said in done.err
    assert WORKFLOW not in done.out + done.err


def test_what_a_run_elsewhere_has_to_set_is_documented(job):
    told = " ".join(job("comment", "--help").out.split())
    document = (Path(__file__).parents[2] / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    for names in comment._PLACES.values():
        for name, value in names.items():
            assert f"{name}={value}" in told
            assert f"`{name}={value}`" in document


def test_a_full_summary_is_left_as_it_is(job):
    (job.folder / "summary.md").write_bytes(b"x" * (1024 * 1024 - 10))
    done = job("comment", "github", "head.json", environ={"GITHUB_TOKEN": ""})
    assert "summary" not in done.err
    assert (job.folder / "summary.md").stat().st_size == 1024 * 1024 - 10


def test_a_hostile_result_of_a_fork_is_shown_escaped(job, github):
    (job.folder / "head.json").write_text(to_json(HOSTILE))
    assert job("comment", "github", "head.json").code == 0
    assert "<script" not in github.bodies()[0]
    assert "<img" not in github.bodies()[0]


@pytest.mark.parametrize("token", [WORKFLOW, READ_ONLY, "ghp_wrong"])
@pytest.mark.parametrize("status", [None, 401, 403, 404, 422, 500, 301])
def test_no_output_has_the_token(job, github, token, status, monkeypatch):
    monkeypatch.setattr("archcheck.bot.forges.http.TRIES", 1)
    if status:
        github.fail("POST", "/comments", status, f"about {token}", times=9)
        github.fail("GET", "/pulls/7", status, f"about {token}", times=9)
    done = job("comment", "github", "head.json", environ={"GITHUB_TOKEN": token})
    written = [path.read_text(errors="replace") for path in job.folder.rglob("*") if path.is_file()]
    assert not any(token in text for text in (done.out, done.err, *written, *github.bodies()))


def test_gitlab(job, gitlab):
    environ = {
        "CI_API_V4_URL": gitlab.url,
        "CI_PROJECT_ID": "99",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_COMMIT_SHA": MERGE_HEAD,
        "GITLAB_TOKEN": REPORTER,
    }
    arguments = ("comment", "gitlab", "head.json", "--baseline", "base.json")
    assert job(*arguments, environ=environ).err == "archcheck: merge request 3: comment written\n"
    assert gitlab.bodies()[0].startswith("### ✗ This merge request brings 7 new obstacles")
    gitlab.state = "merged"
    closed = "archcheck: merge request 3: not written: it is closed\n"
    assert job(*arguments[:3], environ=environ).err == closed


@pytest.fixture
def git(job):
    """Return a function that runs git in the job's folder, which is a repository with one commit."""

    def run(*arguments):
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
            cwd=job.folder,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(job.folder)},
        ).stdout.strip()

    run("init", "-q")
    job.write("requirements.txt", "ready\n")
    run("add", "requirements.txt")
    run("commit", "-qm", "base")
    return run


def test_the_pipeline_of_the_example_comments_and_fails(job, git, gitlab, store):
    """The job's own lines, but for the installation; a job's shell stops at the first line that fails."""
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("blocked", "1.0", wheels=[X86])
    job.write("requirements.txt", "ready\nblocked\n")
    binaries = job.folder / "tool" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "archcheck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archcheck "$@"\n')
    (binaries / "archcheck").chmod(0o755)
    example = Path(__file__).parents[2] / "examples" / "gitlab" / ".gitlab-ci.yml"
    lines = yaml.safe_load(example.read_text())["arm64"]["script"]
    environ = {
        "CI_API_V4_URL": gitlab.url,
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_COMMIT_SHA": MERGE_HEAD,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git("rev-parse", "HEAD"),
        "GITLAB_TOKEN": REPORTER,
        "PYTHONSAFEPATH": "1",
    }
    done = subprocess.run(
        [
            "bash",
            "-eo",
            "pipefail",
            "-c",
            "\n".join(lines).replace("/tmp/archcheck", str(job.folder / "tool")),
        ],
        cwd=job.folder,
        env={**job.surroundings(), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 1, done.stderr
    assert gitlab.bodies()[0].startswith("### ✗ This merge request brings 1 new obstacle")
    assert REPORTER not in done.stdout + done.stderr
    assert (job.folder / "code-quality.json").exists()


TEMPLATE = """\
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: api/, Handler: app.main, Runtime: python3.13, Architectures: [x86_64]}
  Worker:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: worker/, Handler: app.main, Runtime: python3.13, Architectures: [x86_64]}
"""


def test_of_a_repository_the_base_is_the_whole_of_it(job, git, github, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("blocked", "1.0", wheels=[X86])
    job.write("template.yaml", TEMPLATE)
    for folder in ("api", "worker"):
        (job.folder / folder).mkdir()
        job.write(f"{folder}/app.py", "")
        job.write(f"{folder}/requirements.txt", "blocked\n")
    git("add", ".")
    git("commit", "-qm", "what is deployed")
    job.write("api/requirements.txt", "ready\n")
    assert job(".", "-o", "now.json").code == 1
    job("comment", "github", "now.json", "--base", "HEAD")
    (body,) = github.bodies()
    assert body.startswith("### ✓ This pull request clears 1 obstacle to arm64: 1 left\n\n1 more can move\n")
    assert "- `Api` (`template.yaml:2`): stays on x86_64 → can move now" in body


def test_of_a_repository_the_base_has_the_targets_that_the_head_was_given(job, git, github, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("old", "1.0", wheels=["cp312-cp312-manylinux2014_x86_64", "cp312-cp312-manylinux2014_aarch64"])
    job.write("template.yaml", TEMPLATE)
    for folder in ("api", "worker"):
        (job.folder / folder).mkdir()
        job.write(f"{folder}/requirements.txt", "old\n")
    git("add", ".")
    git("commit", "-qm", "what is deployed")
    job.write("api/requirements.txt", "old\nready\n")
    job(".", "-t", "lambda:python3.12", "-o", "now.json")
    body = job("comment", "github", "now.json", "--base", "HEAD", "--dry-run").out
    assert "lambda:python3.12" in body
    assert "lambda:python3.13" not in body


def test_the_base_is_audited_from_git(job, git, github, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("blocked", "1.0", wheels=[X86])
    job.write("requirements.txt", "ready\nblocked\n")
    assert job("requirements.txt", "-t", "lambda:python3.13", "-o", "now.json").code == 1
    done = job("comment", "github", "now.json", "--base", "HEAD")
    assert (done.code, done.err) == (0, "archcheck: pull request 7: comment written\n")
    assert github.bodies()[0].startswith("### ✗ This pull request brings 1 new obstacle")
    assert "2 packages: 1 ready, 1 blocked" in github.bodies()[0]
    job.write("archcheck.toml", "strict = 'broken'")  # the work tree's, which is not the base's
    assert job("comment", "github", "now.json", "--base", "HEAD", "--dry-run").code == 0
    (job.folder / "archcheck.toml").unlink()
    job.write("new.txt", "blocked\n")
    job("new.txt", "-t", "lambda:python3.13", "-o", "now.json")
    assert "| not there |" in job("comment", "github", "now.json", "--base", "HEAD", "--dry-run").out
    assert "no such commit" in job("comment", "github", "now.json", "--base", "nowhere").err
