"""Poetry's constraints, held to poetry-core, and its tables in pyproject.toml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.version import Version

from archcheck.errors import InputError
from archcheck.inputs.parsing.poetry_constraint import platform_marker, python_marker, translate
from archcheck.inputs.parsing.toml_documents import read_toml
from archcheck.inputs.pyproject.poetry import PoetryProject, poetry_project
from archcheck.manifest.manifest import PathSource, Selection, UrlSource, VcsSource

from .locks import machine
from .reading import FakeFiles

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures" / "poetry_constraints.json").read_text("utf-8"))
# PEP 440 has no words for these: what lies between their alternatives is admitted, with a warning.
INEXACT = {"2.7.* || ^3.6", "1.2.3 || 1.5", "<=1.5 || >=1.7", "!=1.2.3 || 2"}


@pytest.mark.parametrize("text", RECORDED["admitted"])
def test_the_same_versions_as_poetry(text: str) -> None:
    translation = translate(text)
    expected = set(RECORDED["admitted"][text])
    found = {v for v in RECORDED["versions"] if translation.specifier.contains(v, prereleases=True)}
    assert translation.exact is (text not in INEXACT)
    if "|" not in text:
        assert found == expected
        return
    final = {v for v in found if not Version(v).is_prerelease and not Version(v).is_postrelease}
    assert expected <= found  # at a seam of two alternatives Poetry leaves out the pre-releases of the second
    assert (final <= expected) is translation.exact


@pytest.mark.parametrize("text", ["1.2+cpu || 1.2", "1.2+cpu || ^3"])
def test_local_versions_among_alternatives(text: str) -> None:
    translation = translate(text)
    assert translation.specifier.contains("1.2+cpu")
    assert not translation.exact


@pytest.mark.parametrize("text", RECORDED["python"])
@pytest.mark.parametrize("python", ["3.8.1", "3.9.0", "3.9.21", "3.10.4", "3.11.3", "3.11.4", "3.14.0"])
def test_the_same_pythons_as_poetry(text: str, python: str) -> None:
    on = machine("3.14", "aarch64").environment
    where = {**on, "python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    marker = python_marker(text)
    assert marker is not None
    assert marker.evaluate(where) == Marker(RECORDED["python"][text]).evaluate(where)


@pytest.mark.parametrize("text", RECORDED["platform"])
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_same_platforms_as_poetry(text: str, platform: str) -> None:
    where = {**machine("3.14", "aarch64").environment, "sys_platform": platform, "extra": ""}
    marker = platform_marker(text)
    assert marker is not None
    assert marker.evaluate(where) == Marker(RECORDED["platform"][text]).evaluate(where)


def test_no_condition() -> None:
    assert python_marker("*") is platform_marker("*") is None


@pytest.mark.parametrize(
    "text", ["", "latest", "===1", "1.x", "<>1", "^^1", "2.0 - 3.0", ">=", "^1.", "|", "1||", "9" * 5000, "1||" * 60 + "1"]
)  # fmt: skip
def test_what_poetry_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        translate(text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*"^~=!<>|,.* v+a1230-", "||", "1.2", "1!2", ".*", "rc1"]), max_size=12).map(
        "".join
    )
)
def test_any_constraint_is_translated_or_refused(text: str) -> None:
    found: object
    try:
        python_marker(text)
        found = translate(text).specifier.contains("1.2", prereleases=True)
    except ValueError as error:
        found = str(error)
    assert isinstance(found, bool) or "expected" in str(found)


def project(text: str, selection: Selection | None = None) -> PoetryProject:
    files = FakeFiles({"/project/pyproject.toml": text})
    document = read_toml("pyproject.toml", files=files, cwd="/project", expected="a pyproject.toml")
    return poetry_project(document, selection or Selection())


def rows(found: PoetryProject) -> list[tuple[str, str, str]]:
    return [(str(r.name), str(r.specifier), str(r.marker or "")) for r in found.requirements]


TABLES = """[tool.poetry.dependencies]
python = "^3.11"
Numpy = "^2.0"
win = {version = "*", platform = "win32"}
foo = [{version = "<2", python = "<3.12"}, {version = ">=2", python = ">=3.12", allow-prereleases = true}]
opt = {version = "~1.2", optional = true, extras = ["A_B"]}
cpu = {version = "1.0", markers = "extra == 'cpu' and extra != 'gpu'"}
corp = {version = "*", source = "Corp"}

[tool.poetry.extras]
O = ["Opt"]
cpu = []

[tool.poetry.group.test]
include-groups = ["Lint"]
[tool.poetry.group.test.dependencies]
pytest = "*"
[tool.poetry.group.lint.dependencies]
ruff = "^0.1"

[tool.poetry.dev-dependencies]
black = "22.1"

