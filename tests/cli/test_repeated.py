"""The commands that a report names are about the same set: what was typed stands in them."""

from __future__ import annotations

import shlex

import pytest

ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
PROJECT = (
    "[project]\nname = 'p'\nversion = '1'\ndependencies = []\noptional-dependencies = {pg = ['driver']}\n"
)


@pytest.fixture(autouse=True)
def _project(archcheck, store):
    store.add("driver", "1.0", wheels=[X86])
    store.add("driver", "1.1", wheels=[X86, ARM])
    archcheck.write("pyproject.toml", PROJECT.replace("'driver'", "'driver==1.0'"))
    archcheck.write("pins with blanks.txt", "driver<2\n")
    (archcheck.folder / "wheels").mkdir()


OPTIONS = ["--extra", "pg", "-c", "pins with blanks.txt", "--find-links", "wheels", "--pre"]


def commands(done, word):
    return [line.strip() for line in done.out.splitlines() if line.strip().startswith(f"archcheck {word}")]


def test_the_command_for_the_change_finds_the_change(archcheck):
    report = archcheck("pyproject.toml", *OPTIONS, "-t", "lambda:python3.13", environ={"COLUMNS": "300"})
    (command,) = commands(report, "fix")
    done = archcheck(*shlex.split(command)[1:])
    assert done.code == 0
    assert "+optional-dependencies = {pg = ['driver==1.1']}" in done.out


def test_the_command_for_the_next_audit_weighs_the_same_workload(archcheck):
    use = [
        "--memory",
        "512",
        "--duration-ms",
        "100",
        "--invocations",
        "50000000",
        "--arm-duration-ratio",
        "1.4",
    ]
    said = archcheck("pyproject.toml", *OPTIONS, *use, "-t", "lambda:python3.13", "-f", "markdown")
    (command,) = commands(said, "pyproject.toml")
    again = archcheck(*shlex.split(command)[1:], "--json").report
    assert again["audits"][0]["recommendation"]["worth"] == "costs-more"
    assert again["audits"][0]["savings"]["workload"]["memory_mb"] == 512


def test_no_password_is_repeated(archcheck):
    said = archcheck(
        "pyproject.toml",
        "--extra",
        "pg",
        "--extra-index-url",
        "https://me:secret@127.0.0.1:1/simple/",
        "--json",
    )
    assert "secret" not in said.out
    assert said.report["audits"][0]["options"] == ["--extra", "pg"]
