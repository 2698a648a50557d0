"""Projects in folders, from one to the next: the same set as pip's and uv's, and what cannot be read is unknown."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

TARGET = ("--target", f"debian13:python{sys.version_info.major}.{sys.version_info.minor}")
BACKEND = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
py-modules = []
"""
SETUP = "from setuptools import setup\nsetup(name='{}', version='1', py_modules=[], {})\n"


def write(archcheck, files):
    for path, text in files.items():
        (archcheck.folder / path).parent.mkdir(parents=True, exist_ok=True)
        archcheck.write(path, text.replace("HERE", archcheck.folder.as_uri()))


def audited(archcheck, *arguments):
    done = archcheck(*arguments, *TARGET, "--json")
    (audit,) = done.report["audits"]
    found = {}
    for package in audit["packages"]:
        result = next(each for each in package["results"] if each["architecture"] == "aarch64")
        found[package["name"]] = result["version"], result["status"]
    return found, audit


CHAIN = {
    "api/pyproject.toml": f"[project]\nname = 'api'\nversion = '1'\n"
    f"dependencies = ['mid[more] @ HERE/mid', 'pure']\n{BACKEND}",
    "mid/setup.cfg": "[metadata]\nname = mid\nversion = 1\n[options]\npy_modules =\n"
    "install_requires =\n  low @ HERE/low\n[options.extras_require]\nmore = ready\nless = blocked\n",
    "mid/setup.py": "import setuptools\nsetuptools.setup()\n",
    # A circle, and the same folder by another name than in the requirements file.
    "low/setup.py": SETUP.format("low", "install_requires=['api @ HERE/api', 'other']"),
    "other/pyproject.toml": f"[project]\nname = 'other'\nversion = '3'\ndynamic = ['dependencies']\n"
    f"{BACKEND}[tool.setuptools.dynamic]\ndependencies = {{file = 'r.txt'}}\n",
    "other/r.txt": "service\n",
}


# What writes metadata for setuptools before 70.1, where the package wheel is not installed.
WHEEL = """\
from pathlib import Path
from setuptools import Command

class bdist_wheel(Command):
    user_options = []

    def initialize_options(self):
        pass

    def finalize_options(self):
        pass

    def run(self):
        pass

    def egg2dist(self, egg_info, dist_info):
        own = self.distribution
        lines = ["Metadata-Version: 2.1", f"Name: {own.get_name()}", f"Version: {own.get_version()}"]
        lines += [f"Requires-Dist: {each}" for each in own.install_requires]
        for extra, requires in own.extras_require.items():
            lines += [f"Provides-Extra: {extra}"]
            lines += [f"Requires-Dist: {each} ; extra == '{extra}'" for each in requires]
        Path(dist_info).mkdir(exist_ok=True)
        Path(dist_info, "METADATA").write_text("\\n".join([*lines, ""]))
"""


def planned(archcheck):
    """Return what pip would install of requirements.txt, with setuptools reading the projects."""
    write(
        archcheck,
        {
            "tools/own_wheel.py": WHEEL,
            "tools/own_wheel-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: own-wheel\nVersion: 1\n",
            "tools/own_wheel-1.dist-info/entry_points.txt": "[distutils.commands]\n"
            "bdist_wheel = own_wheel:bdist_wheel\n",
        },
    )
    run = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--report", "-",
         "--no-build-isolation", "--no-cache-dir", "--index-url", archcheck.index_url, "-r", "requirements.txt"],
        cwd=archcheck.folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1",
             "PYTHONPATH": str(archcheck.folder / "tools")},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    installed = json.loads(run.stdout)["install"]
    return {each["metadata"]["name"]: each["metadata"]["version"] for each in installed}


@pytest.mark.skipif(find_spec("setuptools") is None, reason="setuptools is not installed")
@pytest.mark.parametrize("lines", ["./api\n./low\n./other\n", "-e ./other\nmid @ HERE/mid\n"])
def test_same_as_pip(archcheck, store, lines):
    store.add("ready", "2.0", wheels=["py3-none-any"])
    store.add("service", "3.0", wheels=["py3-none-any"], requires_dist=["pure"])
    write(archcheck, CHAIN | {"requirements.txt": lines})
    found, audit = audited(archcheck, "requirements.txt")
    assert {name: version for name, (version, _) in found.items()} == planned(archcheck)
    assert (audit["complete"], audit["findings"]) == (True, [])


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
def test_same_as_uv(archcheck, store):
    store.add("ready", "2.0", wheels=["py3-none-any"])
    shared = "[tool.uv.sources]\na = {workspace = true}\nc = {path = 'far/c', editable = true}\n"
    head = "version = '1'\nrequires-python = '>=3.11'\n"
    write(
        archcheck,
        {
            "pyproject.toml": f"[project]\nname = 'mono'\n{head}dependencies = ['a', 'b', 'c']\n{shared}"
            "b = {workspace = true}\n[tool.uv.workspace]\nmembers = ['packages/*']\n",
            "packages/a/pyproject.toml": f"[project]\nname = 'a'\n{head}dependencies = ['pure']\n",
            # What the member names no source for is from the root's; and folders are one, editable or not.
            "packages/b/pyproject.toml": f"[project]\nname = 'b'\n{head}dependencies = ['a', 'c[x]']\n",
            "far/c/pyproject.toml": f"[project]\nname = 'c'\n{head}dependencies = []\n"
            "[project.optional-dependencies]\nx = ['ready']\ny = ['blocked']\n",
        },
    )
    run = subprocess.run(
        ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate", "--no-cache",
         "--index-url", archcheck.index_url, "--python", sys.executable],
        cwd=archcheck.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    expected = {
        re.split("[= @]", line)[0] for line in run.stdout.splitlines() if not line.startswith(("-e", "."))
    }
    found, audit = audited(archcheck, "pyproject.toml", "--index-url", archcheck.index_url)
    assert set(found) - {"a", "b", "c"} == expected
    assert {name for name in found if name in "abc"} == {"a", "b", "c"}
    assert (audit["complete"], audit["findings"]) == (True, [])


