"""The Python that `.python-version` and its like name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.inputs.python_version_files import PythonSaid, python_said
from archcheck.manifest.manifest import Location
from tests.inputs.reading import FakeFiles

NAMES = [".python-version", ".tool-versions", "mise.toml", ".mise.toml", "runtime.txt"]


def said(files, path="r.txt", *, cwd="/repo", root="/repo"):
    """Return what is said as `version file:line`, or None."""
    inside = {f"/repo/{name}": text for name, text in files.items()}
    found = python_said(path, files=FakeFiles(inside), cwd=cwd, root=root)
    return None if found is None else f"{found.version} {found.location}"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".python-version", "3.11\n", "3.11 .python-version:1"),
        (".python-version", "\ufeff3.11.4", "3.11.4 .python-version:1"),
        (".python-version", "# for the team\r\n\r\n 3.12.1 \r\n3.11\r\n", "3.12.1 .python-version:3"),
        (".python-version", "cpython-3.12.3-macos-aarch64-none\n", "3.12.3 .python-version:1"),
        (".python-version", "cpython@3.13\n", "3.13 .python-version:1"),
        (".python-version", "cp312\n", "3.12 .python-version:1"),
        (".python-version", "python3.12\n", "3.12 .python-version:1"),
        (".python-version", "3.14-dev\n", "3.14 .python-version:1"),
        (".python-version", "3.15.0a2\n", "3.15.0 .python-version:1"),
        (".python-version", "3.11.4/envs/web\n", "3.11.4 .python-version:1"),
        (".python-version", "pypy3.10-7.3.12\n3.11\n", None),
        (".python-version", "3.13t\n", None),
        (".python-version", "3.11-web\n", None),
        (".python-version", "miniconda3-3.11-23.5.2-0\n", None),
        (".python-version", "my-environment\n", None),
        (".python-version", "system\n", None),
        (".python-version", "3\n", None),
        (".python-version", "2.7.18\n", None),
        (".python-version", ">=3.11\n", None),
        (".python-version", "", None),
        (".python-version", b"\xff\xfe3", None),
        (".python-version", "\n" * 300_000 + "3.11\n", None),
        (".tool-versions", "nodejs 20.1.0\npython 3.11.4 3.10\n", "3.11.4 .tool-versions:2"),
        (".tool-versions", "# python 3.9\npython 3.12.1 # newest\n", "3.12.1 .tool-versions:2"),
        (".tool-versions", "python system 3.11\n", None),
        (".tool-versions", "python ref:main\npython 3.11\n", None),
        (".tool-versions", "python\npythonx 3.11\n", None),
        ("mise.toml", '[env]\nA = "b"\n\n[tools]\npython = "3.11"\n', "3.11 mise.toml:5"),
        (".mise.toml", '[tools]\nnode = "20"\npython = ["3.12", "3.11"]\n', "3.12 .mise.toml:3"),
        (
            "mise.toml",
            '[tools]\npython = { version = "3.11.4", virtualenv = ".venv" }\n',
            "3.11.4 mise.toml:2",
        ),
        ("mise.toml", '[tools]\npython = [{ version = "3.11" }, "3.10"]\n', "3.11 mise.toml:2"),
        ("mise.toml", '[tools.python]\nvirtualenv = ".venv"\nversion = "3.13"\n', "3.13 mise.toml:3"),
        ("mise.toml", '[tools]\n"core:python" = "prefix:3.13"\n', "3.13 mise.toml:2"),
        ("mise.toml", 'tools = { python = "3.13" }\n', "3.13 mise.toml"),
        ("mise.toml", '[tools]\npython = "latest"\n', None),
        ("mise.toml", "[tools]\npython = 3.11\n", None),
        ("mise.toml", "[tools]\npython = []\n", None),
        ("mise.toml", 'tools = "python"\n', None),
        ("mise.toml", "[tools\n", None),
        ("runtime.txt", "python-3.11.4\n", "3.11.4 runtime.txt:1"),
        ("runtime.txt", "python-3.11.x", None),
        ("runtime.txt", "ruby-3.2.1\n", None),
    ],
)
def test_one_file(name, text, expected):
    assert said({name: text}) == expected


VALID = {name: "3.1" + str(number) for number, name in enumerate(NAMES)}
TEXTS = {
    ".python-version": "3.10",
    ".tool-versions": "python 3.11",
    "mise.toml": '[tools]\npython = "3.12"',
    ".mise.toml": '[tools]\npython = "3.13"',
    "runtime.txt": "python-3.14",
}


@pytest.mark.parametrize("first", range(len(NAMES)))
def test_of_several_files_in_a_folder_the_first_counts(first):
    name = NAMES[first]
    assert said({each: TEXTS[each] for each in NAMES[first:]}).startswith(f"{VALID[name]} {name}:")


def test_a_file_that_says_nothing_leaves_it_to_the_next():
    assert (
        said({".python-version": "my-environment\n", "runtime.txt": "python-3.12.1"})
        == "3.12.1 runtime.txt:1"
    )


@pytest.mark.parametrize(
    ("path", "cwd", "expected"),
    [
        ("services/a/r.txt", "/repo", "3.12 services/a/runtime.txt:1"),
        ("services/a", "/repo", "3.12 services/a/runtime.txt:1"),
        ("services/b/deep/r.txt", "/repo", "3.11 services/.tool-versions:1"),
        ("r.txt", "/repo/services/b/deep", "3.11 ../../.tool-versions:1"),
        ("-", "/repo/services/a", "3.12 runtime.txt:1"),
        (".", "/repo/services/b", "3.11 ../.tool-versions:1"),
        ("/repo/services/b/r.txt", "/elsewhere", "3.11 /repo/services/.tool-versions:1"),
        ("other/r.txt", "/repo", "3.10 .python-version:1"),
        ("/outside/r.txt", "/repo", None),
    ],
)
def test_the_nearest_folder_counts(path, cwd, expected):
    files = {
        ".python-version": "3.10\n",
        "services/.tool-versions": "python 3.11\n",
        "services/a/runtime.txt": "python-3.12\n",
        "services/b/deep/r.txt": "",
    }
    assert said(files, path, cwd=cwd) == expected


def test_nothing_above_the_repository_is_read():
    files = FakeFiles({"/.python-version": "3.9", "/repo/r.txt": ""})
    assert python_said("r.txt", files=files, cwd="/repo", root="/repo") is None
    assert python_said("r.txt", files=files, cwd="/repo", root="/") == PythonSaid(
        version="3.9", location=Location(path="../.python-version", line=1)
    )


@given(
    st.sampled_from(NAMES),
    st.text(max_size=80)
    | st.binary(max_size=80)
    | st.lists(st.sampled_from(["python", "[tools]", "=", '"', "3.11", "[", "]", "{", "}", "version", "\n", " "])).map("".join),
)  # fmt: skip
def test_anything_is_a_version_or_nothing(name, text):
    found = python_said("r.txt", files=FakeFiles({f"/repo/{name}": text}), cwd="/repo", root="/repo")
    assert found is None or found.version.startswith("3.")
