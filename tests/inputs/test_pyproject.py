"""pyproject.toml: what is declared, what is chosen of it, and what the tools' own tables add."""

from __future__ import annotations

import pytest

from archcheck.manifest.manifest import PathSource, UrlSource, VcsSource

from .projects import lines, project, refused

PROJECT = """\
[project]
name = "Me.Too"
requires-python = ">=3.11"
dependencies = [
  "numpy>=2",  # why
  'tomli; python_version < "3.11"',
]

[project.optional-dependencies]
docs = ["sphinx", "numpy>=2"]
Test_All = ["me-too[docs]; python_version < '3.13'", "pytest"]
all = ["me_too[test-all,docs]"]

[dependency-groups]
lint = ["ruff"]
dev = ["mypy", {include-group = "lint"}, "me-too[docs]"]
"""
MAIN = ["5 numpy>=2", '6 tomli; python_version < "3.11"']


@pytest.mark.parametrize(
    ("extras", "groups", "expected"),
    [
        ((), (), []),
        (("docs",), (), ["10 sphinx", "10 numpy>=2"]),
        (("test.all",), (), ['10 sphinx; python_version < "3.13"', '10 numpy>=2; python_version < "3.13"', "11 pytest"]),
        (("all",), (), ["10 sphinx", "10 numpy>=2", '10 sphinx; python_version < "3.13"', '10 numpy>=2; python_version < "3.13"', "11 pytest"]),
        ((), ("lint",), ["15 ruff"]),
        ((), ("dev",), ["16 mypy", "15 ruff", "10 sphinx", "10 numpy>=2"]),
        ((), ("dev", "lint"), ["16 mypy", "15 ruff", "10 sphinx", "10 numpy>=2"]),
    ],
)  # fmt: skip
def test_what_is_chosen(extras: tuple[str, ...], groups: tuple[str, ...], expected: list[str]) -> None:
    manifest = project({"pyproject.toml": PROJECT}, "pyproject.toml", extras=extras, groups=groups)
    assert lines(manifest) == MAIN + expected
    assert (manifest.kind, str(manifest.requires_python), len(manifest.sha256)) == ("pyproject", ">=3.11", 64)


def test_all_extras() -> None:
    manifest = project({"pyproject.toml": PROJECT}, "pyproject.toml", all_extras=True)
    assert {each.name for each in manifest.requirements} == {"numpy", "tomli", "sphinx", "pytest"}


@pytest.mark.parametrize(
    ("text", "selected", "expected"),
    [
        (PROJECT, {"extras": ["nope"]}, "pyproject.toml: no extra 'nope'; expected one of: all, docs, test-all"),
        (PROJECT, {"groups": ["nope"]}, "pyproject.toml: no dependency group 'nope'; expected one of: dev, lint"),
        ("[dependency-groups]\na = ['x']", {}, "pyproject.toml: it declares no project; choose a dependency group with --group (there are: a)"),
        ("[tool.ruff]\n", {}, "pyproject.toml: it declares no project"),
        ("[project\n", {}, "pyproject.toml: not TOML: "),
        ("[project]\nname = 3", {}, "pyproject.toml: project.name: expected"),
        ("[project]\ndependencies = 'numpy'", {}, "pyproject.toml: project.dependencies: expected"),
        ("[project]\ndependencies = [\n'numpy', 3]", {}, "pyproject.toml: project.dependencies[1]: expected"),
        ("[project]\ndependencies = [\n'a', './b']", {}, "pyproject.toml:3: './b' is not a requirement (PEP 508)"),
        ("[project]\ndependencies = ['a=1']", {}, "pyproject.toml:2: 'a=1' is not a requirement (PEP 508): '=' is no operator"),
        ("[project]\nrequires-python = 'three'", {}, "pyproject.toml:2: project.requires-python: 'three' is not a version range"),
        ("[project]\nname='me'\n[project.optional-dependencies]\na = ['me[b]']", {"extras": ["a"]}, "pyproject.toml:4: 'me[b]': the project has no extra 'b'; expected one of: a"),
        ("[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'A'}]", {"groups": ["a"]}, "pyproject.toml:3: the dependency group 'a' includes itself"),
        ("[dependency-groups]\na = [{include-group = 'b'}]", {"groups": ["a"]}, "pyproject.toml:2: include-group: no dependency group 'b'; expected one of: a"),
        ("[dependency-groups]\na = [{include = 'b'}]", {}, "dependency-groups.a: "),
        ("[dependency-groups]\na-b = []\na_b = []", {}, "pyproject.toml: dependency-groups: 'a_b' is there twice"),
        ("[project.optional-dependencies]\na-b = []\na_b = []", {}, "project.optional-dependencies: 'a_b' is there twice"),
    ],
)  # fmt: skip
def test_refusals(text: str, selected: dict[str, list[str]], expected: str) -> None:
    assert expected in refused({"pyproject.toml": text}, "pyproject.toml", **selected)


