"""What a project in a folder says of itself, as metadata: whatever keeps its dependencies."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.inputs.pyproject import local_project
from archcheck.inputs.pyproject.local_project import read_local_project
from archcheck.manifest.dependency import read_dependency

from .reading import FakeFiles

if TYPE_CHECKING:
    from archcheck.manifest.local_project import LocalProject

POETRY = """\
[tool.poetry]
name = "Common_Lib"
version = "1.2"
[tool.poetry.dependencies]
python = "^3.9"
six = "^1.16"
attrs = {version = "*", optional = true}
shared = {path = "../shared", develop = true}
[tool.poetry.extras]
more = ["attrs"]
"""
PEP621 = """\
[project]
name = "common-lib"
version = "1.2"
requires-python = ">=3.9,<4"
dependencies = ["six>=1.16,<2", "shared @ file:///repo/shared"]
[project.optional-dependencies]
more = ["attrs; python_version > '3'"]
all = ["common-lib[more]", "idna"]
"""
CFG = """\
[metadata]
name = common-lib
version = 1.2
[options]
python_requires = >=3.9
install_requires =
    six>=1.16,<2
[options.extras_require]
more = attrs
"""
PY = """\
from setuptools import setup
REQUIRES = ["six>=1.16,<2"]
setup(name="common-lib", version="1.2", python_requires=">=3.9", install_requires=REQUIRES,
      extras_require={"more": ["attrs"]})
"""
BACKEND = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
DYNAMIC = f"""\
{BACKEND}[project]
name = "common-lib"
version = "1.2"
dynamic = ["dependencies"]
[tool.setuptools.dynamic]
dependencies = {{file = ["requirements.txt"]}}
"""


def read(files: dict[str, str], *, is_uvs: bool = False) -> LocalProject:
    there = FakeFiles({path if path[0] == "/" else f"/repo/lib/{path}": text for path, text in files.items()})
    found = read_local_project("/repo/lib", files=there, is_uvs=is_uvs)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("files", "requires", "more"),
    [
        (
            {"pyproject.toml": POETRY},
            ["six>=1.16,<2.0", "shared @ file:///repo/shared"],
            ['attrs ; extra == "more"'],
        ),
        (
            {"pyproject.toml": PEP621},
            ["six>=1.16,<2", "shared @ file:///repo/shared"],
            [
                'idna ; extra == "all"',
                'attrs ; python_version > "3" and extra == "all"',
                'attrs ; python_version > "3" and extra == "more"',
            ],
        ),
        ({"setup.cfg": CFG}, ["six>=1.16,<2"], ['attrs ; extra == "more"']),
        ({"setup.cfg": CFG, "pyproject.toml": BACKEND}, ["six>=1.16,<2"], ['attrs ; extra == "more"']),
        ({"setup.py": PY}, ["six>=1.16,<2"], ['attrs ; extra == "more"']),
        ({"pyproject.toml": DYNAMIC, "requirements.txt": "six<2,>=1.16\n"}, ["six>=1.16,<2"], []),
    ],
)
def test_what_it_says(files: dict[str, str], requires: list[str], more: list[str]) -> None:
    found = read(files)
    assert (found.name, found.version) == ("common-lib", "1.2")
    assert _canonical(found.requires) == _canonical([*requires, *more])
    assert (found.untold(frozenset()), found.untold(frozenset({"more"})), found.exact) == ("", "", True)


def _canonical(lines: list[str] | tuple[str, ...]) -> set[tuple[str, str, str, str]]:
    found = [read_dependency(line) for line in lines]
    assert None not in found
    return {
        (each.name, str(each.specifier), each.url or "", each.condition.replace("(", "").replace(")", ""))
        for each in found
        if each is not None
    }


def test_the_name_may_be_beside_what_it_requires() -> None:
    files = {
        "setup.cfg": "[metadata]\nname = common-lib\nversion = 1.2\n",
        "setup.py": "import setuptools\nsetuptools.setup(install_requires=['six'])",
    }
    found = read(files)
    assert (found.name, found.version, found.requires) == ("common-lib", "1.2", ("six",))


COMPUTED = "from setuptools import setup\nsetup(name='lib', {})\n"


@pytest.mark.parametrize(
    ("files", "extras", "why"),
    [
        ({"setup.py": COMPUTED.format("install_requires=read('r.txt')")}, "", "install_requires is computed"),
        ({"setup.py": COMPUTED.format("install_requires=['six'] + more()")}, "", "install_requires is computed"),
        ({"setup.py": COMPUTED.format("**settings")}, "", "what is passed to setup() is computed"),
        ({"setup.py": COMPUTED.format("extras_require={'x': more()}")}, "x", "extras_require['x'] is computed"),
        ({"setup.py": COMPUTED.format("extras_require=more()")}, "x", "extras_require is computed"),
        ({"setup.py": COMPUTED.format("pbr=True")}, "", "pbr reads what it requires"),
        (
            {"pyproject.toml": "[project]\nname='lib'\ndynamic=['dependencies']\n[build-system]\nbuild-backend='own'"},
            "",
            "left to 'own', which is not run",
        ),
        ({"pyproject.toml": "[dependency-groups]\na = ['six']\n"}, "", "it declares no project"),
    ],
)  # fmt: skip
def test_what_is_computed_is_unknown_where_it_is_asked_for(
    files: dict[str, str], extras: str, why: str
) -> None:
    found = read(files)
    asked = frozenset(filter(None, [extras]))
    assert why in found.untold(asked)
    if extras:
        assert found.untold(frozenset()) == ""


UV = """\
[project]
name = "lib"
dependencies = ["core", "near", "torch"]
[tool.uv.sources]
core = {workspace = true}
near = {path = "../near"}
torch = {index = "cpu"}
[[tool.uv.index]]
name = "cpu"
url = "https://index.example/cpu"
"""


def test_sources_are_for_uv_alone() -> None:
    files = {
        "pyproject.toml": UV,
        "/repo/pyproject.toml": "[tool.uv.workspace]\nmembers = ['lib', 'core']\n",
        "/repo/core/pyproject.toml": "[project]\nname = 'core'\n",
    }
    assert read(files).requires == ("core", "near", "torch")
    found = read(files, is_uvs=True)
    assert found.requires == ("core @ file:///repo/core", "near @ file:///repo/near", "torch")
    assert not found.exact


def test_who_is_no_project() -> None:
    assert read_local_project("/repo/lib", files=FakeFiles({"/repo/lib/x.py": ""}), is_uvs=False) is None


def test_an_upper_bound_for_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_project, "MAX_READ", 10)
    extras = "".join(f"e{number} = ['b']\n" for number in range(9))
    text = f"[project]\nname = 'lib'\ndependencies = ['a']\n[project.optional-dependencies]\n{extras}"
    found = read({"pyproject.toml": text})
    assert found.untold(frozenset({"e0"})) == ""
    assert found.untold(frozenset({"e8"})) == "it has more than 10 requirements in its extras"


@given(
    st.sampled_from([POETRY, PEP621, CFG, PY, UV]), st.integers(0, 400), st.text(max_size=8), st.booleans()
)
def test_damaged_files_are_refused_or_read(text: str, at: int, damage: str, is_uvs: bool) -> None:
    name = {CFG: "setup.cfg", PY: "setup.py"}.get(text, "pyproject.toml")
    files = FakeFiles({f"/repo/lib/{name}": (text[:at] + damage + text[at + 3 :]).encode(errors="replace")})
    with suppress(InputError):
        found = read_local_project("/repo/lib", files=files, is_uvs=is_uvs)
        assert found is not None
        assert all(read_dependency(line) is not None for line in found.requires)
