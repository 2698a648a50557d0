"""poetry.lock: what is read, what is refused, and the same packages as Poetry exports."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.manifest.manifest import PathSource, Selection, UrlSource, VcsSource

from .locks import LOCKS, answers, holding, installed, lacking, machine, outcome, read, refused, selected

FOLDERS = sorted((LOCKS / "poetry").iterdir())
CASES = [
    (folder.name, number)
    for folder in FOLDERS
    for number in range(len(answers(folder / "answers.json")["answers"]))
]
HASH = "sha256:" + "0" * 64


def meta(version: str = "2.1", more: str = "") -> str:
    return f'\n[metadata]\nlock-version = "{version}"\npython-versions = ">=3.11,<4.0"\ncontent-hash = ""\n{more}'


def package(name: str, version: str = "1", more: str = 'groups = ["main"]', below: str = "") -> str:
    files = f'files = [{{file = "{name}-{version}-py3-none-any.whl", hash = "{HASH}"}}]'
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\noptional = false\npython-versions = "*"\n'
        f"{more}\n{files}\n{below}\n"
    )


@pytest.mark.parametrize(("name", "number"), CASES)
@pytest.mark.parametrize("python", ["3.11.9", "3.12.4", "3.13.1"])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_poetry_exports(name: str, number: int, python: str, architecture: str) -> None:
    folder = LOCKS / "poetry" / name
    answer = answers(folder / "answers.json")["answers"][number]
    project = (folder / "pyproject.toml").read_text(encoding="utf-8")
    text = (folder / "poetry.lock").read_bytes()
    lock = read(text, "poetry.lock", selected(answer["selection"]), **{"pyproject.toml": project})
    on = machine(python, architecture)
    assert installed(lock, on) == holding(answer["export"], on)
    assert lock.warnings == lock.skipped == ()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files_of_every_package(folder) -> None:
    text = (folder / "poetry.lock").read_text(encoding="utf-8")
    stated = tomllib.loads(text)
    old = stated["metadata"].get("files", {})
    lock = read(text, "poetry.lock", Selection(extras=frozenset({"postgres"}), groups=frozenset({"test"}))
                if folder.name == "v2.1" else None)  # fmt: skip
    assert {(str(p.name), str(p.version)): [f.filename for f in p.files] for p in lock.packages} == {
        (p["name"], p["version"]): [f["file"] for f in p.get("files") or old[p["name"]]]
        for p in stated["package"]
    }
    assert dict(lock.options.package_indexes) == {
        str(p.name): "https://index.example/simple" for p in lock.packages
    }
    lines = text.split("\n")
    assert all(lines[p.location.line] == f'name = "{p.name}"' for p in lock.packages)


def test_without_the_manifest() -> None:
    text = package("a", below='[package.dependencies]\nb = {version = "*", markers = "os_name == \'nt\'"}')
    lock = read(
        text + package("b", more='groups = ["main"]\nmarkers = "os_name == \'nt\'"') + meta(), "poetry.lock"
    )
    assert lock.warnings == (
        "poetry.lock: no 'pyproject.toml' beside it; every package is taken as a direct dependency",
    )
    assert installed(lock, machine("3.12", "aarch64")) == {"a": "1"}
    old = package("a", more='category = "main"') + package("t", more='category = "dev"') + meta("1.1")
    assert installed(read(old, "poetry.lock"), machine("3.12", "aarch64")) == {"a": "1"}
    both = read(old, "poetry.lock", Selection(groups=frozenset({"dev"})))
    assert installed(both, machine("3.12", "aarch64")) == {"a": "1", "t": "1"}


MARKERS = [
    ('groups = ["main", "test"]\nmarkers = {main = "os_name == \'nt\'"}', (), False),
    ('groups = ["main", "test"]\nmarkers = {main = "os_name == \'nt\'"}', ("test",), True),
    ('groups = ["test"]', (), False),
    ('groups = ["Te.St", "main"]\nmarkers = "os_name == \'posix\'"', (), True),
    ('groups = ["main"]\nmarkers = "extra == \'x\'"', (), False),
    ("groups = [\"main\"]\nmarkers = \"extra != 'x' and platform_machine == 'aarch64'\"", (), True),
    ("groups = [\"main\"]\nmarkers = \"extra == 'x' or platform_machine == 'x86_64'\"", (), False),
    ('groups = ["main"]\nmarkers = "*"', (), True),
]


@pytest.mark.parametrize(("more", "groups", "expected"), MARKERS)
def test_groups_and_markers(more: str, groups: tuple[str, ...], expected: bool) -> None:
    text = package("a", more=more) + package("t", more='groups = ["test"]') + '[extras]\nx = ["a"]\n' + meta()
    lock = read(text, "poetry.lock", Selection(groups=frozenset(groups)))
    assert ("a" in installed(lock, machine("3.12", "aarch64"))) is expected


def test_extras_of_the_project() -> None:
    text = (
        package("a", more='groups = ["main"]\nmarkers = "extra == \'x-y\'"')
        + '[extras]\nX_Y = ["a"]\n'
        + meta()
    )
    on = machine("3.12", "aarch64")
    assert installed(read(text, "poetry.lock"), on) == {}
    assert installed(read(text, "poetry.lock", Selection(extras=frozenset({"x-y"}))), on) == {"a": "1"}
    assert installed(read(text, "poetry.lock", Selection(all_extras=True)), on) == {"a": "1"}


def test_two_versions_in_an_older_lock() -> None:
    project = """[tool.poetry.dependencies]
