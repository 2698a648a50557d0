"""Where settings come from in whole runs: the file that is found, the environment, the flags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def targets_of(done):
    return [audit["target"]["id"] for audit in done.report["audits"]]


def only(version):
    return f"targets = ['lambda:python{version}']\n"


@pytest.fixture
def project(archcheck):
    """Return the command line in a folder of a repository, with the repository's root above it."""
    root = archcheck.folder / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "service").mkdir()
    (root / "service" / "requirements.txt").write_text("pure\n")
    (root / "service" / ".python-version").write_text("3.13\n")
    archcheck.folder = root / "service"
    return archcheck


def test_a_flag_outranks_the_environment_and_that_the_file(project):
    project.write("archcheck.toml", only("3.11"))
    environ = {"ARCHCHECK_TARGET": "lambda:python3.12"}
    assert targets_of(project("--json")) == ["lambda:python3.11"]
    assert targets_of(project("--json", environ=environ)) == ["lambda:python3.12"]
    done = project("--json", "--target", "lambda:python3.13", environ=environ)
    assert targets_of(done) == ["lambda:python3.13"]


@pytest.mark.parametrize(
    ("flags", "environ", "code"),
    [
        ([], {}, 0),
        (["--fail-on", "build"], {}, 1),  # the default, said
        ([], {"ARCHCHECK_FAIL_ON": "build"}, 1),
        (["--fail-on", "never"], {"ARCHCHECK_FAIL_ON": "build"}, 0),
    ],
)
def test_fail_on(project, flags, environ, code):
    project.write("archcheck.toml", "fail-on = 'never'")
    assert project("-", *flags, environ=environ, stdin="stuck\n").code == code


def test_the_environment_can_say_no(project):
    project.write("archcheck.toml", "no-deps = true")
    assert project("-", "--json", stdin="ready\n").report["summary"]["packages"] == 1
    done = project("-", "--json", stdin="ready\n", environ={"ARCHCHECK_NO_DEPS": "0"})
    assert done.report["summary"]["packages"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("service/archcheck.toml", only("3.11")),
        ("service/pyproject.toml", f"[tool.archcheck]\n{only('3.11')}"),
        ("archcheck.toml", only("3.11")),
        ("pyproject.toml", f"[tool.archcheck]\n{only('3.11')}"),
    ],
)
def test_the_file_is_found_from_wherever_one_stands(project, name, text):
    root = project.folder.parent
    (root / name).write_text(text)
    assert targets_of(project("requirements.txt", "--json")) == ["lambda:python3.11"]
    project.folder = root.parent
    done = project("repository/service/requirements.txt", "--json")
    assert targets_of(done) == ["lambda:python3.11"]
    notes = done.report["audits"][0]["notes"]
    assert f"settings of {Path('repository', name)}: targets" in notes


def test_the_nearest_file_counts_alone(project):
    root = project.folder.parent
    (root / "archcheck.toml").write_text(f"fail-on = 'never'\n{only('3.11')}")
    project.write("pyproject.toml", f"[tool.archcheck]\n{only('3.12')}")
    assert targets_of(project("requirements.txt", "--json")) == ["lambda:python3.12"]
    assert project("-", stdin="stuck\n").code == 1
    project.write("archcheck.toml", only("3.13"))
    assert targets_of(project("requirements.txt", "--json")) == ["lambda:python3.13"]


def test_each_of_several_inputs_has_the_settings_nearest_to_it(project):
    root = project.folder.parent
    (root / "other").mkdir()
    (root / "other" / "requirements.txt").write_text("pure\n")
    (root / "archcheck.toml").write_text(only("3.11"))
    project.write("archcheck.toml", only("3.12"))
    done = project("requirements.txt", "../other/requirements.txt", "--json")
    assert targets_of(done) == ["lambda:python3.12", "lambda:python3.11"]
    sources = [audit["target"]["source"] for audit in done.report["audits"]]
    assert [each["kind"] for each in sources] == ["settings", "settings"]
    assert [Path(each["path"]).as_posix() for each in sources] == ["archcheck.toml", "../archcheck.toml"]


