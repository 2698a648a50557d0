"""Projects that are spoiled, random, or mean harm: read or refused, never anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.inputs import read_input

from .projects import project
from .test_conda import TEXT as CONDA
from .test_environment import environment, metadata
from .test_pyproject import PROJECT, UV
from .test_setup_files import CFG, HEAD
from .test_via import SPLIT

SETUP = HEAD + "d = ['a']\nsetup(name='me', install_requires=d + ['b'], extras_require={'x': ['c']})\n"
if TYPE_CHECKING:
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest

WHOLE = {
    "pyproject.toml": PROJECT + UV.partition("[tool.uv]")[1] + UV.partition("[tool.uv]")[2],
    "setup.cfg": CFG,
    "setup.py": SETUP,
    "environment.yml": CONDA,
    "requirements.txt": SPLIT,
}
PIECES = ["[", "]", "{", "}", '"', "'", "=", "\n", ":", "- ", "*a", "&a ", "me[x]", "[[", "\\", "\x00", "é", "#", "null", "3", "file:", "; ", "(", "  "]  # fmt: skip


def survives(name: str, text: bytes | str, **more: bytes | str) -> None:
    found = outcome({name: text, **more}, name, all_extras=True)
    assert str(found).isprintable() if isinstance(found, InputError) else found.path == name


def outcome(files: dict[str, bytes | str], path: str, **more: object) -> Manifest | Lock | InputError:
    try:
        return project(files, path, **more)
    except InputError as error:
        return error


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_spoiled(name: str, data: st.DataObject) -> None:
    text = WHOLE[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.sampled_from(PIECES) | st.text(max_size=3)) + text[end:]
    survives(name, text.encode("utf-8", "surrogatepass"), **{"requirements.in": "a", "more/reqs.txt": "b"})


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_random_bytes(name: str, data: bytes) -> None:
    survives(name, data)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), requires=st.lists(st.text(max_size=20), max_size=4))
def test_random_environments(data: bytes, requires: list[str]) -> None:
    files: dict[str, bytes | str] = {
        **environment(
            **{"x-1.dist-info/METADATA": metadata("x", "1", *requires).encode("utf-8", "replace").decode()}
        ),
        "env/lib/python3.12/site-packages/y-1.dist-info/METADATA": data,
        "env/lib/python3.12/site-packages/z.egg-info/PKG-INFO": metadata("z", "1"),
        "env/lib/python3.12/site-packages/z.egg-info/requires.txt": data,
        "env/pyvenv.cfg": data,
    }
    found = outcome(files, "env", kind="environment")
    assert str(found).isprintable() if isinstance(found, InputError) else found.packages


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "a = " + "[" * 100_000),
        ("pyproject.toml", "[" + ".".join("a" * 5_000) + "]"),
        ("pyproject.toml", "[project]\ndependencies = [" + "'a; " + "(" * 4_000 + 'os_name == "x"' + ")" * 4_000 + "']"),
        ("pyproject.toml", "[project]\ndependencies = [\n" + '"a\\u0062",\n' * 30_000 + "]"),
        ("pyproject.toml", "[project]\ndependencies = ['" + "a" * 10_000_000 + "']"),
        ("pyproject.toml", "[project]\nname='m'\n[project.optional-dependencies]\n" + "".join(f"e{n}=['m[e{n + 1}]']\n" for n in range(3_000)) + "e3000=[]"),
        ("pyproject.toml", "x = " + "9" * 10_000),
        ("setup.cfg", "[options]\ninstall_requires =\n" + "  a\n" * 20_000),
        ("setup.cfg", "[options]\ninstall_requires = %(install_requires)s"),
        ("setup.py", "setup(install_requires=" + "[" * 5_000 + "]" * 5_000 + ")"),
        ("setup.py", "setup(install_requires=" + "+".join(["['a']"] * 3_000) + ")"),
        ("environment.yml", "dependencies:\n" + "".join(f"{' ' * n}- \n" for n in range(700))),
        ("environment.yml", "? " * 100_000),
        ("environment.yml", "%YAML 9.9\n---\n" + "!" * 10_000),
    ],
)  # fmt: skip
def test_hostile(name: str, text: str) -> None:
    survives(name, text)


def test_a_key_of_endless_parts_is_refused_at_once(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text("a." * 200_000 + "a = 1\n")
    with pytest.raises(InputError, match="over 100 parts"):
        read_input(str(path), environ={}, cwd=str(tmp_path))
