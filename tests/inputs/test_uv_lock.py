"""uv.lock: what is read, what is refused, and the same packages as uv installs."""

from __future__ import annotations

import re

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from archcheck.manifest.manifest import (
    FormatControl,
    IndexSource,
    PathSource,
    Selection,
    UrlSource,
    VcsSource,
)

from .locks import LOCKS, answers, holding, installed, lacking, machine, read, refused, selected

HEAD = """\
version = 1
revision = 3
requires-python = ">=3.11"
"""
ROOT = """
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
"""
HASH = "sha256:" + "0" * 64
UV = [
    (folder.name, number)
    for folder in sorted((LOCKS / "uv").iterdir())
    for number in range(len(answers(folder / "answers.json")["answers"]))
]


def package(
    name: str, version: str = "1", more: str = "", source: str = 'registry = "https://index.example/simple"'
) -> str:
    return f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n{more}\n'


def wheel(name: str, version: str = "1", tag: str = "py3-none-any") -> str:
    return f'{{ url = "https://index.example/f/{name}-{version}-{tag}.whl", hash = "{HASH}", size = 7 }}'


def app(dependencies: str, more: str = "") -> str:
    return f"{HEAD}{ROOT}dependencies = [{dependencies}]\n{more}"


@pytest.mark.parametrize(("name", "number"), UV, ids=[f"{name}-{number}" for name, number in UV])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_uv(name: str, number: int, architecture: str) -> None:
    folder = LOCKS / "uv" / name
    answer = answers(folder / "answers.json")["answers"][number]
    (path,) = folder.glob("*.lock")
    lock = read(path.read_bytes(), "uv.lock", selected(answer["selection"]))
    on = machine(answer["python"], architecture)
    expected = answer["installs"][architecture]
    covered = not lock.environments or any(on.holds(each) for each in lock.environments)
    assert covered == (expected is not None)
    if expected is not None:
        found = installed(lock, on)
        assert found == {name: version or found.get(name) for name, version in expected.items()}


@pytest.mark.parametrize(("name", "number"), [one for one in UV if one[0] != "sources"])
@pytest.mark.parametrize("python", ["3.11.0", "3.12.4", "3.14"])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_uv_exports(name: str, number: int, python: str, architecture: str) -> None:
    folder = LOCKS / "uv" / name
    answer = answers(folder / "answers.json")["answers"][number]
    (path,) = folder.glob("*.lock")
    lock = read(path.read_bytes(), "uv.lock", selected(answer["selection"]))
    on = machine(python, architecture)
    if not lock.environments or any(on.holds(each) for each in lock.environments):
        assert installed(lock, on) == holding(answer["export"], on)


def test_files() -> None:
    lock = read(
        app(
            '{ name = "a" }',
            package(
                "a",
                more=f"""\
sdist = {{ url = "https://user:secret@index.example/f/a-1.tar.gz", hash = "{HASH}", size = 9, upload-time = "2026-01-02T03:04:05Z" }}
wheels = [{wheel("a")}]""",
            ),
        ),
        "uv.lock",
    )
    (_, found) = lock.packages
    wheel_, sdist = found.files
    assert (wheel_.filename, wheel_.size, wheel_.hashes) == ("a-1-py3-none-any.whl", 7, (HASH,))
    assert (sdist.url, sdist.upload_time) == ("https://index.example/f/a-1.tar.gz", "2026-01-02T03:04:05Z")
    assert (found.location.line, found.listed, str(found.version)) == (11, True, "1")
    assert lock.requires_python == SpecifierSet(">=3.11")
    assert (lock.kind, len(lock.sha256)) == ("uv", 64)


