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
        "deps = ['a']\ndeps[0] = 'b'\nsetup(install_requires=deps)",
        "deps = ['a']\nif x:\n    deps = ['b']\nsetup(install_requires=deps)",
        "setup(install_requires=[f'a=={x}'])",
        "setup(install_requires=['a' + version])",
        "deps = []\ndeps.append('b')\nsetup(install_requires=deps)",
        "setup(extras_require={'x': ['a']}, **load())",
        "setup(install_requires=['a'] if x else [])",
        "setup(**load())",
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
    assert "which is beside it" not in message


def test_a_requirements_file_beside_it_is_pointed_at() -> None:
    files = {"setup.py": HEAD + "setup(install_requires=read())", "requirements.txt": "a"}
    assert "setup.py:2: install_requires is computed" in refused(files, "setup.py")
    assert "audit requirements.txt, which is beside it, or" in refused(files, "setup.py")


COMPUTED = "is computed when setup.py runs, and it is not run here"
STATIC = "install_requires=['a', 'b']"


@pytest.mark.parametrize(
    ("body", "extras", "expected", "skipped"),
    [
        # What is added to a list, or stands beside plain texts in it, is left out and said to be.
        ("deps = ['a']\ndeps.append('b')\nsetup(install_requires=deps)", (), ["2 a"], ["4 what is added to deps"]),
        ("deps = ['a']\ndeps += f()\nsetup(install_requires=deps)", (), ["2 a"], ["4 what is added to deps"]),
        ("setup(install_requires=['a'] + f())", (), ["2 a"], ["2 install_requires"]),
        ("setup(install_requires=['a', *f()])", (), ["2 a"], ["2 install_requires"]),
        ("setup(install_requires=['a', 'b' if x else 'c'])", (), ["2 a"], ["2 install_requires"]),
        # An extra is of no concern unless it is asked for.
        (f"setup({STATIC}, extras_require={{'x': f()}})", (), ["2 a", "2 b"], []),
        (f"setup({STATIC}, extras_require={{'x': f(), 'y': ['c']}})", ("y",), ["2 a", "2 b", "2 c"], []),
        (f"setup({STATIC}, extras_require={{'x': f()}})", ("x",), ["2 a", "2 b"], ["2 extras_require['x']"]),
        # What setup() is passed besides cannot be what it is passed here: Python takes no keyword twice.
        (f"setup({STATIC}, **load())", (), ["2 a", "2 b"], []),
        ("setup(extras_require={'x': ['a'], ':os_name == \"nt\"': f()})", ("x",), ["2 a"], ['2 extras_require[\':os_name == "nt"\']']),
    ],
)  # fmt: skip
def test_setup_py_of_which_a_part_is_computed(
    body: str, extras: tuple[str, ...], expected: list[str], skipped: list[str]
) -> None:
    manifest = project({"setup.py": HEAD + body}, "setup.py", extras=extras)
    assert lines(manifest) == expected
    assert [f"{each.location.line} {each.text}" for each in manifest.skipped] == [
        f"{place} {COMPUTED}" for place in skipped
    ]


@pytest.mark.parametrize(
    "extras",
    [
        "extras_require=load()",
        "extras_require={x: ['c']}",
        "extras_require={**load(), 'y': ['c']}",
        "**load()",
    ],
)
def test_extras_whose_names_are_computed(extras: str) -> None:
    files = {"setup.py": HEAD + f"setup({STATIC}, {extras})"}
    manifest = project(files, "setup.py")
    assert lines(manifest) == ["2 a", "2 b"]
    assert manifest.skipped == ()
    assert COMPUTED in " ".join(manifest.warnings)
    assert COMPUTED in refused(files, "setup.py", extras=("x",))
    asked = project(files, "setup.py", all_extras=True)
    assert [each.text.endswith(COMPUTED) for each in asked.skipped] == [True]


def test_a_dict_in_a_dict_is_read() -> None:
    text = HEAD + "some = {'x': ['c']}\nsetup(extras_require={**some, 'y': ['d']})"
    assert lines(project({"setup.py": text}, "setup.py", all_extras=True)) == ["2 c", "3 d"]


def test_a_missing_file_of_an_extra_that_nobody_asked_for() -> None:
    cfg = "[options]\ninstall_requires = a\n[options.extras_require]\nx = file: gone.txt\n"
    assert lines(project({"setup.cfg": cfg}, "setup.cfg")) == ["2 a"]
    skipped = project({"setup.cfg": cfg}, "setup.cfg", extras=("x",)).skipped
    assert [(each.text, each.location.line) for each in skipped] == [
        ("'gone.txt': no such file or directory", 4)
    ]


@pytest.mark.parametrize("beside", ["uv.lock", "pylock.toml", "requirements.txt"])
def test_a_lock_beside_it_comes_first(beside: str) -> None:
    files = {"setup.py": HEAD + "setup(install_requires=read())", "requirements.txt": "a", beside: "a"}
    assert f"audit {beside}, which is beside it, or" in refused(files, "setup.py")