def test_a_byte_order_mark_is_passed_over() -> None:
    text = "\ufeff[project]\ndependencies = ['a']\n".encode()
    assert lines(project({"pyproject.toml": text}, "pyproject.toml")) == ["2 a"]


def test_extras_that_name_each_other_twice_over_end() -> None:
    extras = "\n".join(
        f"e{n} = [\"me[e{n + 1}]; python_version > '3.{n}'\", \"me[e{n + 1}]; os_name != '{n}'\"]"
        for n in range(40)
    )
    text = f"[project]\nname = 'me'\n[project.optional-dependencies]\n{extras}\ne40 = ['x']\n"
    assert "too many extras or groups" in refused({"pyproject.toml": text}, "pyproject.toml", extras=["e0"])
    groups = "\n".join(
        f"g{n} = [{{include-group = 'g{n + 1}'}}, {{include-group = 'g{n + 1}'}}]" for n in range(40)
    )
    text = f"[dependency-groups]\n{groups}\ng40 = ['x']\n"
    assert lines(project({"pyproject.toml": text}, "pyproject.toml", groups=["g0"])) == ["42 x"]


BACKEND = "[build-system]\nbuild-backend = '{}'\n[project]\nname = 'me'\ndynamic = [{}]\n"


@pytest.mark.parametrize(
    ("pyproject", "beside", "expected"),
    [
        ("[tool.setuptools.dynamic]\ndependencies = {file = ['r.txt', 'more/s.txt']}", {"r.txt": "# c\na>1\n\nb\n", "more/s.txt": "c  # why"}, ["2 a>1", "4 b", "1 c"]),
        ("[tool.setuptools.dynamic]\ndependencies = {file = 'r.txt'}", {"r.txt": "a"}, ["1 a"]),
        ("", {"setup.cfg": "[options]\ninstall_requires =\n  a\n  b; os_name == 'nt'\n"}, ["3 a", '4 b; os_name == "nt"']),
        ("", {"setup.cfg": "[metadata]\nname = me\n", "setup.py": "from setuptools import setup\nsetup(install_requires=['a'])"}, ["2 a"]),
    ],
)  # fmt: skip
def test_dynamic_dependencies_of_setuptools(
    pyproject: str, beside: dict[str, str], expected: list[str]
) -> None:
    text = BACKEND.format("setuptools.build_meta", "'dependencies'") + pyproject
    assert lines(project({"pyproject.toml": text, **beside}, "pyproject.toml")) == expected