@pytest.mark.parametrize(
    ("source", "more", "expected", "url"),
    [('registry = "https://index.example/simple"', f"wheels = [{wheel('a')}]", IndexSource(), "https://index.example/f/a-1-py3-none-any.whl"),
     ('registry = "../flat"', 'wheels = [{ path = "a-1-py3-none-any.whl" }]', IndexSource(), "file:///flat/a-1-py3-none-any.whl"),
     ('registry = "file:///flat"', 'sdist = { path = "a-1.tar.gz" }', IndexSource(), "file:///flat/a-1.tar.gz"),
     ('url = "https://me:secret@index.example/a-1.tar.gz"', f'sdist = {{ hash = "{HASH}" }}', UrlSource(url="https://index.example/a-1.tar.gz"), "https://index.example/a-1.tar.gz"),
     ('url = "https://index.example/b.zip", subdirectory = "x"', "", UrlSource(url="https://index.example/b.zip", subdirectory="x"), None),
     ('path = "v/a-1-py3-none-any.whl"', f'wheels = [{{ filename = "a-1-py3-none-any.whl", hash = "{HASH}" }}]', PathSource(path="/project/v/a-1-py3-none-any.whl"), "file:///project/v/a-1-py3-none-any.whl"),
     ('directory = "lib"', "", PathSource(path="/project/lib"), None),
     ('editable = "../lib"', "", PathSource(path="/lib", editable=True), None),
     ('git = "https://me:secret@git.example/a?rev=v1&subdirectory=x#abc"', "", VcsSource(url="git+https://git.example/a@abc#subdirectory=x"), None)],
)  # fmt: skip
def test_sources(source: str, more: str, expected: object, url: str | None) -> None:
    lock = read(app('{ name = "a" }', package("a", more=more, source=source)), "uv.lock")
    found = lock.packages[1]
    assert found.source == expected
    assert [file.url for file in found.files] == ([url] if url else [])


def test_what_the_project_declares() -> None:
    text = app(
        '{ name = "a", version = "1", marker = "python_version < \'3.12\'" }, { name = "a", version = "2" }',
        """\
[package.optional-dependencies]
x = [{ name = "b" }]
[package.dev-dependencies]
dev = [{ name = "b" }]
[package.metadata]
requires-dist = [
    { name = "a", marker = "python_version < '3.12'", specifier = "<2" },
    { name = "a", specifier = ">=2" },
    { name = "b", marker = "extra == 'x'", specifier = ">=0.5" },
]
[package.metadata.requires-dev]
dev = [{ name = "b", specifier = "~=1.0" }]
"""
        + package("a", "1")
        + package("a", "2")
        + package("b"),
    )
    lock = read(text, "uv.lock", Selection(extras=frozenset({"x"}), groups=frozenset({"dev"})))
    assert [(each.name, str(each.version), str(each.specifier)) for each in lock.requirements] == [
        ("a", "1", "<2"),
        ("a", "2", ">=2"),
        ("b", "None", ">=0.5"),
        ("b", "None", "~=1.0"),
    ]
    names = [text.split("\n")[each.location.line] for each in lock.requirements]
    assert names == ['name = "a"', 'name = "a"', 'name = "b"', 'name = "b"']


def test_one_version_from_two_indexes() -> None:
    torch = "[[package]]\nname = 'torch'\nversion = '2.9.1'\n"
    text = app(
        """{ name = "torch", version = "2.9.1", source = { registry = "https://cpu.example/simple" }, marker = "platform_machine == 'aarch64'" },
           { name = "torch", version = "2.9.1", source = { registry = "https://index.example/simple" }, marker = "platform_machine != 'aarch64'" }""",
        f"""
{torch}source = {{ registry = "https://cpu.example/simple" }}
resolution-markers = ["platform_machine == 'aarch64'"]
wheels = [{wheel("torch", "2.9.1", "cp313-cp313-manylinux_2_28_aarch64")}]
{torch}source = {{ registry = "https://index.example/simple" }}
resolution-markers = ["platform_machine != 'aarch64' and sys_platform == 'linux'", "sys_platform != 'linux'"]
wheels = [{wheel("torch", "2.9.1", "cp313-cp313-manylinux_2_28_x86_64")}]
{package("other")}
""",
    )
    lock = read(text, "uv.lock")
    _, arm, intel, _ = lock.packages
    assert machine("3.13", "aarch64").holds(arm.marker)
    assert not machine("3.13", "aarch64").holds(intel.marker)
    assert machine("3.13", "x86_64").holds(intel.marker)
    assert lock.options.index_url == "https://index.example/simple"
    assert lock.options.package_indexes == (("torch", "https://cpu.example/simple"),)


