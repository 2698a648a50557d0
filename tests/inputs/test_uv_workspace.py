"""A member of a uv workspace: read from the lock of the workspace, where that is the one that uv would take."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from archcheck.inputs import read_input
from archcheck.inputs.projects import projects_of
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import PathSource, Selection

from .locks import installed, machine
from .projects import project, refused
from .reading import FakeFiles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loopback import IndexServer, Store

LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[manifest]
members = ["api", "lib", "mono"]

[[package]]
name = "api"
version = "1"
source = { editable = "packages/api" }
dependencies = [{ name = "lib" }, { name = "old" }]

[package.dev-dependencies]
jobs = [{ name = "extra" }]

[[package]]
name = "lib"
version = "1"
source = { editable = "packages/lib" }
dependencies = [{ name = "deep" }]

[[package]]
name = "mono"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "extra" }]
"""
for _name in ("old", "deep", "extra"):
    LOCK += f"""
[[package]]
name = "{_name}"
version = "1.0"
source = {{ registry = "https://index.example/simple" }}
wheels = [{{ url = "https://index.example/{_name}-1.0-py3-none-any.whl", hash = "sha256:{"0" * 64}" }}]
"""
ROOT = """\
[project]
name = "mono"
dependencies = ["extra"]
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/apart"]
"""
MEMBER = "[project]\nname = '{}'\ndependencies = ['old']\n[dependency-groups]\njobs = ['extra']\n"
FILES: dict[str, bytes | str] = {
    "uv.lock": LOCK,
    "pyproject.toml": ROOT,
    "packages/api/pyproject.toml": MEMBER.format("Api"),
    "packages/lib/pyproject.toml": "[project]\nname = 'lib'\ndependencies = ['deep']\n",
}
ON = machine("3.12", "aarch64")


@pytest.mark.parametrize(
    ("path", "cwd", "spelled"),
    [
        ("packages/api", "/project", "uv.lock"),
        ("packages/api/pyproject.toml", "/project", "uv.lock"),
        ("/project/packages/api", "/project", "/project/uv.lock"),
        (".", "/project/packages/api", "../../uv.lock"),
        ("pyproject.toml", "/project/packages/api", "../../uv.lock"),
        ("../api", "/project/packages/lib", "../../uv.lock"),
    ],
)
def test_a_member_is_read_from_the_lock_of_its_workspace(path: str, cwd: str, spelled: str) -> None:
    lock = project(FILES, path, cwd=cwd)
    assert isinstance(lock, Lock)
    assert (lock.path, lock.kind, lock.member, lock.folder) == (spelled, "uv", "api", "packages/api")
    assert installed(lock, ON) == {"lib": "1", "deep": "1.0", "old": "1.0"}
    assert f"is read from {spelled}, locked for the workspace" in lock.warnings[0]


def test_groups_are_those_of_the_member() -> None:
    lock = project(FILES, "packages/api", groups=["jobs"])
    assert isinstance(lock, Lock)
    assert "extra" in installed(lock, ON)
    assert "no group is called 'jobs'" in refused(FILES, "packages/lib", groups=["jobs"])


@pytest.mark.parametrize(
    "path", ["uv.lock", "pyproject.toml", ".", "packages/lib", "packages/api/pyproject.toml"]
)
def test_a_member_is_named(path: str) -> None:
    lock = project(FILES, path, package="lib")
    assert isinstance(lock, Lock)
    assert lock.member == "lib"
    assert installed(lock, ON) == {"deep": "1.0"}


@pytest.mark.parametrize("path", ["uv.lock", "pyproject.toml", "packages/api"])
def test_a_name_that_no_member_has(path: str) -> None:
    message = refused(FILES, path, package="nobody")
    assert message.endswith("no member of the workspace is called 'nobody'; expected one of: api, lib, mono")


def test_a_member_of_a_workspace_without_a_lock() -> None:
    files = {name: text for name, text in FILES.items() if name != "uv.lock"}
    manifest = project(files, "pyproject.toml", package="lib")
    assert (manifest.path, manifest.kind) == ("packages/lib/pyproject.toml", "pyproject")
    assert [each.name for each in manifest.requirements] == ["deep"]