def test_nothing_above_a_repository_counts(project):
    (project.folder.parent.parent / "archcheck.toml").write_text("strict = 'broken'")
    assert project("--json").code == 0


def test_nothing_above_the_folder_counts_outside_a_repository(archcheck):
    (archcheck.folder / "inner").mkdir()
    archcheck.write("archcheck.toml", "strict = 'broken'")
    archcheck.write("inner/requirements.txt", "pure\n")
    assert archcheck("inner/requirements.txt").code == 0
    assert archcheck("-", stdin="pure\n").code == 2


def test_a_file_that_is_named(project):
    project.write("other.toml", only("3.11"))
    project.write("archcheck.toml", "strict = 'broken'")
    assert targets_of(project("--json", "--config", "other.toml")) == ["lambda:python3.11"]
    assert targets_of(project("--json", environ={"ARCHCHECK_CONFIG": "other.toml"})) == ["lambda:python3.11"]
    assert project("--json", "--no-config").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "archcheck.toml: strict: expected true or false, found 'broken'"),
        (["--config", "gone.toml"], "gone.toml: cannot be read: No such file"),
        (["--config", "."], ".: not a regular file"),
        (["--config", "/dev/zero"], "/dev/zero: not a regular file"),
        (["--config", "latin.toml"], "latin.toml: not text in UTF-8"),
        (["--config", "pyproject.toml"], "pyproject.toml: expected a table [tool.archcheck]"),
        (["--config", "archcheck.toml", "--no-config"], "exclude each other"),
    ],
)
def test_settings_that_cannot_be_read(project, arguments, words):
    project.write("archcheck.toml", "strict = 'broken'")
    project.write("latin.toml", b"index-url = '\xe9'")
    project.write("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n")
    done = project("requirements.txt", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fail-on = 'nothing'", "archcheck.toml: fail-on: invalid choice: 'nothing'"),
        ("format = 'pdf'", "archcheck.toml: format: invalid choice: 'pdf'"),
        ("jobs = -1", "archcheck.toml: jobs: "),
        ("timeout = nan", "archcheck.toml: timeout: "),
        ("exclude-newer = 'soon'", "archcheck.toml: exclude-newer: expected a date such as 2026-11-23"),
        ("outputs = ['report.doc']", "archcheck.toml: outputs: 'report.doc' tells no format"),
        ("workload = {memory = 1}", "archcheck.toml: workload.memory: expected a whole number from 128"),
        ("workload = {memory = 512}", "expected --duration-ms and --invocations as well"),
    ],
)
def test_values_that_no_option_takes(project, text, words):
    project.write("archcheck.toml", text)
    done = project("requirements.txt")
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_the_environment_is_named_where_it_is_wrong(project):
    done = project(environ={"ARCHCHECK_FAIL_ON": "nothing"})
    assert done.code == 2
    assert "ARCHCHECK_FAIL_ON: invalid choice: 'nothing'" in done.err


def test_a_misspelt_variable_is_said(project):
    done = project("--json", environ={"ARCHCHECK_TARGETS": "lambda:python3.11"})
    assert done.report["audits"]
    assert done.err == "archcheck: ARCHCHECK_TARGETS sets nothing; did you mean ARCHCHECK_TARGET?\n"


def test_paths_are_meant_from_the_settings_file(project):
    root = project.folder.parent
    (root / "constraints.txt").write_text("blocked==1.0\n")
    (root / "reports").mkdir()
    (root / "archcheck.toml").write_text(
        "constraints = ['constraints.txt']\noutputs = ['reports/a.json', 'json=reports/b=c']"
    )
    done = project("-", "--json", stdin="blocked\n")
    assert done.codes == {"AC001"}
    assert json.loads((root / "reports" / "a.json").read_text()) == done.report
    assert (root / "reports" / "b=c").read_text() == done.out