def test_one_version_from_the_index_of_an_extra() -> None:
    cpu, other = "extra == 'extra-3-app-cpu'", "extra != 'extra-3-app-cpu'"
    torch = "[[package]]\nname = 'torch'\nversion = '2.9.1'\n"
    source = "source = {{ registry = 'https://{}.example/simple' }}"
    edges = ", ".join(
        f'{{ name = "torch", version = "2.9.1", {source.format(index)}, marker = "{marker}" }}'
        for index, marker in (("cpu", cpu), ("index", other))
    )
    text = f"""{HEAD}
conflicts = [[{{ package = "app", extra = "cpu" }}, {{ package = "app", extra = "gpu" }}]]
{ROOT}dependencies = [{{ name = "lib" }}]
[package.optional-dependencies]
cpu = [{{ name = "torch", version = "2.9.1", {source.format("cpu")} }}]
gpu = []
{package("lib", more=f"dependencies = [{edges}]")}
{torch}{source.format("cpu")}
resolution-markers = ["{cpu}"]
wheels = [{wheel("torch", "2.9.1", "cp313-cp313-linux_x86_64")}]
{torch}{source.format("index")}
resolution-markers = ["{other}"]
wheels = [{wheel("torch", "2.9.1", "cp313-cp313-linux_aarch64")}]
"""
    for selection, tag in ((Selection(), "aarch64"), (Selection(extras=frozenset({"cpu"})), "x86_64")):
        lock = read(text, "uv.lock", selection)
        (found,) = (each for each in lock.packages if each.name == "torch")
        assert found.files[0].filename == f"torch-2.9.1-cp313-cp313-linux_{tag}.whl"


def test_a_scripts_forked_requirement() -> None:
    manifest = """[manifest]\nrequirements = [{ name = "a", marker = "os_name == 'posix'" }]\n"""
    older = """resolution-markers = ["python_version < '3.12'"]"""
    newer = """resolution-markers = ["python_version == '3.12'", "python_version > '3.12'"]"""
    text = HEAD + manifest + package("a", "1", older) + package("a", "2", newer)
    lock = read(text, "uv.lock")
    assert [installed(lock, machine(python, "aarch64")) for python in ("3.11", "3.12", "3.13")] == [
        {"a": "1"},
        {"a": "2"},
        {"a": "2"},
    ]


def test_a_virtual_package_is_followed_and_not_installed() -> None:
    text = app('{ name = "v", extra = ["x"] }', package("v", more="""\
dependencies = [{ name = "a" }, { name = "v" }]
[package.optional-dependencies]
x = [{ name = "b" }]""", source='virtual = "v"') + package("a") + package("b"))  # fmt: skip
    lock = read(text, "uv.lock")
    assert [each.virtual for each in lock.packages] == [True, True, False, False]
    assert installed(lock, machine("3.13", "aarch64")) == {"a": "1", "b": "1"}


CLASH = """
conflicts = [[{ package = "app", extra = "old" }, { package = "app", extra = "new" }, { package = "app", group = "dev" }]]
"""
EXTRAS = """
[package.optional-dependencies]
old = [{ name = "a" }]
new = [{ name = "a" }]
[package.dev-dependencies]
dev = [{ name = "a" }]
"""


@pytest.mark.parametrize(
    "selection",
    [Selection(extras=frozenset({"old", "new"})), Selection(extras=frozenset({"old"}), groups=frozenset({"dev"}))],
)  # fmt: skip
def test_conflicts_are_refused(selection: Selection) -> None:
    text = HEAD + CLASH + ROOT + EXTRAS + package("a")
    assert re.search(
        r"^uv\.lock: conflicts: 'old' and '(new|dev)' exclude each other", refused(text, "uv.lock", selection)
    )


def test_members_that_exclude_each_other() -> None:
    text = f"""{HEAD}
conflicts = [[{{ package = "app" }}, {{ package = "web" }}]]
[manifest]
members = ["app", "web"]
{ROOT}dependencies = [{{ name = "a", marker = "extra == 'project-3-app'" }}]
{package("web", more='dependencies = [{ name = "b" }]', source='editable = "web"')}{package("a")}{package("b")}"""
    lock = read(text, "uv.lock")
    assert [(each.text, each.location.line) for each in lock.skipped] == [("web", 15)]
    assert installed(lock, machine("3.13", "aarch64")) == {"a": "1"}