HOOKS = "[tool.hatch.metadata.hooks"
UV_HOOK = (
    f"{HOOKS}.uv-dynamic-versioning]\ndependencies = [\n 'a>1',\n 'b=={{{{ version }}}}',\n]\n"
    f"{HOOKS}.uv-dynamic-versioning.optional-dependencies]\nx = ['c']\ny = ['d=={{{{ version }}}}']\n"
)
FILES_HOOK = (
    f"{HOOKS}.requirements_txt]\nfiles = ['r.txt', 's.txt']\n"
    f"{HOOKS}.requirements_txt.optional-dependencies]\nx = ['x.txt']\ny = 'gone.txt'\n"
)
BOTH = "'version', 'dependencies', 'optional-dependencies'"


@pytest.mark.parametrize(
    ("hook", "extras", "expected", "skipped"),
    [
        (UV_HOOK, (), ["8 a>1"], [9]),
        (UV_HOOK, ("x",), ["8 a>1", "12 c"], [9]),
        (UV_HOOK, ("y",), ["8 a>1"], [9, 13]),
        (FILES_HOOK, (), ["1 a", "1 b"], []),
        (FILES_HOOK, ("x",), ["1 a", "1 b", "2 c"], []),
        (FILES_HOOK, ("y",), ["1 a", "1 b"], [5]),
        (f"{HOOKS}.vcs]\n" + FILES_HOOK, (), ["1 a", "1 b"], []),
        # It may add to what the other states.
        (f"{HOOKS}.custom]\n" + FILES_HOOK, (), ["1 a", "1 b"], [5]),
        (f"{HOOKS}.requirements_txt]\nfilename = 'r.txt'", (), ["1 a"], []),
        (f"{HOOKS}.requirements_txt]\n", (), ["1 default"], []),
        (f"{HOOKS}.requirements_txt]\nfiles = []", (), [], []),
        # As hatch-requirements-txt 0.4.1 has it: what pip-compile wrote, without pip's options.
        (
            f"{HOOKS}.requirements_txt]\nfiles = ['pinned.txt']",
            (),
            ['2 a-b==1; python_version < "4"', "6 c"],
            [],
        ),
    ],
)
def test_dynamic_dependencies_of_hatchling(
    hook: str, extras: tuple[str, ...], expected: list[str], skipped: list[int]
) -> None:
    pinned = "-i https://index.example/\na-b==1 ; python_version < '4' \\\n  --hash=sha256:0\n-r s.txt\n-e .\nc -C x"
    files = {
        "r.txt": "a",
        "s.txt": "b",
        "x.txt": "# why\nc",
        "requirements.txt": "default",
        "pinned.txt": pinned,
    }
    text = BACKEND.format("hatchling.build", BOTH) + hook
    manifest = project({"pyproject.toml": text, **files}, "pyproject.toml", extras=extras)
    assert lines(manifest) == expected
    assert [each.location.line for each in manifest.skipped] == skipped


@pytest.mark.parametrize("backend", ["hatchling.build", "scikit_build_core.build", "setuptools.build_meta"])
def test_dynamic_extras_that_nobody_asked_for(backend: str) -> None:
    head = BACKEND.format(backend, "'optional-dependencies'") + "dependencies = ['a']\n"
    files = {"pyproject.toml": head, "setup.py": "from setuptools import setup\nsetup(extras_require=f())"}
    assert lines(project(files, "pyproject.toml")) == ["6 a"]
    assert len(project(files, "pyproject.toml").warnings) == 1
    assert refused(files, "pyproject.toml", extras=("x",))


def test_dependencies_that_are_dynamic_and_stated() -> None:
    """PEP 808: what is stated is a lower bound."""
    text = BACKEND.format("hatchling.build", "'dependencies'") + "dependencies = ['a']\n"
    manifest = project({"pyproject.toml": text}, "pyproject.toml")
    assert lines(manifest) == ["6 a"]
    assert [each.location.line for each in manifest.skipped] == [5]


def test_dynamic_extras_of_setuptools() -> None:
    text = BACKEND.format("", "'optional-dependencies'") + (
        "dependencies = ['a']\n[tool.setuptools.dynamic]\noptional-dependencies.My_X = {file = ['x.txt']}\n"
    )
    found = project({"pyproject.toml": text, "x.txt": "b\n"}, "pyproject.toml", extras=["my-x"])
    assert [each.name for each in found.requirements] == ["a", "b"]
    assert str(found.requirements[1].location) == "x.txt:1"


