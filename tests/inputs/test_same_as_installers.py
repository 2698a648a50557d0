"""What is chosen of a project, compared with what uv, pip and setuptools choose from the very same files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from packaging.markers import default_environment
from packaging.utils import canonicalize_name

from archcheck.inputs import read_input
from archcheck.manifest.manifest import Selection

from .test_conda import TEXT as CONDA
from .test_pyproject import PROJECT
from .test_setup_files import CFG, COMMENTED, HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loopback import IndexServer, Store

NAMES = (
    "numpy",
    "tomli",
    "sphinx",
    "pytest",
    "ruff",
    "mypy",
    "a",
    "b",
    "c",
    "d",
    "e",
    "requests",
    "foo",
    "rich",
)


@pytest.fixture
def store(store: Store) -> Store:
    for name in NAMES:
        store.add(name, "3.0", wheels=["py3-none-any"])
    return store


def chosen(folder: Path, name: str, selection: Selection) -> set[str]:
    manifest = read_input(name, environ={}, cwd=str(folder), selection=selection)
    return {
        str(each.name)
        for each in manifest.requirements
        if each.marker is None or each.marker.evaluate({**default_environment(), "extra": ""})
    }


SELECTIONS = [
    ((), ()),
    (("docs",), ()),
    (("all",), ()),
    (("test-all",), ("lint",)),
    ((), ("dev",)),
    (("Test.ALL",), ("DEV",)),
]


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
@pytest.mark.parametrize(("extras", "groups"), SELECTIONS)
def test_same_as_uv(
    tmp_path: Path, index: IndexServer, extras: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    # uv pip and pip look on the index for a project that its own group names; `uv sync` does not.
    text = PROJECT.replace("[project]", '[project]\nversion = "1"').replace(', "me-too[docs]"', "")
    (tmp_path / "pyproject.toml").write_text(text)
    options = [f"--extra={each}" for each in extras] + [f"--group={each}" for each in groups]
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    run = subprocess.run(
        ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate", "--no-cache",
         "--index-url", index.url, "--python", sys.executable, "--python-version", version, *options],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    selection = Selection(extras=_normal(extras), groups=_normal(groups))
    expected = {line.partition("==")[0] for line in run.stdout.splitlines()} - {"me-too"}
    assert chosen(tmp_path, "pyproject.toml", selection) == expected


def _normal(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(canonicalize_name, names))


@pytest.mark.parametrize("groups", [("lint",), ("dev",)])
def test_same_groups_as_pip(tmp_path: Path, index: IndexServer, groups: tuple[str, ...]) -> None:
    text = PROJECT.replace(', "me-too[docs]"', "")
    (tmp_path / "pyproject.toml").write_text(text)
    planned = _planned(tmp_path, index, *(f"--group={each}" for each in groups))
    own = chosen(tmp_path, "pyproject.toml", Selection(groups=_normal(groups)))
    assert own - {"numpy", "tomli"} == planned


def test_same_as_pip_for_conda(tmp_path: Path, index: IndexServer) -> None:
    text = CONDA.replace("    - ./local\n", "").replace(
        "    - --index-url https://index.example/simple\n", ""
    )
    (tmp_path / "environment.yml").write_text(text)
    (tmp_path / "more").mkdir()
    (tmp_path / "more/reqs.txt").write_text("foo\n")
    pip_part = [
        line.strip().removeprefix("- ").strip('"') for line in text.partition("- pip:\n")[2].splitlines()
    ]
    (tmp_path / "r.txt").write_text("\n".join(pip_part))
    assert chosen(tmp_path, "environment.yml", Selection()) == _planned(tmp_path, index, "-r", "r.txt")


def _planned(folder: Path, index: IndexServer, *arguments: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--no-cache-dir",
         "--disable-pip-version-check", "--report", "-", "--index-url", index.url, *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "no such option: --group" in run.stderr:
        pytest.skip("this pip has no --group")
    assert run.returncode == 0, run.stderr
    return {each["metadata"]["name"] for each in json.loads(run.stdout)["install"]}


@pytest.mark.skipif(find_spec("setuptools") is None, reason="setuptools is not installed")
@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"setup.cfg": CFG, "setup.py": HEAD + "setup()"}, "setup.cfg"),
        ({"setup.py": HEAD + "d = ['a']\nsetup(name='me', install_requires=d + ['b>1'], extras_require={'docs': ['c']})"}, "setup.py"),
        ({"setup.cfg": COMMENTED, "setup.py": HEAD + "setup()"}, "setup.cfg"),
        ({"setup.py": HEAD + "setup(name='me', install_requires='''a # why\n # no\nb''', extras_require={'docs': ['c>1 # so']})"}, "setup.py"),
        ({"pyproject.toml": "[project]\nname='me'\nversion='1'\ndynamic=['dependencies','optional-dependencies']\n"
          "[tool.setuptools.dynamic]\ndependencies={file=['r.txt']}\noptional-dependencies.docs={file='d.txt'}\n",
          "r.txt": "# x\na>1\n\nb ; python_version < '3'\n", "d.txt": "c\n"}, "pyproject.toml"),
    ],
)  # fmt: skip
def test_same_as_setuptools(tmp_path: Path, files: dict[str, str], name: str) -> None:
    for each, text in files.items():
        (tmp_path / each).write_text(text)
    script = tmp_path / ("setup.py" if "setup.py" in files else "made.py")
    script.write_text(files.get("setup.py", HEAD + "setup()"))
    subprocess.run(
        [sys.executable, script.name, "-q", "egg_info"], cwd=tmp_path, capture_output=True, check=True
    )
    text = (tmp_path / "me.egg-info/requires.txt").read_text()
    expected: dict[str, set[str]] = {"": set()}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]").partition(":")[0].lower()
            expected.setdefault(section, set())
        elif line:
            expected[section].add(line)
    for extra in ("", "docs"):
        selection = Selection(extras=frozenset({extra} - {""}))
        manifest = read_input(name, environ={}, cwd=str(tmp_path), selection=selection)
        own = {f"{each.name}{each.specifier}" for each in manifest.requirements}
        assert own == expected[""] | expected[extra]