def test_an_extra_that_an_edge_turns_on_settles_markers() -> None:
    text = f"""{HEAD}
conflicts = [[{{ package = "lib", extra = "cpu" }}, {{ package = "lib", extra = "gpu" }}]]
[manifest]
members = ["app", "lib"]
{ROOT}dependencies = [{{ name = "lib", extra = ["cpu"] }}]
{
        package(
            "lib",
            more='''dependencies = [{ name = "a", version = "1", marker = "extra == 'extra-3-lib-cpu' and platform_machine == 'aarch64'" },
  { name = "a", version = "2", marker = "extra != 'extra-3-lib-cpu' or platform_machine != 'aarch64'" }]
[package.optional-dependencies]
cpu = [{ name = "b" }]''',
            source='virtual = "lib"',
        )
    }{package("a")}{package("a", "2")}{package("b")}"""
    lock = read(text, "uv.lock")
    assert lock.requirements[1].marker == Marker("platform_machine == 'aarch64'")
    assert lock.requirements[2].marker == Marker("platform_machine != 'aarch64'")
    assert "audited together" in lock.warnings[0]


def test_pruned_locks_say_so() -> None:
    lock = read((LOCKS / "uv/darwin/uv.lock").read_bytes(), "uv.lock")
    assert lock.environments == (Marker("sys_platform == 'darwin'"),)
    assert (
        lock.limits[0]
        == "the lock covers sys_platform == 'darwin' only; wheels for other platforms were left out of it"
    )
    assert lock.limits[1] == "the lock is for Python >=3.11; wheels for others were left out of it"


def test_settings_beside_it() -> None:
    pyproject = """
[[tool.uv.index]]
name = "corp"
url = "https://me:secret@corp.example/simple"
explicit = true
[[tool.uv.index]]
url = "https://more.example/simple"
[[tool.uv.index]]
url = "https://main.example/simple"
default = true
[tool.uv]
find-links = ["wheels"]
no-build-package = ["A"]
no-binary = true
unknown = 1
"""
    text = app(
        '{ name = "a" }', package("a", source='registry = "https://corp.example/simple"') + package("b")
    )
    options = read(text, "uv.lock", **{"pyproject.toml": pyproject}).options
    assert options.index_url == "https://main.example/simple"
    assert options.extra_index_urls == ("https://more.example/simple",)
    assert options.find_links == ("/project/wheels",)
    assert options.formats == FormatControl(no_binary=frozenset({":all:"}), only_binary=frozenset({"a"}))
    assert options.package_indexes == (
        ("a", "https://me:secret@corp.example/simple"),
        ("b", "https://index.example/simple"),
    )
    assert options.strategy == "first"
    only = read(text, "uv.lock", **{"pyproject.toml": pyproject, "uv.toml": "no-index = true"}).options
    assert (only.no_index, only.index_url, only.find_links) == (True, None, ())


@pytest.mark.parametrize("settings", ["tool = 1", "[tool.uv]\nindex = 3", "[["])
def test_settings_that_cannot_be_read_are_named(settings: str) -> None:
    lock = read(app(""), "uv.lock", **{"pyproject.toml": settings})
    assert "pyproject.toml" in lock.warnings[0]
    assert "left out" in lock.warnings[0]


def test_what_the_project_asks_for_since_it_was_locked() -> None:
    tables = "[package.optional-dependencies]\nx = []\n[package.dev-dependencies]\ndev = []\n"
    text = app("", tables + package("a") + "[manifest]\nexcludes = ['Ex_cluded']\n")
    project = """[project]
name = "app"
dependencies = ["a>=9", "new>1; platform_machine == 'aarch64'", "ex-cluded"]
[project.optional-dependencies]
x = ["Extra"]
[dependency-groups]
dev = ["grouped", {include-group = "x"}]
other = ["not selected"]
"""
    selection = Selection(groups=frozenset({"dev"}), all_extras=True)
    lock = read(text, "uv.lock", selection, **{"pyproject.toml": project})
    assert lacking(lock, machine("3.13", "aarch64")) == {"new", "extra", "grouped"}
    assert lacking(lock, machine("3.13", "x86_64")) == {"extra", "grouped"}
    assert [each.location.line for each in lock.requirements if each.name == "new"] == [3]