python = "^3.11"
a = "*"
n = [{version = "^1", python = "<3.12"}, {version = "^2", python = ">=3.12"}]
"""
    text = package("a", below='[package.dependencies]\nn = ">=1"', more="") + package("n", "1.5", more="")
    text += package("n", "2.5", more="") + meta("2.0")
    lock = read(text, "poetry.lock", **{"pyproject.toml": project})
    assert installed(lock, machine("3.11", "aarch64")) == {"a": "1", "n": "1.5"}
    assert installed(lock, machine("3.12", "aarch64")) == {"a": "1", "n": "2.5"}


def test_two_versions_of_which_an_extra_means_one() -> None:
    project = """[tool.poetry.dependencies]
python = "^3.11"
a = {version = "*", extras = ["x"]}
b = "*"
"""
    below = """[package.dependencies]
n = {version = "^1", optional = true, markers = "extra == 'x' and platform_machine == 'aarch64'"}
[package.extras]
x = ["n"]
"""
    only_x86 = """[package.dependencies]
n = [{version = "^1", markers = "python_version < '3.12'"}, {version = "^2", markers = "platform_machine == 'x86_64'"}]
"""
    text = package("a", more="", below=below) + package("b", more="", below=only_x86)
    text += package("n", "1.5", more="") + package("n", "2.5", more="") + meta("2.0")
    lock = read(text, "poetry.lock", **{"pyproject.toml": project})
    assert installed(lock, machine("3.12", "aarch64")) == {"a": "1", "b": "1", "n": "1.5"}


def test_extras_of_a_package() -> None:
    project = '[tool.poetry.dependencies]\nr = {version = "*", extras = ["Socks"]}\n'
    below = """[package.dependencies]
PySocks = {version = ">=1.5.6", optional = true, markers = "extra == \\"socks\\""}
chardet = {version = ">=3", optional = true}
win = {version = "*", optional = true, markers = "extra == \\"socks\\" and os_name == \\"nt\\""}

