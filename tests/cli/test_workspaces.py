"""Members of a uv workspace from the command line: told apart in reports, and changed in their own files."""

from __future__ import annotations

LOCK = """\
version = 1
revision = 3
requires-python = ">=3.9"

[manifest]
members = ["api", "root", "web"]

[[package]]
name = "root"
version = "1"
source = {{ virtual = "." }}

[[package]]
name = "api"
version = "1"
source = {{ virtual = "packages/api" }}
dependencies = [{{ name = "blocked" }}]
metadata = {{ requires-dist = [{{ name = "blocked", specifier = "==1.0" }}] }}

[[package]]
name = "web"
version = "1"
source = {{ virtual = "packages/web" }}
dependencies = [{{ name = "blocked" }}]
metadata = {{ requires-dist = [{{ name = "blocked", specifier = "==1.0" }}] }}

[[package]]
name = "blocked"
version = "1.0"
source = {{ registry = "{index}" }}
wheels = [{{ url = "{index}blocked-1.0-cp313-cp313-manylinux2014_x86_64.whl", hash = "sha256:{hash}" }}]
"""
ROOT = "[project]\nname = 'root'\n[tool.uv.workspace]\nmembers = ['packages/*']\n"
MEMBER = "[project]\nname = '{}'\ndependencies = ['blocked==1.0']\n"
FLAGS = ("--target", "debian12:python3.13")


def workspace(archcheck):
    archcheck.write("uv.lock", LOCK.format(index=archcheck.index_url, hash="0" * 64))
    archcheck.write("pyproject.toml", ROOT)
    for name in ("api", "web"):
        (archcheck.folder / "packages" / name).mkdir(parents=True)
        archcheck.write(f"packages/{name}/pyproject.toml", MEMBER.format(name))


def test_two_members_are_two_inputs(archcheck):
    workspace(archcheck)
    done = archcheck("packages/api", "packages/web", *FLAGS, "--json")
    audits = done.report["audits"]
    assert [audit["input"]["package"] for audit in audits] == ["api", "web"]
    assert {audit["input"]["path"] for audit in audits} == {"uv.lock"}
    assert len({finding["fingerprint"] for audit in audits for finding in audit["findings"]}) == 2
    assert "uv.lock (web)" in archcheck("packages/api", "packages/web", *FLAGS).out


def test_a_member_that_is_named(archcheck):
    workspace(archcheck)
    done = archcheck("--package", "API", *FLAGS, "--json")
    assert [audit["input"]["package"] for audit in done.report["audits"]] == ["api"]
    assert "api" not in archcheck("why", "blocked", "--package", "web", *FLAGS).out
    wrong = archcheck("--package", "nobody", *FLAGS)
    assert wrong.code == 2
    assert wrong.err.count("\n") == 1
    assert wrong.err.endswith("expected one of: api, root, web\n")


def test_the_members_own_file_is_changed(archcheck):
    workspace(archcheck)
    done = archcheck("fix", "packages/web", *FLAGS)
    assert "+++ b/packages/web/pyproject.toml" in done.out
    assert "packages/api" not in done.out
    assert "uv lock --upgrade-package blocked==1.1" in done.err
    html = archcheck("packages/web", *FLAGS, "-f", "html").out
    assert "archcheck fix uv.lock --package web --target" in html


def test_its_own_python_goes_before_the_workspaces(archcheck):
    workspace(archcheck)
    archcheck.write("packages/web/.python-version", "3.12\n")
    audits = archcheck("packages/api", "packages/web", "--json").report["audits"]
    assert [audit["target"]["id"] for audit in audits] == ["lambda:python3.13", "lambda:python3.12"]