@pytest.mark.parametrize(
    "project", ["[project", "[project]\ndependencies = 3\n", "[project]\ndependencies = ['?']\n"]
)
def test_a_pyproject_that_cannot_be_read_does_not_stop_the_lock(project: str) -> None:
    lock = read(app("", package("a")), "uv.lock", **{"pyproject.toml": project})
    assert lacking(lock, machine("3.13", "aarch64")) == set()


def test_a_newer_revision_is_read_with_a_warning() -> None:
    text = (
        'version = 1\nrevision = 99\nnew = 1\nrequires-python = ">=3.11"'
        + ROOT
        + 'colour = 1\nsdist = { url = "https://index.example/app-1.tar.gz", bits = 8 }\n'
    )
    (warning,) = read(text, "uv.lock").warnings
    assert (
        warning
        == "uv.lock: revision 99 is newer than 5, the newest known; not read: new, package.colour, package.sdist.bits"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [("", r"uv\.lock: version: none is not supported; expected 1"),
     ("version = 2", r"uv\.lock: version: '2' is not supported; expected 1"),
     ("version = [", r"uv\.lock: not TOML: .*; expected a uv\.lock"),
     (b"version = 1\n\xff", r"uv\.lock:2: not text in UTF-8; expected a uv\.lock"),
     ("version = 1\npackage = 3", r"uv\.lock: package: expected array, got int"),
     ("version = 1\nx = " + "[" * 20000, r"uv\.lock: (nested too deeply|not TOML)"),
     ("version = 1\nx = " + "9" * 5000, r"uv\.lock: not TOML"),
     (HEAD + package("a", source='registry = "https://index.example"'), r"no project; expected a package with the source"),
     (app("", package("a", source='index = "x"')), r"uv\.lock:11: package\[1\]\.source: expected one of registry, git"),
     (app("", package("a", more="wheels = [{ url = 3 }]")), r"package\[1\]\.wheels\[0\]\.url: expected str \| null, got int"),
     (app("", package("a", more='wheels = [{ url = "//x/a.whl" }]')), r"uv\.lock:11: package\[1\]\.wheels\[0\]\.url: expected an absolute URL"),
     (app("", package("a", more='sdist = { url = "https://[x/a.tar.gz" }')), r"package\[1\]\.sdist\.url: expected an absolute URL"),
     (app("", package("a", more="wheels = [{ size = 1 }]")), r"package\[1\]\.wheels\[0\].*: expected a url, a path or a filename"),
     (app("", package("a", more='sdist = { url = "https://index.example/a-1.tar.gz", size = -1 }')), r"package\[1\]\.sdist\.size: expected int"),
     (app("", package("a", more='sdist = { url = "https://index.example/a-1.tar.gz", upload-time = "now" }')), r"package\[1\]\.sdist\.upload-time: invalid RFC3339"),
     (app("", package("a").replace('version = "1"', "")), r"uv\.lock:11: package\[1\]\.version: expected a version"),
     (app("", package("a", "one")), r"package\[1\]\.version: 'one' is no version; expected PEP 440"),
     (app('{ name = "b" }'), r"package\[0\]\.dependencies\[0\]: no package of the lock fit 'b'; expected one"),
     (app('{ name = "a" }', package("a") + package("a", "2")), r"dependencies\[0\]: 2 packages of the lock fit 'a'; expected one"),
     (app('{ name = "a", marker = "x" }', package("a")), r"dependencies\[0\]\.marker: 'x' is no marker; expected PEP 508"),
     (app('{ name = "a", marker = "' + "(" * 3000 + '" }', package("a")), r"dependencies\[0\]\.marker: .* is no marker"),
     (HEAD.replace(">=3.11", "three") + ROOT, r"requires-python: 'three' are no versions; expected PEP 440")],
)  # fmt: skip
def test_refused(text: str | bytes, message: str) -> None:
    assert re.search(message, refused(text, "uv.lock"))


def test_names_that_the_lock_has_not() -> None:
    text = HEAD + ROOT + EXTRAS + package("a")
    assert "no extra is called 'x'; expected one of: new, old" in refused(
        text, "uv.lock", Selection(extras=frozenset({"x"}))
    )
    assert "no group is called 'x'; expected one of: dev" in refused(
        text, "uv.lock", Selection(groups=frozenset({"x"}))
    )
    assert "no group is called 'x'; the lock has none" in refused(
        HEAD + ROOT, "uv.lock", Selection(groups=frozenset({"x"}))
    )