@pytest.mark.parametrize(
    ("backend", "more", "beside", "expected"),
    [
        ("flit_core.buildapi", "", {}, "pyproject.toml:5: project.dynamic: dependencies are left to 'flit_core.buildapi', which is not run"),
        ("hatchling.build", "", {}, "pyproject.toml:5: project.dynamic: no hook's table states dependencies"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.custom]\npath = 'x.py'", {}, "pyproject.toml:5: project.dynamic: dependencies are made by a hook that runs code, 'custom'; audit what it comes to"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.custom]", {"requirements.txt": "a"}, "audit requirements.txt, which is beside it"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['gone.txt']", {}, "'gone.txt': no such file or directory"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = 'r.txt'", {}, "tool.hatch.metadata.hooks.requirements_txt.files: expected array"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.uv-dynamic-versioning]\ndependencies = ['a=={{ version }}']", {}, "pyproject.toml:7: 'a=={{ version }}' is filled in by a build"),
        ("setuptools.build_meta", "", {}, "pyproject.toml:5: project.dynamic: nothing beside it says what dependencies are"),
        ("setuptools.build_meta", "[tool.setuptools.dynamic]\ndependencies = {attr = 'me.deps'}", {}, "tool.setuptools.dynamic.dependencies: expected {file = …}"),
        ("setuptools.build_meta", "[tool.setuptools.dynamic]\ndependencies = {file = ['../r.txt']}", {}, "'../r.txt' is outside the project"),
        ("setuptools.build_meta", "[tool.setuptools.dynamic]\ndependencies = {file = ['/etc/passwd']}", {}, "'/etc/passwd' is outside the project"),
        ("setuptools.build_meta", "[tool.setuptools.dynamic]\ndependencies = {file = ['gone.txt']}", {}, "'gone.txt': no such file or directory"),
        ("setuptools.build_meta", "[tool.setuptools.dynamic]\ndependencies = {file = ['r.txt']}", {"r.txt": "a\n-r b.txt"}, "r.txt:2: '-r b.txt' is not a requirement"),
        ("setuptools.build_meta", "", {"setup.py": "setup(install_requires=f())"}, "setup.py:1: install_requires is computed when setup.py runs"),
    ],
)  # fmt: skip
def test_dynamic_dependencies_that_nothing_says(
    backend: str, more: str, beside: dict[str, str], expected: str
) -> None:
    text = BACKEND.format(backend, "'dependencies'") + more
    assert expected in refused({"pyproject.toml": text, **beside}, "pyproject.toml")


def test_a_pyproject_without_project_leaves_it_to_setuptools() -> None:
    files = {"pyproject.toml": "[tool.black]\n", "setup.cfg": "[options]\ninstall_requires = a; b\n"}
    assert lines(project(files, "pyproject.toml")) == ["2 a", "2 b"]


UV = """\
[project]
name = "me"
dependencies = ["torch", "lib>1", "local", "kit", "zip", "split"]
[tool.uv]
constraint-dependencies = ["numpy<3"]
override-dependencies = ["werkzeug==2.3.0"]
dev-dependencies = ["pytest"]
no-build-package = ["Torch"]
[[tool.uv.index]]
name = "cpu"
url = "https://index.example/cpu"
explicit = true
[[tool.uv.index]]
name = "own"
url = "https://me:secret@index.example/own"
[tool.uv.sources]
torch = [{index = "cpu", marker = "sys_platform == 'linux'"}, {index = "own", marker = "sys_platform == 'win32'"}]
lib = {git = "https://me:secret@git.example/lib.git", tag = "v1", subdirectory = "py"}
local = {path = "../local", editable = true}
kit = {workspace = true}
zip = {url = "https://me:secret@files.example/zip-1.0.tar.gz"}
split = [{path = "x", marker = "platform_machine == 'x86_64' and python_version >= '3.11'"}]
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
"""


