"""setup.cfg and setup.py: what stands there in plain words, and a refusal for the rest."""

from __future__ import annotations

import pytest

from .projects import lines, project, refused

CFG = """\
[metadata]
name = me
[options]
python_requires = >=3.9
install_requires =
    a>1
    # no
    b; os_name == "nt"
[options.extras_require]
Docs = c; d
more =
    me[docs]
    e
"""

COMMENTED = """\
[metadata]
name = me
[options]
install-requires =
    a>1 # why
    c
[options.extras_require]
docs = d # one ; e
none =
"""


@pytest.mark.parametrize(
    ("extras", "expected"),
    [((), []), (("docs",), ["10 c", "10 d"]), (("MORE",), ["10 c", "10 d", "13 e"])],
)
def test_setup_cfg(extras: tuple[str, ...], expected: list[str]) -> None:
    manifest = project({"setup.cfg": CFG}, "setup.cfg", extras=extras)
    assert lines(manifest) == ["6 a>1", '8 b; os_name == "nt"', *expected]
    assert (manifest.kind, str(manifest.requires_python)) == ("setup-cfg", ">=3.9")


def test_setup_cfg_with_comments_and_dashes() -> None:
    manifest = project({"setup.cfg": COMMENTED}, "setup.cfg", extras=("docs", "none"))
    assert (lines(manifest), manifest.warnings) == (["5 a>1", "6 c", "8 d", "8 e"], ())


def test_setup_cfg_names_files() -> None:
    files = {
        "setup.cfg": "[options]\ninstall_requires = file: r.txt, s.txt\n",
        "r.txt": "a\n",
        "s.txt": "\nb\n",
    }
    assert [str(each.location) for each in project(files, "setup.cfg").requirements] == ["r.txt:1", "s.txt:2"]


def test_setup_cfg_of_tools_alone() -> None:
    manifest = project({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}, "setup.cfg")
    assert (manifest.requirements, manifest.warnings) == ((), ("setup.cfg declares no install_requires",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", "setup.cfg:1: not a configuration file"),
        (
            "[options]\ninstall_requires = a; os_name == 'nt'",
            "setup.cfg:2: \"os_name == 'nt'\" is not a requirement",
        ),
        ("[options]\npython_requires = new", "setup.cfg:2: python_requires: 'new' is not a version range"),
        ("[options]\ninstall_requires = file: ../r.txt", "setup.cfg:2: '../r.txt' is outside the project"),
        (b"\xff\xfe\x00", "setup.cfg: not text in utf-16-le"),
    ],
)
def test_refusals_of_setup_cfg(text: str | bytes, expected: str) -> None:
    assert expected.replace('"', "'").replace("'", "") in refused({"setup.cfg": text}, "setup.cfg").replace(
        '"', "'"
    ).replace("'", "").replace("\\", "")


HEAD = "from setuptools import setup\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("setup(install_requires=['a', 'b>1'])", ["2 a", "2 b>1"]),
        ("deps = [\n 'a',\n 'b']\nsetup(install_requires=deps)", ["3 a", "4 b"]),
        ("deps = ('a',)\nsetup(install_requires=[*deps, 'b'] + ['c'])", ["2 a", "3 b", "3 c"]),
        ("setup(install_requires='''\na\n# no\nb''')", ["2 a", "2 b"]),
        ("args = dict(install_requires=['a'])\nsetup(**args)", ["2 a"]),
        ("setup(**{'install_requires': ['a']})", ["2 a"]),
        ("setup(extras_require={\":os_name == 'nt'\": ['a'], 'x': ['b']})", ['2 a; os_name == "nt"']),
        ("setup(install_requires=None)", []),
        ("setup()", []),
    ],
)
def test_setup_py(body: str, expected: list[str]) -> None:
    assert lines(project({"setup.py": HEAD + body}, "setup.py")) == expected


def test_extras_of_setup_py() -> None:
    text = (
        HEAD
        + "setup(name='me', extras_require={'x': ['b'], \"y:python_version < '3'\": ['c']}, python_requires='>=3.8')"
    )
    manifest = project({"setup.py": text}, "setup.py", all_extras=True)
    assert lines(manifest) == ["2 b", '2 c; python_version < "3"']
    assert str(manifest.requires_python) == ">=3.8"


def test_setup_py_that_leaves_it_to_setup_cfg() -> None:
    assert lines(project({"setup.py": HEAD + "setup()", "setup.cfg": CFG}, "setup.py"))[0] == "6 a>1"


@pytest.mark.parametrize(
    "body",
    [
        "setup(install_requires=open('requirements.txt').read().split())",
        "deps = ['a']\ndeps.append('b')\nsetup(install_requires=deps)",
        "deps = ['a']\ndeps += ['b']\nsetup(install_requires=deps)",
        "deps = ['a']\ndeps[0] = 'b'\nsetup(install_requires=deps)",
        "deps = ['a']\nif x:\n    deps = ['b']\nsetup(install_requires=deps)",
        "setup(install_requires=[f'a=={x}'])",
        "setup(install_requires=['a' + version])",
        "setup(install_requires=['a'] if x else [])",
        "setup(**load())",
        "setup(extras_require=load())",
        "setup(extras_require={x: ['a']})",
        "a = b\nb = a\nsetup(install_requires=a)",
        "setup()\nsetup()",
        "print('no')",
        "def (:",
        "\n".join(f"l{n} = [*l{n + 1}, *l{n + 1}]" for n in range(40))
        + "\nl40 = ['a']\nsetup(install_requires=l0)",
    ],
)
def test_what_only_running_it_would_tell(body: str, tmp_path: object) -> None:
    message = refused({"setup.py": HEAD + body}, "setup.py")
    assert "--environment" in message
    assert "requirements.txt, which is beside it" not in message


def test_a_requirements_file_beside_it_is_pointed_at() -> None:
    files = {"setup.py": HEAD + "setup(install_requires=read())", "requirements.txt": "a"}
    assert "setup.py:2: install_requires is computed" in refused(files, "setup.py")
    assert "audit requirements.txt, which is beside it, or" in refused(files, "setup.py")