def test_every_kind_of_input_leads_there(archcheck):
    common = "[project]\nname = 'common'\nversion = '1'\ndependencies = ['ready']\n" + BACKEND
    inputs = {
        "requirements.txt": "./libs/common",
        "p/pyproject.toml": "[project]\nname = 'p'\ndependencies = ['common']\n"
        "[tool.uv.sources]\ncommon = {path = '../libs/common', editable = true}\n",
        "q/pyproject.toml": "[tool.poetry]\nname = 'q'\n[tool.poetry.dependencies]\npython = '^3.9'\n"
        "common = {path = '../libs/common', develop = true}\n",
        "r/pyproject.toml": "[project]\nname = 'r'\ndependencies = ['common @ file:///${PROJECT_ROOT}/../libs/common']\n"
        "[tool.pdm]\n",
        "Pipfile": "[packages]\ncommon = {path = './libs/common', editable = true}\n",
        "environment.yml": "dependencies:\n  - pip:\n    - ./libs/common\n",
    }
    write(archcheck, inputs | {"libs/common/pyproject.toml": common})
    for path in inputs:
        found, _ = audited(archcheck, path, "--index-url", archcheck.index_url)
        assert found["common"] == ("1", "pure-sdist"), path
        assert found["ready"][0] == "1.0", path


def test_native_code_in_a_folder_is_seen(archcheck):
    write(archcheck, {"r.txt": "./fast", "fast/fast.c": ""})
    archcheck.write("fast/setup.py", SETUP.format("fast", "ext_modules=[Extension('fast', ['fast.c'])]"))
    found, _ = audited(archcheck, "r.txt")
    assert found == {"fast": ("1", "native-sdist")}


@pytest.mark.parametrize(
    ("setup", "line", "unknown"),
    [
        ("install_requires=read('r.txt')", "./lib", True),
        ("extras_require={'x': read('r.txt')}", "./lib", False),
        ("extras_require={'x': read('r.txt')}", "./lib[x]", True),
        ("extras_require={'x': read('r.txt')}", "./above", True),
        ("extras_require=read('r.txt')", "./lib[y]", True),
    ],
)
def test_what_is_computed_is_unknown_with_its_reason(archcheck, setup, line, unknown):
    above = f"[project]\nname = 'above'\nversion = '1'\ndependencies = ['lib[x] @ HERE/lib']\n{BACKEND}"
    files = {"r.txt": line, "lib/setup.py": SETUP.format("lib", setup), "above/pyproject.toml": above}
    write(archcheck, files)
    found, audit = audited(archcheck, "r.txt")
    assert found["lib"] == ("1", "pure-sdist")
    told = [finding["message"] for finding in audit["findings"] if finding["package"] == "lib"]
    assert [("is computed when setup.py runs" in each) for each in told] == ([True] if unknown else [])


def test_what_lies_outside_is_not_read_untrusted(archcheck):
    outside = archcheck.folder / "outside"
    inside = archcheck.folder / "repository"
    write(archcheck, {"repository/.git/HEAD": "ref: x", "outside/lib/setup.py": SETUP.format("secret", "")})
    (inside / "link").symlink_to(outside)
    near = f"[project]\nname = 'near'\nversion = '1'\ndependencies = ['pure', 'far @ HERE/outside/lib']\n{BACKEND}"
    write(archcheck, {"repository/near/pyproject.toml": near})
    archcheck.write("repository/r.txt", "./near\n")
    archcheck.write("repository/linked.txt", "./link/lib\n")
    archcheck.folder = inside
    found, audit = audited(archcheck, "r.txt", "--untrusted")
    assert found["near"] == ("1", "pure-sdist")
    assert found["far"] == (None, "unknown")
    assert "secret" not in json.dumps(audit)
    done = archcheck("linked.txt", *TARGET, "--untrusted", "--json")
    assert done.code == 2
    assert "secret" not in done.out


def test_nothing_is_quoted_of_a_folder_outside(archcheck):
    write(archcheck, {"outside/pyproject.toml": "password = hunter2", "repository/.git/HEAD": "ref: x"})
    write(archcheck, {"repository/r.txt": "../outside"})
    archcheck.folder /= "repository"
    done = archcheck("r.txt", *TARGET, "--json")
    assert "outside" in done.out
    assert "hunter2" not in done.out + done.err


@pytest.mark.no_cover
def test_a_thousand_projects_in_a_circle(archcheck, monkeypatch):
    files = {
        f"p{number}/pyproject.toml": f"[project]\nname = 'p{number}'\nversion = '1'\n"
        f"dependencies = ['p{(number + 1) % 1000} @ HERE/p{(number + 1) % 1000}']\n{BACKEND}"
        for number in range(1_000)
    }
    write(archcheck, files | {"r.txt": "./p0"})
    assert "all 1000 packages install" in archcheck("r.txt", *TARGET).out
    monkeypatch.setattr("archcheck.index.local_projects.MAX_PROJECTS", 500)
    done = archcheck("r.txt", *TARGET)
    assert done.out.startswith("? undetermined")
    assert "projects in folders: the others" in done.out