def test_uv() -> None:
    files = {
        "pyproject.toml": UV,
        "packages/kit/pyproject.toml": "[project]\nname = 'Kit'",
        "packages/old/pyproject.toml": "[project]\nname = 'old'",
    }
    manifest = project(files, "pyproject.toml", groups=["dev"])
    sources = [each.source for each in manifest.requirements]
    assert [each.name for each in manifest.requirements] == [
        "torch",
        "lib",
        "local",
        "kit",
        "zip",
        "split",
        "split",
        "pytest",
    ]
    assert sources[1:6] == [
        VcsSource(url="git+https://git.example/lib.git@v1#subdirectory=py"),
        PathSource(path="/local", editable=True),
        PathSource(path="/project/packages/kit", editable=True),
        UrlSource(url="https://files.example/zip-1.0.tar.gz"),
        PathSource(path="/project/x"),
    ]
    assert [str(each.marker) for each in manifest.requirements[5:7]] == [
        'platform_machine == "x86_64" and python_version >= "3.11"',
        'platform_machine != "x86_64" or python_version < "3.11"',
    ]
    assert [each.text for each in (*manifest.constraints, *manifest.overrides)] == [
        "numpy<3",
        "werkzeug==2.3.0",
    ]
    assert [each.location.line for each in (*manifest.constraints, *manifest.overrides)] == [5, 6]
    options = manifest.options
    assert options.extra_index_urls == ("https://me:secret@index.example/own",)
    assert options.package_indexes == (("torch", "https://index.example/cpu"),)
    assert options.formats.only_binary == {"torch"}
    assert options.strategy == "first"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ("a = {index = 'gone'}", "pyproject.toml:5: tool.uv.sources.a: no index 'gone' in tool.uv.index; expected one of: none"),
        ("a = {workspace = true}", "pyproject.toml:5: tool.uv.sources.a: the workspace has no member 'a'; expected one of: me"),
        ("a = {marker = \"os_name == 'x'\"}", "pyproject.toml:5: tool.uv.sources.a: expected one of git, url, path"),
        ("a = {url = 'x'}", "pyproject.toml:5: tool.uv.sources.a: expected an absolute URL"),
        ("a = {path = 'x', marker = 'no'}", "pyproject.toml:5: tool.uv.sources.a: 'no' is not a marker"),
        ("a = 3", "tool.uv.sources"),
    ],
)  # fmt: skip
def test_refusals_of_uv(sources: str, expected: str) -> None:
    text = f"[project]\nname = 'me'\ndependencies = ['a']\n[tool.uv.sources]\n{sources}"
    assert expected in refused({"pyproject.toml": text}, "pyproject.toml")


def test_pdm() -> None:
    text = """\
[project]
name = "me"
dependencies = ["a"]
[tool.pdm.dev-dependencies]
test = ["pytest", "-e file:///${PROJECT_ROOT}/sub#egg=sub"]
[[tool.pdm.source]]
name = "pypi"
url = "https://me:${TOKEN}@index.example/simple"
[[tool.pdm.source]]
name = "more"
url = "https://more.example/simple"
[[tool.pdm.source]]
name = "links"
type = "find_links"
url = "https://links.example/"
[tool.pdm.resolution.overrides]
b = "1.0"
c = ">=2"
"""
    manifest = project({"pyproject.toml": text}, "pyproject.toml", groups=["test"])
    assert [each.name for each in manifest.requirements] == ["a", "pytest", "sub"]
    assert manifest.requirements[2].source == PathSource(path="/project/sub")
    assert manifest.options.index_url == "https://me:hidden@index.example/simple"
    assert manifest.options.extra_index_urls == ("https://more.example/simple",)
    assert manifest.options.find_links == ("https://links.example/",)
    assert [f"{each.name}{each.specifier}:{each.location.line}" for each in manifest.overrides] == [
        "b==1.0:17",
        "c>=2:18",
    ]