def test_what_has_no_members_says_so() -> None:
    manifest = project({"requirements.txt": "six\n"}, "requirements.txt", package="api")
    assert manifest.warnings == ("requirements.txt is of no workspace: 'api' is of no effect there",)


PLAIN = "[project]\nname = 'between'\n"
WORKSPACE = "[tool.uv.workspace]\nmembers = {}\n"


@pytest.mark.parametrize(
    ("more", "path"),
    [
        # Left out by name, and in none of the globs.
        ({"packages/apart/pyproject.toml": MEMBER.format("api")}, "packages/apart"),
        ({"other/pyproject.toml": MEMBER.format("api")}, "other"),
        # The nearest project above decides, whatever is further up.
        (
            {"packages/pyproject.toml": PLAIN, "packages/api/pyproject.toml": MEMBER.format("api")},
            "packages/api",
        ),
        # A workspace of its own, and one above whose root is another repository's.
        (
            {"packages/api/pyproject.toml": MEMBER.format("api") + WORKSPACE.format("[]")},
            "packages/api/pyproject.toml",
        ),
        ({"packages/api/.git/HEAD": "ref: x"}, "packages/api"),
        ({"packages/.git": "gitdir: elsewhere"}, "packages/api"),
        # What has no name is no member, and a root that cannot be read says nothing.
        ({"packages/api/pyproject.toml": "[project]\nname = 3\n"}, "packages/api/pyproject.toml"),
        ({"pyproject.toml": "[tool.uv.workspace"}, "packages/api"),
        ({"pyproject.toml": "tool = {uv = {workspace = 3}}"}, "packages/api"),
        ({"pyproject.toml": "tool = {uv = {workspace = {members = [3, 'x'], exclude = 7}}}"}, "packages/api"),
    ],
)
def test_who_is_no_member_is_read_by_itself(more: dict[str, str], path: str) -> None:
    files = FILES | more
    if "name = 3" in str(more):
        assert "name" in refused(files, path)
        return
    manifest = project(files, path)
    assert manifest.kind == "pyproject"
    assert [each.name for each in manifest.requirements] == ["old"]


def test_a_root_without_a_project() -> None:
    files = FILES | {"pyproject.toml": WORKSPACE.format("['packages/api/', './packages/l?b']")}
    assert [project(files, f"packages/{name}").member for name in ("api", "lib")] == ["api", "lib"]


def test_a_lock_that_does_not_have_the_member() -> None:
    files = FILES | {"packages/new/pyproject.toml": MEMBER.format("new")}
    manifest = project(files, "packages/new")
    assert manifest.kind == "pyproject"
    assert manifest.warnings[0] == (
        "uv.lock has no 'new', a member of its workspace: read without it; lock again"
    )


def test_a_members_own_lock_is_none_of_uvs_business() -> None:
    own = LOCK.replace('members = ["api", "lib", "mono"]', "").replace("packages/api", ".")
    files = FILES | {"packages/api/uv.lock": own}
    assert project(files, "packages/api").path == "uv.lock"
    assert project(files, "packages/api/uv.lock").path == "packages/api/uv.lock"


def test_another_kind_is_asked_for() -> None:
    manifest = project(FILES, "packages/api/pyproject.toml", kind="pyproject")
    assert [each.name for each in manifest.requirements] == ["old"]


SHARED = """\
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
core = {workspace = true}
near = {path = "vendored/near"}
apart = {path = "vendored/apart"}
torch = {index = "cpu"}
[[tool.uv.index]]
name = "cpu"
url = "https://index.example/cpu"
explicit = true
[tool.uv]
constraint-dependencies = ["six<2"]
override-dependencies = ["idna==3"]
"""


