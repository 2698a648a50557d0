"""The printed commands, run as they stand on this machine; what they bring has to be for aarch64, all of it.

Expected is what the report says. The recorded index serves small files for the real ones: each wheel for Linux
with an ELF file in it for the machine of its tag.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from archcheck.binaries.formats import Head, read_head
from archcheck.model import Status
from archcheck.report.json import from_json
from archcheck.report.sections.deployment import steps
from tests.binaries.elves import elf
from tests.cli.running import CommandLine
from tests.inputs.built import MACHINES
from tests.loopback import FixtureStore, IndexServer, Store
from tests.loopback.builders import core_metadata, wheel_bytes
from tests.loopback.fixtures import FIXTURES
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.model import Audit
    from tests.loopback.store import StoredFile, StoredProject

PYTHON = f"python3.{sys.version_info.minor}"
TARGET = f"lambda:{PYTHON}"
ABI = f"cp3{sys.version_info.minor}"
INSTALL = "Install for arm64, never for the machine you sit at"
EXPORT = "Write the set down for pip"
BACKEND = """
import base64, hashlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "service-1.0-py3-none-any.whl"
    files = {"service.py": "", "service-1.0.dist-info/METADATA": METADATA,
             "service-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr("service-1.0.dist-info/RECORD", "".join(f"{each},,\\n" for each in files))
    return name
"""


def native(file: StoredFile) -> Mapping[str, bytes]:
    """Return an ELF file for the machine of the tag of *file*, in the place where its wheel has one."""
    stem, tag = file.filename.partition("-")[0], file.filename.removesuffix(".whl").rpartition("-")[2]
    machine = next((each for each in MACHINES if tag.endswith(each)), None)
    return {f"{stem}/_core.so": elf(machine=MACHINES[machine])} if machine and "linux" in tag else {}


@dataclass(kw_only=True)
class NativeStore(FixtureStore):
    """The recorded projects, each file of which can be downloaded, and holds an ELF file if the real one would."""

    def project(self, name: str) -> StoredProject | None:
        known = name in self.projects
        found = super().project(name)
        if found is not None and not known:
            found.files[:] = [self._whole(name, each) for each in found.files]
            self._files.update({each.filename: each for each in found.files})
        return found

    @staticmethod
    def _whole(name: str, file: StoredFile) -> StoredFile:
        if not file.is_wheel:
            return file
        metadata = file.metadata_text or core_metadata(name, file.version)
        made = lambda: wheel_bytes(file.filename, metadata, native(file))  # noqa: E731 - one expression
        return replace(file, metadata=metadata, build=made, stated=None, stated_size=None)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """Return the command line in a folder with the recorded sets, before that index."""
    folder = tmp_path_factory.mktemp("sets")
    for path in (FIXTURES / "sets").glob("*.txt"):
        shutil.copy(path, folder)
    with IndexServer(NativeStore()) as server:
        yield CommandLine(folder=folder, index_url=server.url)


def audited(line: CommandLine, *arguments: str) -> Audit:
    (audit,) = from_json(line("--json", "--target", TARGET, *arguments).out).audits
    return audit


def run(line: CommandLine, command: str) -> None:
    """Run a printed command; its `pythonX.Y` is the Python that runs the tests, which has pip."""
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] == PYTHON:
        words[0] = sys.executable
    done = subprocess.run(
        words,
        cwd=line.folder,
        env={
            **line.surroundings(),
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_NO_CACHE": "1",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def installed_as_told(line: CommandLine, audit: Audit) -> int:
    """Hold what was installed against the report, and every ELF file against aarch64; return how many there are."""
    package = line.folder / "package"
    found = {
        canonicalize_name(name): (version, info)
        for info in package.glob("*.dist-info")
        for name, _, version in [info.name.removesuffix(".dist-info").rpartition("-")]
    }
    told = {each.name: each.on("aarch64") for each in audit.packages}
    told = {name: result for name, result in told.items() if result.status is not Status.NOT_REQUIRED}
    found.pop("service", None)  # the project itself
    assert {name: version for name, (version, _) in found.items()} == {
        name: result.version for name, result in told.items()
    }
    for name, (_, info) in found.items():
        tags = [
            text.removeprefix("Tag: ")
            for text in (info / "WHEEL").read_text().splitlines()
            if "Tag: " in text
        ]
        expanded = (told[name].file or "").removesuffix(".whl")
        assert all(part in expanded for tag in tags for part in tag.split("-")), (name, tags, expanded)
    heads = [read_head(path.read_bytes()[:4096]) for path in package.rglob("*.so")]
    assert all(isinstance(head, Head) and head.machine == "aarch64" for head in heads)
    assert len(heads) == sum(result.status is Status.WHEEL for result in told.values())
    return len(heads)


@pytest.mark.parametrize("name", ["seed.txt", "web.txt"])
def test_of_recorded_sets(recorded: CommandLine, name: str) -> None:
    """Where the set has to change first, it is: each remedy in its line."""
    audit = audited(recorded, name)
    pins = {each.name: each.remedy.version for each in audit.packages if each.remedy and each.remedy.version}
    kept = [
        line
        for line in (recorded.folder / name).read_text().splitlines()
        if line and not line.startswith("#") and canonicalize_name(Requirement(line).name) not in pins
    ]
    recorded.write("changed.txt", "\n".join([*kept, *(f"{each}=={pins[each]}" for each in pins), ""]))
    audit = audited(recorded, "changed.txt")
    assert audit.recommendation.when == "now"
    shutil.rmtree(recorded.folder / "package", ignore_errors=True)
    run(recorded, {step.title: step.command for step in steps(audit)}[INSTALL])
    assert installed_as_told(recorded, audit) > 3


@pytest.fixture
def store() -> Store:
    """Return an index in which a wheel for each machine is as old as pip knows it, newer, and for any Python."""
    store = Store()
    for name, tag in (
        ("old", f"{ABI}-{ABI}-manylinux2014_{{}}"),
        ("newer", "cp39-abi3-manylinux_2_26_{}"),
        ("both", f"{ABI}-{ABI}-manylinux_2_17_{{0}}.manylinux2014_{{0}}"),
        ("bare", f"{ABI}-{ABI}-linux_{{}}"),
    ):
        for machine in MACHINES:
            payload = {f"{name}/_core.so": elf(machine=MACHINES[machine])}
            store.add(name, "1.0", wheels=[tag.format(machine)], payload=payload)
    store.add("pure", "1.0", wheels=["py3-none-any"], requires_dist=["newer"])
    store.add("pure", "2.0", wheels=["py3-none-any"], requires_dist=["newer"])
    return store


NAMES = ("old", "both", "bare", "pure")
PROJECT = f"""
[project]
name = "service"
version = "1.0"
requires-python = "==3.{sys.version_info.minor}.*"
dependencies = {list(NAMES)}
"""


def test_of_a_file_of_requirements(archcheck: CommandLine) -> None:
    archcheck.write("needs for arm.txt", "\n".join([*NAMES[:-1], "pure<2"]))
    audit = audited(archcheck, "needs for arm.txt")
    run(archcheck, {step.title: step.command for step in steps(audit)}[INSTALL])
    assert installed_as_told(archcheck, audit) == 4


def test_of_a_project(archcheck: CommandLine) -> None:
    """Built by a backend of its own, so that the index needs none."""
    build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    archcheck.write("pyproject.toml", build + PROJECT)
    metadata = core_metadata("service", "1.0", requires_dist=NAMES)
    archcheck.write("backend.py", f"METADATA = {metadata!r}\n{BACKEND}")
    audit = audited(archcheck, "pyproject.toml")
    run(archcheck, {step.title: step.command for step in steps(audit)}[INSTALL])
    assert installed_as_told(archcheck, audit) == 4


def test_of_a_uv_lock(archcheck: CommandLine) -> None:
    """uv writes the lock, and the set down for pip; both ask the index of the report."""
    index = f'[[tool.uv.index]]\nurl = "{archcheck.index_url}"\ndefault = true\n'
    archcheck.write("pyproject.toml", PROJECT.replace("'pure'", "'pure<2'") + index)
    run(archcheck, f"uv lock --no-python-downloads --python {sys.executable}")
    audit = audited(archcheck, "uv.lock")
    commands = {step.title: step.command for step in steps(audit)}
    run(archcheck, commands[EXPORT])
    run(archcheck, commands[INSTALL])
    assert installed_as_told(archcheck, audit) == 4


def run_all(line: CommandLine, audit: Audit, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run what is printed up to the zip, as it stands and in one shell; not what takes Docker."""
    found = {step.title: step.command for step in steps(audit)}
    titles = ("Go to the folder that holds all of it", EXPORT, INSTALL, "Pack and measure")
    return subprocess.run(
        ["bash", "-euc", "\n".join(found[title] for title in titles if title in found)],
        cwd=line.folder,
        env={
            **line.surroundings(),
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_NO_CACHE": "1",
            "UV_DEFAULT_INDEX": line.index_url,
            "UV_PYTHON_DOWNLOADS": "never",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def packed(folder: Path) -> set[str]:
    """Return what the zip holds, but for what stands in the packages' own folders."""
    with zipfile.ZipFile(folder / "function.zip") as archive:
        return {name for name in archive.namelist() if ".dist-info" not in name and not name.endswith("/")}


NATIVES = {"old/_core.so", "both/_core.so", "bare/_core.so", "newer/_core.so"}


def written(line: CommandLine, **files: str) -> None:
    for path, text in files.items():
        (line.folder / path).parent.mkdir(parents=True, exist_ok=True)
        line.write(path, text)


def test_of_files_that_include_each_other_with_handlers_in_src(archcheck: CommandLine) -> None:
    written(
        archcheck,
        **{
            "a/needs/prod.in": "-r base.in\n-c ../limits.txt\nold\n",
            "a/needs/base.in": "both\npure\n",
            "a/limits.txt": "pure<2\n",
            "a/src/app.py": "",
            "a/src/inner/b.py": "",
        },
    )
    done = run_all(archcheck, audited(archcheck, "a/needs/prod.in"))
    assert done.returncode == 0, done.stderr
    assert packed(archcheck.folder / "a") >= {"app.py", "inner/b.py", "old/_core.so", "both/_core.so"}
    assert (archcheck.folder / "a/package/pure-1.0.dist-info").is_dir(), "as the constraint has it"


def test_of_a_project_that_is_no_package(archcheck: CommandLine) -> None:
    """No build system, and folders that setuptools refuses: uv writes down what it depends on."""
    written(archcheck, **{"pyproject.toml": PROJECT, "app.py": "", "one/a.py": "", "two/b.py": ""})
    done = run_all(archcheck, audited(archcheck, "pyproject.toml"))
    assert done.returncode == 0, done.stderr
    assert packed(archcheck.folder) >= {"app.py", "one/a.py", "two/b.py", *NATIVES}


def test_of_a_locked_package(archcheck: CommandLine) -> None:
    """What it depends on comes out of the lock, and the project itself after that, built by its own backend."""
    build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    metadata = core_metadata("service", "1.0", requires_dist=NAMES)
    written(
        archcheck,
        **{
            "pyproject.toml": build + PROJECT.replace(f"==3.{sys.version_info.minor}.*", ">=3.9"),
            "backend.py": f"METADATA = {metadata!r}\n{BACKEND}",
            "src/service.py": "",
        },
    )
    index = {"UV_DEFAULT_INDEX": archcheck.index_url}
    archcheck.environ |= index
    run(archcheck, f"uv lock --no-python-downloads --python {sys.executable}")
    done = run_all(archcheck, audited(archcheck, "uv.lock"))
    assert done.returncode == 0, done.stderr
    assert packed(archcheck.folder) >= {"service.py", *NATIVES}


def test_where_the_code_is_nobody_knows_nothing_is_packed_by_accident(archcheck: CommandLine) -> None:
    archcheck.write("requirements.txt", "pure\n")
    audit = audited(archcheck, "requirements.txt")
    done = run_all(archcheck, audit)
    assert (done.returncode != 0, "CODE: the folder of your code" in done.stderr) == (True, True)
    written(archcheck, **{"elsewhere/app.py": ""})
    assert run_all(archcheck, audit, CODE="elsewhere").returncode == 0
    assert packed(archcheck.folder) >= {"app.py", "newer/_core.so"}


def test_of_what_no_tool_writes_down(archcheck: CommandLine) -> None:
    """The versions that were audited stand in the recipe, and those that a constraint would move do so too."""
    archcheck.write("environment.yml", "dependencies:\n  - python=3.11\n  - pip:\n    - pure<2\n    - old\n")
    audit = audited(archcheck, "environment.yml")
    done = run_all(archcheck, audit, CODE=".archcheck-none")
    assert "newer==1.0\nold==1.0\npure==1.0" in (archcheck.folder / "requirements-arm64.txt").read_text()
    assert installed_as_told(archcheck, audit) == 2, done.stderr


def test_of_a_workspace_its_other_members_are_installed_apart(archcheck: CommandLine) -> None:
    """uv writes them down as folders, which it would not build where it takes wheels alone."""
    build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    python = f'requires-python = "==3.{sys.version_info.minor}.*"\n'
    written(
        archcheck,
        **{
            "pyproject.toml": f'[project]\nname = "app"\nversion = "1"\n{python}'
            'dependencies = ["service", "old"]\n[tool.uv.workspace]\nmembers = ["libs/*"]\n'
            "[tool.uv.sources]\nservice = { workspace = true }\n",
            "libs/service/pyproject.toml": f'{build}[project]\nname = "service"\nversion = "1"\n{python}'
            'dependencies = ["bare"]\n',
            "libs/service/backend.py": f"METADATA = {core_metadata('service', '1.0')!r}\n{BACKEND}",
            "app.py": "",
        },
    )
    archcheck.environ |= {"UV_DEFAULT_INDEX": archcheck.index_url}
    run(archcheck, f"uv lock --no-python-downloads --python {sys.executable}")
    audit = audited(archcheck, "uv.lock")
    assert audit.surroundings is not None
    assert (audit.surroundings.local, audit.surroundings.packaged) == (("libs/service/",), False)
    done = run_all(archcheck, audit)
    assert done.returncode == 0, done.stderr
    assert packed(archcheck.folder) >= {"app.py", "service.py", "old/_core.so", "bare/_core.so"}
