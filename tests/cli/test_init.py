"""`archcheck init`: what it writes into a project, and what it leaves alone."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from archcheck.cli.setup.starting.hook import FILES, hook_step
from archcheck.cli.setup.starting.job import job_step
from archcheck.cli.setup.starting.settings import settings_step
from archcheck.cli.setup.starting.source import source
from archcheck.data import __file__ as data
from archcheck.toml import parse_toml
from tests.cli.running import REPOSITORY
from tests.patience import ended, read_until

WORKFLOW, HOOKS = ".github/workflows/arm64.yml", ".pre-commit-config.yaml"
TARGET = "lambda:python3.13"


@pytest.fixture
def project(archcheck):
    """Return the command line in a git repository whose project runs on Python 3.13."""
    subprocess.run(["git", "init", "--quiet"], cwd=archcheck.folder, check=True)
    archcheck.write("requirements.txt", "ready\n")
    return archcheck


def contents(archcheck):
    """Return every file but those of git and of the cache."""
    return {
        path.relative_to(archcheck.folder).as_posix(): path.read_bytes()
        for path in archcheck.folder.rglob("*")
        if path.is_file() and not {".git", ".cache"} & set(path.parts)
    }


def test_it_writes_settings_a_workflow_and_a_hook(project):
    before = contents(project)
    done = project("init", "--yes")
    written = {name: text for name, text in contents(project).items() if name not in before}
    assert (done.code, done.out) == (0, "")
    assert set(written) == {"archcheck.toml", WORKFLOW, HOOKS}
    assert parse_toml(written["archcheck.toml"].decode()) == {"targets": [TARGET]}
    *_, step = yaml.safe_load(written[WORKFLOW])["jobs"]["arm64"]["steps"]
    assert (step["uses"], step["with"]) == ("./.archcheck", {"targets": TARGET})
    assert "ARCHCHECK_REPOSITORY names: set it" in done.err
    (repo,) = yaml.safe_load(written[HOOKS])["repos"]
    assert (repo["repo"], [hook["id"] for hook in repo["hooks"]]) == ("local", ["archcheck"])
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((project.folder / WORKFLOW).stat().st_mode) == 0o666 & ~umask
    assert {audit["target"]["id"] for audit in project("--json").report["audits"]} == {TARGET}


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_a_second_run_changes_nothing(project, name, ci):
    if name == "pyproject.toml":
        project.write(name, '[project]\nname = "x"\nversion = "1"\n')
    assert project("init", "--yes", "--ci", ci).code == 0
    before = contents(project)
    done = project("init", "--yes", "--ci", ci)
    assert (done.code, done.out, contents(project)) == (0, "", before)
    assert done.err.count("left as it is: ") == done.err.count("\n") == 3


def test_a_dry_run_is_a_diff_that_git_applies(project):
    project.write("pyproject.toml", '[project]\r\nname = "x"\r\nversion = "1"')
    before = contents(project)
    done = project("init", "--dry-run")
    assert (done.code, contents(project)) == (0, before)
    subprocess.run(["git", "apply", "-"], input=done.out.encode(), cwd=project.folder, check=True)
    applied = contents(project)
    for name in set(applied) - set(before):
        (project.folder / name).unlink()
    for name, text in before.items():
        (project.folder / name).write_bytes(text)
    project("init", "--yes")
    assert contents(project) == applied


@pytest.mark.parametrize(
    "text",
    [
        b'[project]\nname = "x"\nversion = "1"\n',
        b'[project]\r\nname = "x"\r\nversion = "1"\r\n',
        b"\xef\xbb\xbf# \xc3\xa9\n[tool.ruff]\nline-length = 88 # wide",
        b"[tool]\n[tool.black]\n\n\n",
        b"",
    ],
)
def test_the_rest_of_pyproject_stays_byte_for_byte(text):
    step = settings_step(None, text, [TARGET, "debian12:python3.12"], "")
    assert step.after is not None
    assert step.after.startswith(text)
    document = parse_toml(step.after.decode("utf-8-sig"))
    assert document.pop("tool")["archcheck"] == {"targets": [TARGET, "debian12:python3.12"]}
    ends = step.after.replace(b"\r\n", b"").count(b"\n")
    assert ends == (0 if b"\r\n" in text else step.after.count(b"\n"))


@pytest.mark.parametrize(
    ("own", "pyproject", "said"),
    [
        (b"strict = true\n", None, "it is there already"),
        (b"", b"[project]\n", "it is there already"),
        (None, b"[tool.archcheck]\nstrict = true\n", "[tool.archcheck] is there already"),
        (None, b"[tool.archcheck.workload]\nmemory = 1\n", "[tool.archcheck] is there already"),
        (None, b"tool = 3\n", "is no table"),
        (None, b"tool = {}\n", "would break the file"),
        (None, b"[project\n", "not TOML"),
        (None, b"\xff\xfe", "not text"),
    ],
)
def test_settings_that_are_left_alone(own, pyproject, said):
    step = settings_step(own, pyproject, [TARGET], "")
    assert (step.after, said in step.said) == (None, True), step.said


@pytest.mark.parametrize(
    "text",
    [
        "repos:\n- repo: https://example.org/a\n  rev: v1\n  hooks:\n  - id: a\n",
        "repos:\r\n-   repo: https://example.org/a\r\n    rev: v1\r\n    hooks:\r\n    -   id: a # b\r\n",
        "# ours\nci: {autofix_prs: false}\nrepos:\n  # one\n  - repo: local\n    hooks:\n      - id: a",
    ],
)
def test_the_hook_comes_last_and_the_rest_stays(text):
    step = hook_step(text.encode())
    assert step.after is not None, step.said
    assert step.after.startswith(text.encode())
    before, after = yaml.safe_load(text), yaml.safe_load(step.after)
    assert {**after, "repos": after["repos"][:-1]} == before
    assert [hook["id"] for hook in after["repos"][-1]["hooks"]] == ["archcheck"]
    assert (b"\r\n" in text.encode()) == (step.after.count(b"\r\n") == step.after.count(b"\n"))
    assert hook_step(step.after).said == "it has the hook already"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repos:\n- repo: local\n  hooks: []\nci:\n  skip: [a]\n", "by hand"),
        ("repos: [{repo: local, hooks: []}]\n", "by hand"),
        ("repos: []\n", "by hand"),
        ("repos:\n- repo: local\n  hooks: []\n...\n", "by hand"),
        ("hooks: 3\n", "no list of `repos`"),
        ("- a\n", "no configuration of pre-commit"),
        ("", "no configuration of pre-commit"),
        ("a: [", "not YAML"),
        (
            "repos:\n- repo: https://example.org/archcheck\n  hooks:\n  - id: archcheck\n",
            "has the hook already",
        ),
    ],
)
def test_hooks_that_are_left_alone(text, said):
    step = hook_step(text.encode())
    assert (step.after, step.before) == (None, text.encode())
    assert said in step.said


def test_what_is_shipped_is_what_the_repository_has():
    starters = Path(data).parent / "starters"
    for name, example in (("github", "github/arm64.yml"), ("gitlab", "gitlab/.gitlab-ci.yml")):
        text = (starters / f"{name}.yml").read_bytes()
        assert text == (REPOSITORY / "examples" / example).read_bytes()
        assert job_step(name, None, [], [TARGET]).after == text
    hook, _ = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    assert hook["files"] == FILES
    (repo,) = yaml.safe_load(hook_step(None).after)["repos"]
    (own,) = repo["hooks"]
    kept = ("id", "entry", "types", "files", "require_serial")
    assert {key: own[key] for key in kept} == {key: hook[key] for key in kept}
    assert own["language"] == "system"  # what is installed: it is on no index


COMMIT = "0123456789abcdef" * 2 + "01234567"
RELEASED = f"Source, https://github.com/octo-org/archcheck/tree/{COMMIT}"


def direct(url, commit=COMMIT):
    return json.dumps(
        {"url": url, "vcs_info": {"vcs": "git", "commit_id": commit, "requested_revision": "v1"}}
    )


@pytest.mark.parametrize(
    ("addresses", "text", "action", "requirement"),
    [
        ([RELEASED], "", f"octo-org/archcheck@{COMMIT} # v1.2.3", "wheel-archcheck==1.2.3"),
        (
            [],
            direct("https://github.com/me/fork.git"),
            f"me/fork@{COMMIT}",
            f"git+https://github.com/me/fork@{COMMIT}",
        ),
        ([], direct("https://git.example/a/b"), "", f"git+https://git.example/a/b@{COMMIT}"),
    ],
)
def test_a_job_takes_archcheck_from_where_this_one_came(addresses, text, action, requirement):
    found = source(addresses, "1.2.3", text)
    assert (found.action, found.requirement) == (action, requirement)
    github = job_step("github", None, [], [TARGET], found)
    steps = yaml.safe_load(github.after)["jobs"]["arm64"]["steps"]
    if action:
        assert [step["uses"].partition("@")[0] for step in steps] == [
            "actions/checkout",
            action.partition("@")[0],
        ]
        assert f"uses: {action}\n" in github.after.decode()
        assert (b"ARCHCHECK_REPOSITORY" in github.after, github.said) == (False, "")
    else:
        assert github == job_step("github", None, [], [TARGET])
    gitlab = job_step("gitlab", None, [], [TARGET], found).after.decode()
    *_, line = yaml.safe_load(gitlab)["arm64"]["before_script"]
    assert line.endswith(f' install --quiet "{requirement}"')
    assert "ARCHCHECK_SOURCE" not in gitlab


@pytest.mark.parametrize(
    ("addresses", "text"),
    [
        ([], ""),
        ([], "{"),
        ([], json.dumps({"url": "file:///src", "dir_info": {"editable": True}})),
        ([], json.dumps({"url": "https://github.com/a/b", "vcs_info": {"vcs": "hg", "commit_id": COMMIT}})),
        ([], direct("https://user:secret@github.com/a/b")),
        ([], direct("https://github.com/a/b", commit="main")),
        ([], direct('https://github.com/a/b"; rm -r x #')),
        (["Source, https://github.com/a/b"], ""),
        ([RELEASED.replace("Source", "Other")], ""),
    ],
)
def test_where_it_came_from_is_not_guessed(addresses, text):
    assert source(addresses, "1", text) is None


def test_jobs_take_all_targets_or_none():
    both = ["lambda:python3.12", TARGET]
    steps = yaml.safe_load(job_step("github", None, [], both).after)["jobs"]["arm64"]["steps"]
    assert steps[-1]["with"]["targets"].split() == both
    assert "with" not in yaml.safe_load(job_step("github", None, [], []).after)["jobs"]["arm64"]["steps"][-1]
    lines = yaml.safe_load(job_step("gitlab", None, [], both).after)["arm64"]["script"]
    assert [line.count("--target lambda:python3.12 --target lambda:python3.13") for line in lines] == [
        0,
        0,
        1,
        0,
        1,
        0,
        0,
    ]
    assert "--target" not in job_step("gitlab", None, [], []).after.decode()


@pytest.mark.parametrize(
    ("name", "text", "ci"),
    [
        (".github/workflows/other.yaml", "- uses: ./.archcheck\n", "github"),
        (".github/workflows/arm64.yml", "on: push\n", "github"),
        (".gitlab-ci.yml", "test: {script: [make]}\n", "gitlab"),
    ],
)
def test_a_job_that_is_there_is_left_alone(project, name, text, ci):
    (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
    project.write(name, text)
    before = contents(project)
    done = project("init", "--yes")
    assert set(contents(project)) - set(before) == {"archcheck.toml", HOOKS}
    assert contents(project)[name] == text.encode()
    assert f"left as it is: {WORKFLOW if ci == 'github' else name}: " in done.err


def test_what_infrastructure_says_is_not_said_twice(project):
    project.write(
        "template.yaml",
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      Runtime: python3.12\n      Handler: a.b\n      CodeUri: .\n",
    )
    done = project("init", "--yes")
    assert "archcheck.toml" not in contents(project)
    assert "left as it is: archcheck.toml: template.yaml:5 says where it runs" in done.err
    assert "with" not in yaml.safe_load(contents(project)[WORKFLOW])["jobs"]["arm64"]["steps"][-1]


@pytest.mark.parametrize("text", ["ready\n", "-r gone.txt\n", None])
def test_a_guess_is_not_written_down(project, text):
    (project.folder / ".python-version").unlink()
    (project.folder / "requirements.txt").unlink()
    if text is not None:
        project.write("requirements.txt", text)
    done = project("init", "--yes")
    assert (done.code, "archcheck.toml" in contents(project)) == (0, False)
    assert "archcheck init --target" in done.err
    assert project("init", "--yes", "--target", "debian12:python3.12").code == 0
    assert b"debian12:python3.12" in contents(project)["archcheck.toml"]


def test_outside_of_git_there_are_settings_alone(archcheck):
    archcheck.write("requirements.txt", "ready\n")
    before = contents(archcheck)
    done = archcheck("init", "--yes")
    assert set(contents(archcheck)) - set(before) == {"archcheck.toml"}
    assert "no git repository" in done.err
    assert archcheck("init", "--yes", "--ci", "gitlab").code == 0
    assert ".gitlab-ci.yml" in contents(archcheck)


def test_not_on_a_terminal_it_says_so(project):
    before = contents(project)
    done = project("init")
    assert (done.code, done.out, contents(project)) == (2, "", before)
    assert done.err.count("\n") == 1
    assert "--yes" in done.err


def test_nothing_is_written_where_a_link_leads_out(project):
    (project.folder / "inner").mkdir()
    (project.folder / "inner" / ".git").mkdir()
    outer = project.write("outer.toml", "[tool]\n")
    (project.folder / "inner" / "pyproject.toml").symlink_to("../outer.toml")
    project.folder = project.folder / "inner"
    done = project("init", "--yes", "--target", TARGET)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "pyproject.toml: cannot be read" in done.err
    assert (outer.read_text(), HOOKS in contents(project)) == ("[tool]\n", False)


@pytest.mark.parametrize(
    ("answers", "written", "targets"),
    [
        (["", "", "", ""], {"archcheck.toml", WORKFLOW, HOOKS}, [TARGET]),
        (["debian12:python3.12", "y", "n", "YES"], {"archcheck.toml", HOOKS}, ["debian12:python3.12"]),
        (["", "n", "no", "q"], set(), None),
        (["lamda:python3.13"], set(), None),
    ],
)
def test_on_a_terminal_it_asks(project, answers, written, targets):
    before = contents(project)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        project.command("init"),
        cwd=project.folder,
        env=project.surroundings(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    for number, answer in enumerate(answers):
        read_until(ours, b"] ")
        os.write(ours, f"{answer}\n".encode())
        assert number < 4
    read_until(ours)
    ended(process)
    os.close(ours)
    assert process.returncode == (2 if "lamda" in answers[0] else 0)
    assert set(contents(project)) - set(before) == written
    if targets:
        assert parse_toml(contents(project)["archcheck.toml"].decode()) == {"targets": targets}