@pytest.mark.parametrize("own", ["", "[tool.uv.sources]\napart = {path = '../mine'}\n"])
def test_the_root_has_the_sources_settings_and_constraints_of_a_member(own: str) -> None:
    needs = "[project]\nname = 'api'\ndependencies = ['core', 'near', 'apart', 'torch', 'six']\n"
    files = {
        "pyproject.toml": SHARED,
        "packages/api/pyproject.toml": needs + own,
        "packages/core/pyproject.toml": "[project]\nname = 'core'\n",
    }
    manifest = project(files, "packages/api/pyproject.toml")
    places = [each.source.path for each in manifest.requirements if isinstance(each.source, PathSource)]
    apart = "/project/packages/mine" if own else "/project/vendored/apart"
    assert places == ["/project/packages/core", "/project/vendored/near", apart]
    assert manifest.options.installer == "uv"
    assert manifest.options.package_indexes == (("torch", "https://index.example/cpu"),)
    stated = [(each.text, str(each.location)) for each in (*manifest.constraints, *manifest.overrides)]
    assert stated == [("six<2", "pyproject.toml:13"), ("idna==3", "pyproject.toml:14")]


def test_a_large_workspace_is_gone_through_once() -> None:
    class Counting(FakeFiles):
        asked = 0

        def read(self, path: str) -> bytes:
            Counting.asked += 1
            return super().read(path)

    needs = (
        "[project]\nname = 'p{0}'\ndependencies = ['p{1}']\n[tool.uv.sources]\np{1} = {{workspace = true}}\n"
    )
    texts = {
        f"/project/packages/p{number}/pyproject.toml": needs.format(number, (number + 1) % 300)
        for number in range(300)
    }
    files = Counting(texts | {"/project/pyproject.toml": ROOT})
    manifest = read_input("packages/p0/pyproject.toml", environ={}, cwd="/project", files=files)
    read = projects_of(manifest, files=files, cwd="/project")
    found = [read(f"/project/packages/p{number}") for number in range(300)]
    assert all(each is not None and len(each.requires) == 1 for each in found)
    # Each once for the list of members, for itself, and the root with it.
    assert Counting.asked < 300 * 8


# As PDM 2.29.4 writes it for such a workspace.
PDM_LOCK = """\
[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.1"
content_hash = "sha256:00"
[[metadata.targets]]
requires_python = ">=3.11"
[[package]]
name = "api"
version = "1"
editable = true
path = "./packages/api"
groups = ["default"]
dependencies = ["lib", "six"]
[[package]]
name = "lib"
version = "1"
editable = true
path = "./packages/lib"
groups = ["default"]
dependencies = ["idna<3"]
"""
for _name in ("idna", "packaging", "six"):
    PDM_LOCK += f"""\
[[package]]
name = "{_name}"
version = "2.10"
groups = ["default"]
files = [{{file = "{_name}-2.10-py3-none-any.whl", hash = "sha256:00"}}]
"""
PDM: dict[str, bytes | str] = {
    "pdm.lock": PDM_LOCK,
    "pyproject.toml": "[project]\nname = 'mono'\ndependencies = ['packaging']\n"
    "[tool.pdm.workspace]\nmembers = ['packages/*']\n",
    "packages/api/pyproject.toml": "[project]\nname = 'Api'\ndependencies = ['lib', 'six']\n",
    "packages/lib/pyproject.toml": "[project]\nname = 'lib'\ndependencies = ['idna<3']\n",
    "packages/lib/deep/pyproject.toml": "[project]\nname = 'deep'\ndependencies = ['lib']\n",
}


@pytest.mark.parametrize(
    ("path", "package", "expected"),
    [
        ("packages/api", "", {"lib", "idna", "six"}),
        ("packages/lib/pyproject.toml", "", {"idna"}),
        ("pdm.lock", "api", {"lib", "idna", "six"}),
        (".", "lib", {"idna"}),
        ("packages/api", "lib", {"idna"}),
        (".", "", {"api", "lib", "idna", "packaging", "six"}),
    ],
)
def test_a_member_of_a_pdm_workspace(path: str, package: str, expected: set[str]) -> None:
    lock = project(PDM, path, package=package)
    assert isinstance(lock, Lock)
    assert (lock.path, lock.kind) == ("pdm.lock", "pdm")
    assert set(installed(lock, ON)) == expected
    assert lock.folder == (f"packages/{lock.member}" if lock.member else ".")