[package.extras]
socks = ["PySocks (>=1.5.6)", "chardet (>=3)", "win"]
other = ["chardet"]
"""
    text = "".join(package(name, more="") for name in ("pysocks", "chardet", "win"))
    text += package("r", more="", below=below) + meta("2.0")
    with_extra = read(text, "poetry.lock", **{"pyproject.toml": project})
    assert set(installed(with_extra, machine("3.12", "aarch64"))) == {"r", "pysocks", "chardet"}
    without = read(text, "poetry.lock", **{"pyproject.toml": '[tool.poetry.dependencies]\nr = "*"\n'})
    assert set(installed(without, machine("3.12", "aarch64"))) == {"r"}


def test_what_the_lock_lacks() -> None:
    project = '[tool.poetry.dependencies]\na = "*"\nb = "*"\nc = {version = "*", python = "<3"}\n'
    lock = read(package("a") + meta(), "poetry.lock", **{"pyproject.toml": project})
    assert [(each.name, each.location.line) for each in lock.requirements] == [("a", 2), ("b", 3), ("c", 4)]
    assert lacking(lock, machine("3.12", "aarch64")) == {"b"}


def test_a_lock_older_than_its_manifest() -> None:
    project = '[tool.poetry.dependencies]\na = ">=2"\nb = "*"\n'
    lock = read(package("a") + package("b") + meta(), "poetry.lock", **{"pyproject.toml": project})
    assert lock.warnings == (
        "pyproject.toml:2 asks for a>=2, and poetry.lock has 1: that is what is audited; lock again",
    )


@pytest.mark.parametrize("version", ["1.1", "2.1"])
def test_what_the_lock_lacks_on_one_machine_alone(version: str) -> None:
    project = "[tool.poetry.dependencies]\na = '*'\nb = {version = '*', markers = \"platform_machine == 'aarch64'\"}\n"
    lock = read(package("a") + meta(version), "poetry.lock", **{"pyproject.toml": project})
    assert lacking(lock, machine("3.12", "aarch64")) == {"b"}
    assert lacking(lock, machine("3.12", "x86_64")) == set()


def test_an_edge_that_leads_nowhere() -> None:
    text = package(
        "a", more="", below='[package.dependencies]\nb = "*"\nc = {version = "*", optional = true}'
    )
    assert lacking(read(text + meta("2.0"), "poetry.lock"), machine("3.12", "aarch64")) == {"b"}


SOURCES = [
    ('type = "git"\nurl = "https://u:p@git.example/o/r.git"\nreference = "main"\nresolved_reference = "abc"\nsubdirectory = "s"',
     VcsSource(url="git+https://git.example/o/r.git@abc#subdirectory=s")),
    ('type = "url"\nurl = "https://u:p@index.example/a-1.tar.gz"', UrlSource(url="https://index.example/a-1.tar.gz")),
    ('type = "file"\nurl = "../a-1.tar.gz"', PathSource(path="/a-1.tar.gz")),
    ('type = "directory"\nurl = "lib"', PathSource(path="/project/lib")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), SOURCES)
def test_sources(source: str, expected: object) -> None:
    lock = read(package("a", below=f"[package.source]\n{source}") + meta(), "poetry.lock")
    (one,) = lock.packages
    assert one.source == expected
    assert "p@" not in repr(lock)


def test_private_index() -> None:
    below = (
        '[package.source]\ntype = "legacy"\nurl = "https://me:secret@index.example/corp"\nreference = "corp"'
    )
    lock = read(package("a", below=below) + meta(), "poetry.lock")
    assert lock.options.package_indexes == (("a", "https://index.example/corp"),)
    assert "secret" not in repr(lock)


def test_hashes_without_file_names() -> None:
    text = f'[[package]]\nname = "a"\nversion = "1"\n[metadata]\nlock-version = "1.0"\n[metadata.hashes]\na = ["{HASH}"]\n'
    (one,) = read(text, "poetry.lock").packages
    assert (one.listed, one.hashes, one.files) == (False, (HASH,), ())


def test_newer_minor_version() -> None:
    text = package("a", more='groups = ["main"]\nshiny = 1') + meta("2.9")
    assert read(text, "poetry.lock").warnings[-1] == (
        "poetry.lock: lock-version 2.9 is newer than 2.1, the newest known; not read: package.shiny"
    )


REFUSED = [
    ("", "poetry.lock: metadata.lock-version: none is not supported; expected 1.0 to 2.1, the versions known"),
    (meta("3.0"), "metadata.lock-version: '3.0' is not supported"),
    (meta("x"), "metadata.lock-version: 'x' is not supported"),
    (package("a", "x") + meta(), "poetry.lock:1: package[0].version: 'x' is no version"),
    (package("a", more="groups = 3") + meta(), "package[0].groups: expected array"),
    (package("a", more="") + meta(), "poetry.lock:1: package[0]: expected groups"),
    (package("a", more='groups = ["main"]\nmarkers = "nonsense"') + meta(), "poetry.lock:1: package[0]: "),
    (package("a", below='[package.source]\ntype = "hg"') + meta(), "source.type: 'hg'; expected one of directory"),
    (package("a", below="[package.dependencies]\nb = 3") + meta(), "poetry.lock:1: package[0]: "),
    (package("a", below='[package.dependencies]\nb = "^^1"') + meta(), "poetry.lock:1: package[0]: "),
    (package("a", below='[package.source]\ntype = "url"\nurl = "nowhere"') + meta(), "expected an absolute URL"),
    ('[metadata]\nlock-version = "2.1"\npython-versions = "latest"', "metadata.python-versions: "),
    ("x = " + "[" * 9999, "nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_refused(text: str, expected: str) -> None:
    assert expected in refused(text, "poetry.lock")


def test_unknown_extras_and_groups() -> None:
    text = package("a") + meta()
    assert "no extra 'x'; expected one of: none" in refused(
        text, "poetry.lock", Selection(extras=frozenset({"x"}))
    )
    message = refused(text, "poetry.lock", Selection(groups=frozenset({"x"})))
    assert "no dependency group 'x'; expected one of: main" in message


REAL = (LOCKS / "poetry" / "v1.1" / "poetry.lock").read_text(encoding="utf-8")
PIECES = [
    *re.findall(r"[^\n]*\n", REAL),
    "[",
    "]",
    '"',
    "= 3\n",
    "markers = {main = 3}\n",
    "[[package]]\n",
    "\x00",
    "'''",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["1.1", "2.0", "2.1"]))
def test_mutated_locks_are_read_or_refused(pieces: list[str], version: str) -> None:
    found = outcome("".join(pieces) + meta(version), "poetry.lock")
    assert isinstance(found, InputError) or found.kind == "poetry"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(REAL) - 1), st.text(max_size=6))
def test_damaged_locks_are_read_or_refused(place: int, text: str) -> None:
    found = outcome(REAL[:place] + text + REAL[place + len(text) :], "poetry.lock")
    assert isinstance(found, InputError) or found.kind == "poetry"
