"""The kinds of input, and how light they are to import."""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from archcheck.errors import InputError
from archcheck.formats import FORMATS
from archcheck.inputs import kind_of, read_input
from archcheck.inputs.refused import name_fits

from .projects import project
from .reading import FakeFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("path", "kind"),
    [("requirements.txt", "requirements"), ("reqs/dev.in", "requirements"), ("constraints", "requirements"), ("-", "requirements"),
     ("a/pyproject.toml", "pyproject"), ("UV.lock", "uv"), ("pylock.dev.toml", "pylock"), ("Pipfile", "pipfile"), ("x.whl", "wheel")],
)  # fmt: skip
def test_kind_of(path: str, kind: str) -> None:
    assert kind_of(path) == kind


STARS = ("a*b", "*b", "a*", "*", "ab", "a*b*c", "template.y*ml", "*.tar.gz")
NAMES = (
    "ab",
    "aab",
    "a",
    "b",
    "",
    "abc",
    "a.b",
    "aXbYc",
    "template.yml",
    "template.yaml",
    "template.y",
    "x.tar.gz",
)


@pytest.mark.parametrize("glob", STARS)
def test_names_fit_as_fnmatch_has_it(glob: str) -> None:
    assert [name for name in NAMES if name_fits(name, [glob])] == [
        name for name in NAMES if fnmatchcase(name, glob)
    ]


def test_names_have_no_globs_but_stars() -> None:
    globs = [glob for row in FORMATS for glob in (*row.names, *row.called)]
    assert [glob for glob in globs if set(glob) & set("?[]")] == []


def test_kinds_without_a_reader_say_so() -> None:
    with pytest.raises(
        InputError,
        match=r"^package\.json: read as 'npm', which is not supported; --kind says what else it is: .*requirements",
    ):
        read_input("package.json", environ={}, cwd="/", files=FakeFiles({"/package.json": "{}"}))
    with pytest.raises(InputError, match=r"read as 'x\\x1b', which"):
        read_input("r.txt", "x\x1b", environ={}, cwd="/", files=FakeFiles({}))


DEPLOYED = [
    "Dockerfile",
    "a/api.Dockerfile",
    "Containerfile",
    "main.tf",
    "template.yaml",
    "docker-compose.yml",
]


@pytest.mark.parametrize("path", DEPLOYED)
def test_what_says_how_something_is_deployed_is_no_input_but_its_folder_is(path: str) -> None:
    text = 'resource "x" {}' if path.endswith(".tf") else "a: b\n"
    with pytest.raises(InputError) as caught:
        read_input(path, environ={}, cwd="/", files=FakeFiles({f"/{path}": text}))
    folder = "a" if path.startswith("a/") else "."
    assert str(caught.value).startswith(f"{path}: it says how something is deployed, ")
    assert str(caught.value).endswith(f" archcheck {folder}")


@pytest.mark.parametrize("path", [*DEPLOYED, "package.json", "gone.yml", "pixi.lock", "x.gz"])
def test_a_file_that_is_not_there_is_said_to_be_missing(path: str) -> None:
    with pytest.raises(InputError) as caught:
        read_input(path, environ={}, cwd="/", files=FakeFiles({}))
    assert str(caught.value).startswith(f"{path}: no such file or directory")


def test_kind_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("numpy", encoding="utf-8")
    manifest = read_input("pyproject.toml", "requirements", environ={}, cwd=str(tmp_path))
    assert (manifest.kind, len(manifest.sha256)) == ("requirements", 64)


def test_import_is_light() -> None:
    code = "import sys, archcheck.inputs.requirements.reader as _; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "packaging" in loaded
    assert not {"pip", "httpx", "asyncio", "ssl", "rich", "http"} & set(loaded)


@pytest.mark.parametrize("name", ["requirements.txt", "environment.yml"])
def test_extras_of_what_has_none_are_said_to_have_no_effect(name: str) -> None:
    files = {name: "dependencies: []\n" if name.endswith("yml") else "six\n"}
    manifest = project(files, name, extras=["docs"], groups=["dev"])
    assert manifest.warnings[0] == f"{name} has no extras and no groups: 'dev, docs' is of no effect there"
    assert project(files, name).warnings == ()