[[tool.poetry.source]]
name = "corp"
url = "https://index.example/corp"
priority = "explicit"
"""
MAIN = [
    ("numpy", "<3.0,>=2.0", ""),
    ("win", "", 'sys_platform == "win32"'),
    ("foo", "<2", 'python_version < "3.12"'),
    ("foo", ">=2", 'python_version >= "3.12"'),
    ("corp", "", ""),
]


def test_tables() -> None:
    found = project(TABLES)
    assert rows(found) == MAIN
    assert [r.location.line for r in found.requirements] == [3, 4, 5, 5, 8]
    assert str(found.requires_python) == "<4.0,>=3.11"
    assert found.options.package_indexes == (("corp", "https://index.example/corp"),)
    assert found.options.releases.all_releases == {"foo"}
    assert (found.options.index_url, found.options.extra_index_urls) == (None, ())


@pytest.mark.parametrize(
    ("selection", "added"),
    [
        (Selection(extras=frozenset({"o"})), [("opt", "<1.3,>=1.2", "")]),
        (Selection(extras=frozenset({"cpu"})), [("cpu", "==1.0", "")]),
        (Selection(groups=frozenset({"test"})), [("pytest", "", ""), ("ruff", "<0.2,>=0.1", "")]),
        (Selection(groups=frozenset({"dev"})), [("black", "==22.1", "")]),
    ],
)
def test_selection(selection: Selection, added: list[tuple[str, str, str]]) -> None:
    assert sorted(rows(project(TABLES, selection))) == sorted([*MAIN, *added])


SOURCES = [
    ('git = "https://u:p@git.example/r.git", tag = "v1", subdirectory = "s"', VcsSource(url="git+https://git.example/r.git@v1#subdirectory=s")),
    ('git = "ssh://git@git.example/r.git", branch = "b"', VcsSource(url="git+ssh://git@git.example/r.git@b")),
    ('url = "https://u:p@index.example/a-1.zip"', UrlSource(url="https://index.example/a-1.zip")),
    ('path = "../a", develop = true', PathSource(path="/a", editable=True)),
    ('file = "a-1.tar.gz"', PathSource(path="/project/a-1.tar.gz")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SOURCES)
def test_sources(text: str, expected: object) -> None:
    (one,) = project(f"[tool.poetry.dependencies]\na = {{{text}}}\n").requirements
    assert one.source == expected


INDEXES = [
    ('name = "a"\nurl = "https://a.example/"', ("https://a.example/", ())),
    ('name = "a"\nurl = "https://a.example/"\npriority = "supplemental"', (None, ("https://a.example/",))),
    ('name = "a"\nurl = "https://a.example/"\nsecondary = true', (None, ("https://a.example/",))),
    ('name = "a"\nurl = "https://a.example/"\npriority = "explicit"', (None, ())),
    ('name = "a"\nurl = "https://a.example/"\n[[tool.poetry.source]]\nname = "PyPI"', (None, ("https://a.example/",))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), INDEXES)
def test_indexes(text: str, expected: object) -> None:
    options = project(f"[[tool.poetry.source]]\n{text}\n").options
    assert (options.index_url, options.extra_index_urls) == expected


def test_gaps_are_said() -> None:
    found = project('[tool.poetry.dependencies]\na = "1.2 || 1.5"\n')
    assert found.warnings == (
        "pyproject.toml:2: 'a 1.2 || 1.5' is read as <=1.5,>=1.2; its gaps are not left out",
    )


REFUSED = [
    ("a = 3", "pyproject.toml:2: tool.poetry.dependencies.a: expected object"),
    ("a = []", "pyproject.toml:2: tool.poetry.dependencies.a: expected at least one constraint"),
    ('a = "^^1"', "tool.poetry.dependencies.a: expected operators and versions"),
    ('a = {markers = "nonsense"}', "tool.poetry.dependencies.a: "),
    ('a = {python = "new"}', "tool.poetry.dependencies.a: expected a version in place of 'new'"),
    ('a = {platform = "a b"}', "tool.poetry.dependencies.a: expected a platform"),
    ('a = {version = "*", source = "corp"}', "tool.poetry.source: no source 'corp' is declared for a"),
    ("python = 3", "tool.poetry.dependencies.python: expected a constraint"),
    ('"a b" = "*"', "tool.poetry.dependencies.a b: "),
]


@pytest.mark.parametrize(("line", "expected"), REFUSED)
def test_refused(line: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        project(f"[tool.poetry.dependencies]\n{line}\n")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(extras=frozenset({"x"})), "no extra 'x'; expected one of: cpu, o"),
        (Selection(groups=frozenset({"x"})), "no dependency group 'x'; expected one of: dev, lint, test"),
    ],
)
def test_unknown_selections(selection: Selection, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        project(TABLES, selection)


def test_groups_that_include_themselves() -> None:
    text = '[tool.poetry.group.a]\ninclude-groups = ["b"]\n[tool.poetry.group.b]\ninclude-groups = ["a"]\n'
    with pytest.raises(InputError, match="'a' includes itself"):
        project(text, Selection(groups=frozenset({"a"})))
