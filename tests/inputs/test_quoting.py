"""What messages quote: the project's own files, and nothing of a file outside that a line or a link leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcheck.errors import InputError
from archcheck.files import Disk
from archcheck.inputs import read_constraints, read_input
from archcheck.manifest.manifest import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest

SECRET = "hunter2"
LINE = f"root {SECRET}\n"
PYPROJECT = "[build-system]\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = 'me'\n"
FROM_FILES = "dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = ['r.txt']}\n"
BY_HATCH = (
    "[build-system]\nbuild-backend = 'hatchling.build'\n[project]\nname = 'me'\ndynamic = ['dependencies']\n"
    "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['r.txt']\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a git work tree that is below the folder with the secrets."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


def read(folder: Path, path: str, *extras: str) -> Manifest | Lock:
    selection = Selection(extras=frozenset(extras))
    return read_input(path, environ={}, cwd=str(folder), files=Disk(), selection=selection)


def refused(folder: Path, path: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, path)
    return str(caught.value)


# The files of the project, its input, what lies outside, and the link to that; the last is where the error is.
CASES = {
    "-r": ({"r.txt": "a\n-r ../secret"}, "r.txt", LINE, None, "../secret:1"),
    "-r, absolute": ({"r.txt": "-r {outside}/secret"}, "r.txt", LINE, None, "{outside}/secret:1"),
    "-r file:": ({"r.txt": "-r file:{outside}/secret"}, "r.txt", LINE, None, "{outside}/secret:1"),
    "-c": ({"r.txt": "-c ../secret"}, "r.txt", f"a\n{LINE}", None, "../secret:2"),
    "-r a link": ({"r.txt": "-r base.txt"}, "r.txt", LINE, "base.txt", "base.txt:1"),
    "-r and -r": ({"r.txt": "-r ../secret"}, "r.txt", "-r x.txt", None, "../x.txt:1"),
    "an option": ({"r.txt": "-r ../secret"}, "r.txt", f"--{SECRET}", None, "../secret:1"),
    "an encoding": ({"r.txt": "-r ../secret"}, "r.txt", f"# coding: {SECRET}", None, "../secret:1"),
    "pip's part of conda's": ({"environment.yml": "dependencies: [{pip: [-r ../secret]}]"}, "environment.yml", LINE, None, "../secret:1"),
    "the input": ({}, "r.txt", LINE, "r.txt", "r.txt:1"),
    "setup.cfg": ({"setup.cfg": "[metadata]\nname = me\n[options]\ninstall_requires = file: r.txt"}, "setup.cfg", LINE, "r.txt", "r.txt:1"),
    "setuptools": ({"pyproject.toml": PYPROJECT + FROM_FILES}, "pyproject.toml", LINE, "r.txt", "r.txt:1"),
    "hatchling": ({"pyproject.toml": BY_HATCH}, "pyproject.toml", LINE, "r.txt", "r.txt:1"),
    "uv's settings": ({"pyproject.toml": "[project]\nname = 'me'\n[tool.uv]\n"}, "pyproject.toml", f"[[index]]\nurl = 1\n[{SECRET}]\n[{SECRET}]", "uv.toml", "{outside}/project/uv.toml"),
    "what is beside a lock": ({"poetry.lock": "package = []\n[metadata]\nlock-version = '2.1'\ncontent-hash = ''\npython-versions = '*'\n"}, "poetry.lock", f"[project]\nname = 'me'\ndependencies = ['{SECRET} x']", "pyproject.toml", "pyproject.toml:3"),
    "pyproject.toml": ({}, "pyproject.toml", f"[project]\nname = 'me'\ndependencies = ['{SECRET} x']", "pyproject.toml", "pyproject.toml:3"),
    "Pipfile": ({}, "Pipfile", f"[packages]\na = '{SECRET}'", "Pipfile", "Pipfile:2"),
    "environment.yml": ({}, "environment.yml", f"dependencies: [{{{SECRET}: x}}]", "environment.yml", "environment.yml:1"),
    "a name that is escaped": ({}, "r\u202e.txt", LINE, "r\u202e.txt", "r\\u202e.txt:1"),
    "git's own": ({"r.txt": "-r .git/config"}, "r.txt", LINE, ".git/config", ".git/config:1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_quoted_of_a_file_outside(folder: Path, case: str) -> None:
    files, path, secret, link, place = CASES[case]
    outside = str(folder.parent)
    for name, text in files.items():
        (folder / name).write_text(text.replace("{outside}", outside))
    (folder.parent / "secret").write_text(secret)
    (folder.parent / "x.txt").write_text(LINE)
    if link:
        (folder / link).symlink_to(folder.parent / "secret")
    message = refused(folder, path)
    assert SECRET not in message
    place = place.replace("{outside}", outside)
    assert message.startswith(f"{place}: not what was expected; nothing is quoted of a file outside")
    assert f"(the project is {folder}): audit it by its own path" in message


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"project/r.txt": LINE}, "r.txt"),
        ({"project/r.txt": LINE}, "../project/r.txt"),
        ({"secret": LINE}, "../secret"),
        ({"project/sub/r.txt": "-r ../base.txt", "project/base.txt": LINE}, "sub/r.txt"),
        ({"project/r.txt": "-r ../secret\n-r own.txt", "project/own.txt": LINE, "secret": "a"}, "r.txt"),
    ],
)
def test_the_projects_own_files_keep_their_quotes(folder: Path, files: dict[str, str], path: str) -> None:
    for name, text in files.items():
        (folder.parent / name).parent.mkdir(exist_ok=True)
        (folder.parent / name).write_text(text)
    assert f":1: '{LINE.strip()}' is not a requirement" in refused(folder, path)


def test_without_git_the_project_is_the_inputs_own_folder(tmp_path: Path) -> None:
    for name, text in {"base.txt": LINE, "sub/r.txt": "-r ../base.txt", "sub/own.txt": LINE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert f"(the project is {tmp_path}/sub)" in refused(tmp_path, "sub/r.txt")
    assert SECRET in refused(tmp_path, "sub/own.txt")


@pytest.mark.parametrize("target", ["../gone", "../folder", "gone.txt"])
def test_what_cannot_be_opened_is_named_by_the_line_that_leads_there(folder: Path, target: str) -> None:
    (folder.parent / "folder").mkdir()
    (folder / "r.txt").write_text(f"-r {target}")
    message = refused(folder, "r.txt")
    assert message.startswith(f"r.txt:1: '-r {target}': ")
    assert message.endswith("; expected a requirements file")


def test_notes_and_what_is_left_out_quote_nothing_either(folder: Path) -> None:
    url = f"https://index.example/{SECRET}.txt"
    own = f"-r {url}\n--pre ; {SECRET}\n"
    (folder / "r.txt").write_text(f"{own}-r ../secret")
    (folder.parent / "secret").write_text(f"a\n{own}")
    found = read(folder, "r.txt")
    assert [(str(each.location), SECRET in each.text + each.reason) for each in found.skipped] == [
        ("r.txt:1", True),
        ("../secret:2", False),
    ]
    assert [(note.partition(": ")[0], SECRET in note) for note in found.warnings] == [
        ("r.txt:2", True),
        ("../secret:3", False),
    ]
    assert [each.name for each in found.requirements] == ["a"]


def test_nor_does_an_extra_that_is_left_out(folder: Path) -> None:
    text = PYPROJECT + "dependencies = ['a']\ndynamic = ['optional-dependencies']\n"
    text += "[tool.setuptools.dynamic.optional-dependencies]\nx = {file = ['r.txt']}\n"
    (folder / "pyproject.toml").write_text(text)
    (folder / "r.txt").symlink_to(folder.parent / "secret")
    (folder.parent / "secret").write_text(f"# coding: {SECRET}")
    found = read(folder, "pyproject.toml", "x")
    assert [each.name for each in found.requirements] == ["a"]
    assert SECRET not in str(found)


@pytest.mark.parametrize(("beside", "quotes"), [("", True), ("project/r.txt", False), ("r.txt", True)])
def test_constraints_are_the_users_own_or_of_a_project(folder: Path, beside: str, quotes: bool) -> None:
    (folder.parent / "secret").write_text(LINE)
    cwd = str(folder.parent)
    with pytest.raises(InputError) as caught:
        read_constraints("secret", files=Disk(), environ={}, cwd=cwd, beside=beside)
    assert (SECRET in str(caught.value)) is quotes