@pytest.mark.parametrize("output", ["out/x.json", "json=out/x"])
def test_a_report_does_not_leave_through_a_link(project, output):
    elsewhere = project.folder.parent.parent / "elsewhere"
    elsewhere.mkdir()
    (project.folder / "out").symlink_to(elsewhere)
    project.write("archcheck.toml", f"outputs = ['{output}']")
    done = project("requirements.txt")
    assert done.code == 2
    assert "leads out of the folder" in done.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "outside", "place"),
    [
        ("constraints = ['link']", "hunter2 x", "link:1"),
        (None, "targets = ['hunter2']", "archcheck.toml"),
    ],
)
def test_nothing_is_quoted_of_a_file_that_a_link_leads_to_outside(project, settings, outside, place):
    secret = project.folder.parent.parent / "secret"
    secret.write_text(outside)
    if settings:
        project.write("archcheck.toml", settings)
        (project.folder / "link").symlink_to(secret)
    else:
        (project.folder / "archcheck.toml").symlink_to(secret)
    done = project("requirements.txt")
    assert done.code == 2
    assert f"{place}: not what was expected; nothing is quoted of a file outside the project" in done.err
    assert "hunter2" not in done.err
    secret.write_text("")
    assert project("requirements.txt").code != 2


def test_the_workload_of_the_file_and_of_a_flag(project):
    project.write("archcheck.toml", "workload = {memory = 512, duration-ms = 100, invocations = 1_000_000}")

    def workload(*flags, **environ):
        done = project("--json", *flags, environ=environ)
        return done.report["audits"][0]["savings"]["workload"]

    assert workload()["memory_mb"] == 512
    more = workload("--memory", "1024")
    assert (more["memory_mb"], more["invocations"]) == (1024, 1_000_000)
    other = workload("--gb-seconds", "7")
    assert (other["memory_mb"], other["gb_seconds"]) == (None, 7)
    assert workload(ARCHCHECK_GB_SECONDS="9")["gb_seconds"] == 9


def test_a_region_of_a_higher_rank_stands_in_for_prices(project):
    project.write("archcheck.toml", "workload = {price-x86 = 0.00002, price-arm = 0.000016}")

    def saving(*flags, **environ):
        done = project("--json", *flags, environ=environ)
        found = done.report["audits"][0]["savings"]
        return found["workload"]["region"], found["workload"]["price_x86"]

    assert saving() == (None, 0.00002)
    assert saving("--region", "af-south-1") == ("af-south-1", None)
    assert saving(ARCHCHECK_REGION="eu-south-1") == ("eu-south-1", None)


def test_a_region_that_is_not_known_is_bad_usage(project):
    done = project(environ={"ARCHCHECK_REGION": "mars-north-1"})
    assert (done.code, done.out) == (2, "")
    assert "found 'mars-north-1'" in done.err


def test_containers_are_reckoned_for_where_they_run_on_fargate(project):
    project.write("archcheck.toml", "workload = {fargate = true}")
    containers = ("--target", "debian12:python3.12", "--json")
    assert project(*containers).report["audits"][0]["savings"]["percent"] == 19.9
    assert project(*containers, "--no-config").report["audits"][0]["savings"] is None


@pytest.mark.parametrize("path", ["x" * 5000, "x/" * 3000 + "y", "\udcff/requirements.txt"])
def test_an_input_that_no_folder_can_have(project, path):
    done = project(path)
    assert (done.code, done.out) == (2, "")


def test_nothing_is_expanded(project):
    project.write("archcheck.toml", "index-url = 'https://${SECRET}.index.invalid/simple/'\ntimeout = 1")
    done = project("--json", "--offline", environ={"SECRET": "hunter2"})
    assert "hunter2" not in done.out + done.err


def test_why_takes_the_settings_too(project):
    project.write("archcheck.toml", "no-deps = true")
    assert project("why", "pure", "-", stdin="ready\n").code == 2
    assert project("why", "pure", "-", "--no-config", stdin="ready\n").code == 0