def test_poetrys_tables_add_to_the_standard_ones() -> None:
    text = """\
[project]
name = "me"
dependencies = ["a>=1", "b"]
[tool.poetry.dependencies]
b = {git = "https://git.example/b.git"}
unrelated = "*"
[tool.poetry.group.dev.dependencies]
c = "^2.1"
"""
    manifest = project({"pyproject.toml": text}, "pyproject.toml", groups=["dev"])
    assert [f"{each.name}{each.specifier}" for each in manifest.requirements] == ["a>=1", "b", "c<3.0,>=2.1"]
    assert isinstance(manifest.requirements[1].source, VcsSource)


def test_poetrys_tables_alone() -> None:
    text = "[tool.poetry]\nname = 'me'\n[tool.poetry.dependencies]\npython = '^3.11'\na = '~1.2'\n"
    manifest = project({"pyproject.toml": text}, "pyproject.toml")
    assert [each.name for each in manifest.requirements] == ["a"]
    assert manifest.requires_python is not None
    assert manifest.requires_python.contains("3.12")
    assert not manifest.requires_python.contains("4.0")


DYNAMIC = 'dynamic = ["dependencies"]\n'
DOCS = '[project.optional-dependencies]\ndocs = ["d"]\n'


@pytest.mark.parametrize(
    ("table", "more", "main", "with_docs", "with_group"),
    [
        ("", "", ["p"], None, ["p", "g"]),
        (DYNAMIC, "", ["p"], None, ["p", "g"]),
        (DYNAMIC, DOCS, ["p"], ["d", "p"], ["p", "g"]),
        (DYNAMIC + 'dependencies = ["s"]\n', "", ["s"], None, ["s", "g"]),
        ("dependencies = []\n", DOCS, [], ["d"], ["g"]),
        ('dependencies = ["s"]\n', '[dependency-groups]\nt = ["h"]\n', ["s"], None, ["s", "h"]),
    ],
)
def test_what_poetry_takes_from_which_table(
    table: str, more: str, main: list[str], with_docs: list[str] | None, with_group: list[str]
) -> None:
    """The expectations are what poetry-core 2 makes of the same files."""
    text = f'[project]\nname = "me"\nrequires-python = ">=3.11"\n{table}{more}[tool.poetry.dependencies]\np = "*"\n'
    files = {"pyproject.toml": f'{text}[tool.poetry.group.t.dependencies]\ng = "*"\n'}
    found = project(files, "pyproject.toml")
    assert ([each.name for each in found.requirements], str(found.requires_python)) == (main, ">=3.11")
    if with_docs is None:
        assert "no extra 'docs'" in refused(files, "pyproject.toml", extras=["docs"])
    else:
        found = project(files, "pyproject.toml", extras=["docs"])
        assert [each.name for each in found.requirements] == with_docs
    assert [each.name for each in project(files, "pyproject.toml", groups=["t"]).requirements] == with_group


@pytest.mark.parametrize(
    ("stated", "path"),
    [
        ("file:///${PROJECT_ROOT}/libs/a", "/project/libs/a"),
        ("file:///${PROJECT_ROOT}/../a", "/a"),
        ("{root:uri}/libs/a", "/project/libs/a"),
        ("{root:parent:uri}/a", "/a"),
    ],
)
def test_the_names_that_build_backends_have_for_the_projects_folder(stated: str, path: str) -> None:
    text = f"[project]\nname = 'me'\ndependencies = ['a[x] @ {stated}']\n"
    manifest = project({"pyproject.toml": text}, "pyproject.toml")
    assert [each.source for each in manifest.requirements] == [PathSource(path=path)]
