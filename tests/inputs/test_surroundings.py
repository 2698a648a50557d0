"""What lies around an input: a table of small projects, and what of each a recipe has to know."""

from __future__ import annotations

import pytest

from archcheck.inputs import read_input
from archcheck.inputs.surroundings import Told, surroundings_of
from tests.inputs.reading import FakeFiles

NAMED = "[project]\nname = 'x'\nversion = '1'\n"
BUILT = f"{NAMED}[build-system]\nrequires = []\n"
POETRY = "[tool.poetry]\nname = 'x'\nversion = '1'\n"


def around(path, files, told=None, cwd="/repo"):
    there = {f"/repo/{name}": text for name, text in files.items()}
    opened = FakeFiles({"/repo/.git/HEAD": "", **there})
    read = read_input(path, environ={}, cwd=cwd, files=opened)
    return surroundings_of(read, files=opened, cwd=cwd, told=told)


@pytest.mark.parametrize(
    ("text", "packaged"),
    [
        (BUILT, True),
        (NAMED, False),
        (f"{BUILT}[tool.uv]\npackage = false\n", False),
        (f"{NAMED}[tool.uv]\npackage = true\n", True),
        (f"{BUILT}[tool.pdm]\ndistribution = false\n", False),
        (f"{POETRY}[build-system]\nrequires = []\n", True),
        (f"{POETRY}package-mode = false\n[build-system]\nrequires = []\n", False),
        (POETRY, False),
        ("[dependency-groups]\ndev = []\n[build-system]\nrequires = []\n", False),
        (f"{BUILT}[tool]\nuv = 3\npoetry = []\n", True),
    ],
)
def test_whether_a_project_is_a_package(text, packaged):
    files = {"pyproject.toml": text}
    if "uv = 3" not in text and "dev = []" not in text:  # which its reader refuses
        assert around("pyproject.toml", files).packaged is packaged
    lock = "version = 1\n[[package]]\nname = 'x'\nversion = '1'\nsource = { virtual = '.' }\n"
    assert around("uv.lock", {**files, "uv.lock": lock}).packaged is packaged


def test_setuptools_own_files_are_packages():
    assert around("setup.cfg", {"setup.cfg": "[options]\ninstall_requires = a\n"}).packaged
    assert around("pyproject.toml", {"pyproject.toml": NAMED, "setup.py": ""}).packaged
    assert not around("requirements.txt", {"requirements.txt": "a\n", "setup.py": ""}).packaged


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        (NAMED, ""),
        (f"{NAMED}[tool.uv]\n", "uv"),
        (f"{NAMED}[tool.pdm]\n[tool.uv]\n", "pdm"),
        (f"{POETRY}[tool.ruff]\n", "poetry"),
    ],
)
def test_whose_tables_there_are(text, tool):
    assert around("pyproject.toml", {"pyproject.toml": text}).tool == tool


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["app.py", "setup.py", "conftest.py"], ("app.py",)),
        (["src/app.py"], ("src/",)),
        (["src/pkg/__init__.py", "app.py", "pkg/a.py"], ("app.py", "src/")),
        (["src/__init__.py"], ("src",)),
        (["src/.keep"], ()),
        (["handlers/a.py", "tests/test_a.py", "docs/conf.py", ".venv/a.py", "data/a.csv"], ("handlers",)),
        (["a-b/c.py"], ()),
        ([], ()),
    ],
)
def test_where_the_code_is(names, code):
    files = dict.fromkeys(names, "")
    assert around("requirements.txt", {"requirements.txt": "", **files}).code == code
    found = around("svc/requirements.txt", {f"svc/{name}": "" for name in ("requirements.txt", *names)})
    assert (found.folder, found.input, found.code) == ("svc", "requirements.txt", code)
    found = around("requirements/prod.txt", {"requirements/prod.txt": "", **files})
    assert found.code == code
    assert (found.folder, found.project) == ((".", "requirements/") if code else ("requirements", "./"))


def test_the_folder_holds_all_that_the_input_leads_to():
    files = {
        "a/needs/prod.txt": "-r ../base.txt\n-c /repo/limits/all.txt\n-e ./libs/one\n--find-links wheels\n",
        "a/base.txt": "-r inner/more.txt\n",
        "a/inner/more.txt": "x\n",
        "limits/all.txt": "x<2\n",
        "given.txt": "x<3\n",
        "libs/one/pyproject.toml": BUILT,
        "a/needs/wheels/x-1-py3-none-any.whl": "",
    }
    found = around("a/needs/prod.txt", files, Told(constraints=("/repo/given.txt",)))
    assert (found.folder, found.input, found.project) == (".", "a/needs/prod.txt", "a/needs/")
    assert found.included == ("a/base.txt", "a/inner/more.txt", "limits/all.txt")
    assert found.constraints == ("given.txt",)
    assert found.local == ("libs/one/", "a/needs/wheels/")


def test_what_is_outside_of_the_repository_is_named_apart():
    opened = FakeFiles({"/repo/.git/HEAD": "", "/repo/r.txt": "-r /etc/all.txt\n", "/etc/all.txt": "x\n"})
    read = read_input("r.txt", environ={}, cwd="/repo", files=opened)
    found = surroundings_of(read, files=opened, cwd="/repo")
    assert (found.folder, found.included, found.outside) == (".", (), ("../etc/all.txt",))


def test_without_a_repository_it_is_where_archcheck_ran():
    files = {"/x/a/req/r.txt": "-r ../b.txt\n-r ../../c.txt\n", "/x/a/b.txt": "", "/x/c.txt": ""}
    opened = FakeFiles(files)
    read = read_input("req/r.txt", environ={}, cwd="/x/a", files=opened)
    found = surroundings_of(read, files=opened, cwd="/x/a")
    assert (found.folder, found.included, found.outside) == (".", ("b.txt",), ("../c.txt",))


def test_from_another_folder_the_paths_are_the_same():
    files = {"a/src/r.txt": "", "a/src/app.py": "", "b/x.py": ""}
    found = around("../a/src/r.txt", files, cwd="/repo/b")
    assert (found.folder, found.input, found.code) == ("../a/src", "r.txt", ("app.py",))


def test_the_code_of_what_deploys_it_counts_before_what_is_found():
    files = {"r.txt": "", "app.py": "", "src/a.py": "", "fn/b.py": ""}
    assert around("r.txt", files, Told(code=("/repo/fn",))).code == ("fn/",)
    assert around("r.txt", files, Told(code=("/repo",))).code == ("app.py", "src/")
    several = around("r.txt", files, Told(code=("/repo/fn", "/repo/src"), layer=True))
    assert (several.code, several.choices, several.layer) == ((), ("fn/", "src/"), True)


@pytest.mark.parametrize("path", ["-", "/dev/fd/63"])
def test_what_has_no_place_has_no_surroundings(path):
    opened = FakeFiles({path: "x\n"})
    read = read_input(path, "requirements", environ={}, cwd="/repo", files=opened)
    assert surroundings_of(read, files=opened, cwd="/repo") is None


def test_a_pyproject_that_cannot_be_read_is_no_package():
    lock = "version = 1\n[[package]]\nname = 'x'\nversion = '1'\nsource = { virtual = '.' }\n"
    there = {"/repo/uv.lock": lock, "/repo/pyproject.toml": "not [ toml"}
    read = read_input("uv.lock", environ={}, cwd="/repo", files=FakeFiles({"/repo/uv.lock": lock}))
    found = surroundings_of(read, files=FakeFiles(there), cwd="/repo")
    assert (found.packaged, found.tool) == (False, "")