def test_what_pdm_locks_nothing_for() -> None:
    assert project(PDM, "packages/lib/deep").kind == "pyproject"
    assert refused(PDM, "pdm.lock", package="no").endswith("is called 'no'; expected one of: api, lib")
    assert "PDM locks no extras" in refused(PDM, "packages/api", groups=["jobs"])


@pytest.fixture
def store(store: Store) -> Store:
    for name in ("old", "deep", "extra", "speed"):
        store.add(name, "1.0", wheels=["py3-none-any"])
        store.add(name, "2.0", wheels=["py3-none-any"])
    return store


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
@pytest.mark.parametrize("pattern", ["packages/*", "packages/**", "packages/[a-z]*"])
def test_same_as_uv_exports(tmp_path: Path, index: IndexServer, pattern: str) -> None:
    sources = "[tool.uv.sources]\nlib = {workspace = true}\n"
    head = "version = '1'\nrequires-python = '>=3.11'\n"
    texts = {
        "": f"[project]\nname = 'mono'\n{head}dependencies = ['extra']\n"
        f"[tool.uv.workspace]\nmembers = ['{pattern}']\nexclude = ['packages/apart']\n",
        "packages/api": f"[project]\nname = 'Api'\n{head}dependencies = ['lib[fast]', 'old<2']\n"
        f"[project.optional-dependencies]\nx = ['extra']\n[dependency-groups]\njobs = ['speed<2']\n{sources}",
        "packages/lib": f"[project]\nname = 'lib'\n{head}dependencies = ['deep<2']\n"
        "[project.optional-dependencies]\nfast = ['speed']\n",
        "packages/apart": f"[project]\nname = 'apart'\n{head}dependencies = ['old']\n",
    }
    for folder, text in texts.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "pyproject.toml").write_text(text)
    _uv(tmp_path, "lock", "--default-index", index.url, "--python", sys.executable)
    on = machine("3.12", "aarch64")
    for name in ("api", "lib", "mono"):
        flags = [[], ["--extra", "x"], ["--group", "jobs"]] if name == "api" else [[]]
        for more in flags:
            said = _uv(
                tmp_path, "export", "--package", name, "--frozen", "--no-hashes", "--no-annotate",
                "--no-header", "--no-default-groups", *more,
            )  # fmt: skip
            folder = tmp_path if name == "mono" else tmp_path / "packages" / name
            chosen = Selection(
                extras=frozenset({"x"} if "x" in more else ()),
                groups=frozenset({"jobs"} if "jobs" in more else ()),
                package="mono" if name == "mono" else "",
            )
            lock = read_input(str(folder), environ={}, cwd=str(tmp_path), selection=chosen)
            assert isinstance(lock, Lock)
            found = {each: version for each, version in installed(lock, on).items() if each != "lib"}
            assert found == _pins(said)
            assert ("lib" in installed(lock, on)) == ("./packages/lib" in said and name != "lib")
    apart = read_input(str(tmp_path / "packages/apart"), environ={}, cwd=str(tmp_path))
    assert apart.kind == "pyproject"


def _uv(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["uv", *arguments, "--no-cache", "--quiet"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def _pins(exported: str) -> dict[str, str]:
    found = {}
    for line in exported.splitlines():
        if line and not line.startswith((".", "-e")):
            requirement = Requirement(line)
            found[str(canonicalize_name(requirement.name))] = str(requirement.specifier).removeprefix("==")
    return found


@pytest.mark.no_cover
def test_hostile_workspaces_are_gone_through_in_the_end() -> None:
    patterns = ", ".join(f"'{'*a' * 50}{number}'" for number in range(20_000))
    files = FILES | {"pyproject.toml": f"[tool.uv.workspace]\nmembers = [{patterns}]\n"}
    assert project(files, "packages/api").kind == "pyproject"
    assert project(FILES | {"uv.lock": "\n" * 300_000}, "packages/api").kind == "pyproject"
