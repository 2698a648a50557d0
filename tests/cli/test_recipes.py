"""The recipes that reports print, as they stand: pip's lines are run, Dockerfiles are read line by line."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archcheck.report.json import from_json
from archcheck.report.sections.deployment import steps
from tests.cli.conftest import ARM, X86
from tests.cli.dockerfiles import build
from tests.loopback import Sdist
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import CommandLine
    from tests.loopback import Store

NEWER = "cp313-cp313-manylinux_2_28_aarch64"
POSTGRES = Sdist(
    names=("src/pg.c", "src/fast.rs"),
    texts={
        "setup.py": "from setuptools import setup, Extension\n"
        "pg = 'pg_config'\nsetup(ext_modules=[Extension('pg', ['src/pg.c'], libraries=['odd'])])"
    },
)


@pytest.fixture
def store(store: Store) -> Store:
    """Return the index with an sdist that takes compilers, libpq and a library of which nobody knows."""
    store.add("pg", "1.0", sdist=POSTGRES)
    return store


def commands(archcheck: CommandLine, *arguments: str) -> dict[str, str]:
    """Return the printed commands by the titles of their steps."""
    (audit,) = from_json(archcheck("--json", *arguments).out).audits
    return {step.title: step.command for step in steps(audit)}


def stages(dockerfile: str) -> list[list[str]]:
    """Return the stages of a Dockerfile, each a list of instructions; anything else in it is a mistake."""
    found: list[list[str]] = []
    for line in dockerfile.splitlines():
        assert line.split()[0] in {"FROM", "RUN", "WORKDIR", "COPY", "CMD", "#"}
        if line.startswith("FROM "):
            found.append([])
        found[-1].append(line)
    return found


def test_pip_installs_the_set_for_arm64_on_this_machine(archcheck: CommandLine, store: Store) -> None:
    store.add("newer", "1.0", wheels=[NEWER, "cp313-cp313-manylinux_2_28_x86_64"])
    archcheck.write("requirements.txt", "ready\nnewer\n")
    line = commands(archcheck)["Install for arm64, never for the machine you sit at"]
    words = shlex.split(line.replace("\\\n", " "))
    assert words[0] == "python3.13"
    done = subprocess.run(
        [sys.executable, *words[1:], "--no-cache-dir", "--disable-pip-version-check"],
        cwd=archcheck.folder,
        env={**archcheck.surroundings(), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tags = {
        path.parent.name.partition("-")[0]: path.read_text().splitlines()[-1]
        for path in archcheck.folder.glob("package/*.dist-info/WHEEL")
    }
    assert tags == {"newer": f"Tag: {NEWER}", "ready": f"Tag: {ARM}", "pure": "Tag: py3-none-any"}


@pytest.mark.parametrize(
    ("target", "image", "packages", "to"),
    [
        (
            "debian12:python3.13",
            "python:3.13-slim-bookworm",
            (
                "apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev g++ cargo libpq-dev",
                "apt-get update && apt-get install -y --no-install-recommends libpq5",
            ),
            ("--prefix", "/usr/local/"),
        ),
        (
            "alpine3.22:python3.13",
            "python:3.13-alpine3.22",
            (
                "apk add --no-cache gcc musl-dev g++ cargo postgresql-dev",
                "apk add --no-cache libstdc++ libpq",
            ),
            ("--prefix", "/usr/local/"),
        ),
        (
            "lambda:python3.13",
            "public.ecr.aws/lambda/python:3.13-arm64",
            (
                "dnf install -y gcc gcc-c++ cargo libpq-devel",
                "dnf install -y libpq",
            ),
            ("--target", "${LAMBDA_TASK_ROOT}/"),
        ),
    ],
)
def test_what_is_compiled_is_compiled_in_a_stage_that_has_what_it_takes(
    archcheck: CommandLine, target: str, image: str, packages: tuple[str, str], to: tuple[str, str]
) -> None:
    archcheck.write("requirements.txt", "pg\n")
    found = commands(archcheck, "--target", target)
    (dockerfile,) = (text for text in found.values() if text.startswith("FROM "))
    first, last = stages(dockerfile)
    workdir = [] if target.startswith("lambda") else ["WORKDIR /app"]
    assert first == [
        f"FROM {image} AS build",
        f"RUN {packages[0]}",
        *workdir,
        "COPY requirements.txt ./",
        f"RUN pip install --no-cache-dir {to[0]} /packages -r requirements.txt",
    ]
    copied = f"COPY --from=build /packages/ {to[1]}"
    assert last[: 3 + len(workdir)] == [f"FROM {image}", f"RUN {packages[1]}", *workdir, copied]
    (audit,) = from_json(archcheck("--json", "--target", target).out).audits
    assert any("libodd with its headers: add what brings that" in step.text for step in steps(audit))


@pytest.mark.parametrize("target", ["debian12:python3.13", "lambda:python3.13"])
def test_wheels_take_one_stage_and_no_compiler(archcheck: CommandLine, target: str) -> None:
    archcheck.write("requirements.txt", "ready\n")
    found = commands(archcheck, "--target", target)
    (dockerfile,) = (text for text in found.values() if text.startswith("FROM "))
    ((_, *lines),) = stages(dockerfile)
    assert "RUN pip install --no-cache-dir -r requirements.txt" in lines
    assert "gcc" not in dockerfile


def test_an_image_that_was_asked_for_is_all_that_is_told(archcheck: CommandLine) -> None:
    archcheck.write("requirements.txt", "ready\n")
    assert list(commands(archcheck, "--ship", "image")) == [
        "Write a Dockerfile",
        "Build for arm64 and push",
        "Switch the function",
    ]
    assert X86 not in "".join(commands(archcheck, "--ship", "image").values())


@pytest.mark.parametrize(
    ("name", "script"), [("pg", "dnf install -y gcc gcc-c++ cargo libpq-devel && "), ("plain", "")]
)
def test_the_runtimes_own_image_gets_a_compiler_where_one_is_needed(
    archcheck: CommandLine, store: Store, name: str, script: str
) -> None:
    store.add("plain", "1.0", sdist=Sdist(names=("plain.py",)))
    archcheck.write("requirements.txt", f"{name}\n")
    line = commands(archcheck)["Install in the runtime\u2019s own image, with the arm64 tag"]
    words = shlex.split(line.replace("\\\n", " "))
    image = words.index("public.ecr.aws/lambda/python:3.13-arm64")
    assert words[:2] == ["docker", "run"]
    assert words[words.index("--platform") + 1] == "linux/arm64"
    install = "install -r requirements.txt --target package"
    program, rest = words[words.index("--entrypoint") + 1], words[image + 1 :]
    assert (program, rest) == (
        ("sh", ["-c", f"{script}pip {install}"]) if script else ("pip", install.split())
    )


PACKAGE = '[project]\nname = "service"\nversion = "1"\ndependencies = ["ready"]\n'
BACKEND = '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
POETRY = "[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\nready = '1.0'\n"
TO_FOLDER, EXPORT = "Go to the folder that holds all of it", "Write the set down for pip"


@pytest.mark.parametrize(
    ("named", "files", "copied"),
    [
        pytest.param(
            "requirements.txt",
            {"requirements.txt": "ready\n", "src/app.py": "", "setup.py": ""},
            {"requirements.txt", "app.py"},
            id="handlers in src",
        ),
        pytest.param(
            "requirements.txt",
            {"requirements.txt": "ready\n", "app.py": "", "handlers/a.py": "", "tests/test_a.py": ""},
            {"requirements.txt", "app.py", "handlers/a.py"},
            id="handlers beside it",
        ),
        pytest.param(
            "requirements.txt",
            {"requirements.txt": "ready\n", "src/__init__.py": "", "src/app.py": ""},
            {"requirements.txt", "src/__init__.py", "src/app.py"},
            id="src is the package",
        ),
        pytest.param(
            "../a/src/needs.txt",
            {"../a/src/needs.txt": "ready\n", "../a/src/app.py": ""},
            {"needs.txt", "app.py"},
            id="elsewhere",
        ),
        pytest.param(
            "requirements/prod.in",
            {
                "requirements/prod.in": "-r base.in\n-c ../limits/all.txt\n",
                "requirements/base.in": "ready\n",
                "limits/all.txt": "ready<2\n",
                "app.py": "",
            },
            {"requirements/prod.in", "requirements/base.in", "limits/all.txt", "app.py"},
            id="includes through folders",
        ),
        pytest.param(
            "my needs.txt",
            {"my needs.txt": "ready\n--find-links wheels\n", "wheels/note.txt": "", "a b.py": ""},
            {"my needs.txt", "wheels/note.txt", "a b.py"},
            id="names with spaces, and find-links",
        ),
        pytest.param(
            "pyproject.toml",
            {"pyproject.toml": PACKAGE + BACKEND, "src/service/__init__.py": ""},
            {"pyproject.toml", "src/service/__init__.py"},
            id="a package",
        ),
        pytest.param(
            "pyproject.toml",
            {"pyproject.toml": PACKAGE, "app.py": ""},
            {"requirements.txt", "app.py"},
            id="no package: nothing builds it",
        ),
        pytest.param(
            "pyproject.toml",
            {"pyproject.toml": f"{PACKAGE}{BACKEND}[tool.uv]\npackage = false\n", "app.py": ""},
            {"requirements.txt", "app.py"},
            id="no package: uv",
        ),
        pytest.param(
            "pyproject.toml",
            {"pyproject.toml": f"{PACKAGE}{BACKEND}[tool.pdm]\ndistribution = false\n", "app.py": ""},
            {"requirements.txt", "app.py"},
            id="no package: PDM",
        ),
        pytest.param(
            "pyproject.toml",
            {"pyproject.toml": POETRY + BACKEND, "app.py": ""},
            {"requirements.txt", "app.py"},
            id="no package: Poetry",
        ),
        pytest.param(
            "setup.cfg",
            {
                "setup.cfg": "[metadata]\nname = service\n[options]\ninstall_requires = ready\n",
                "service.py": "",
            },
            {"setup.cfg", "service.py"},
            id="setup.cfg",
        ),
    ],
)
def test_what_a_dockerfile_copies_is_there_and_enough(
    archcheck: CommandLine, tmp_path: Path, *, named: str, files: dict[str, str], copied: set[str]
) -> None:
    archcheck.folder = archcheck.folder / "project"
    archcheck.folder.mkdir()
    for path, text in files.items():
        (archcheck.folder / path).parent.mkdir(parents=True, exist_ok=True)
        archcheck.write(path, text)
    both = ("--target", "debian12:python3.13", "--target", "lambda:python3.13")
    for audit in from_json(archcheck("--json", "--no-cache", named, *both).out).audits:
        found = {step.title: step.command for step in steps(audit)}
        folder = archcheck.folder / found.get(TO_FOLDER, "cd .").removeprefix("cd ")
        if EXPORT in found:  # by a tool that not every machine has
            assert "requirements.txt" in found[EXPORT]
            (folder / "requirements.txt").write_text("ready\n")
        (dockerfile,) = (text for text in found.values() if text.startswith("FROM "))
        image = tmp_path / "images" / audit.target.id
        build(dockerfile, folder, image)
        there = (path for path in image.rglob("*") if path.is_file())
        assert {path.relative_to(image / "stage-0").as_posix() for path in there} == copied


@pytest.mark.parametrize("pin", ["stuck==1.0", "stuck>=1,<2"])
def test_the_compiler_goes_with_what_the_plan_moves(archcheck: CommandLine, store: Store, pin: str) -> None:
    """On both architectures 1.0 is compiled, so that nothing is in the way; 2.0 has wheels for a newer glibc."""
    store.add("stuck", "1.0", sdist=POSTGRES)
    store.add("stuck", "2.0", wheels=[NEWER, "cp313-cp313-manylinux_2_28_x86_64"])
    archcheck.write("requirements.txt", f"{pin}\n")
    (audit,) = from_json(archcheck("--json").out).audits
    assert [change.to for change in audit.plans[0].changes] == ["2.0"]
    (then,) = audit.plans[0].result.then
    assert (then.package, then.result.version, then.result.file) == ("stuck", "2.0", f"stuck-2.0-{NEWER}.whl")
    found = {step.title: step.command for step in steps(audit)}
    assert "gcc" not in "".join(found.values())
    assert "--platform manylinux_2_28_aarch64" in found["Install for arm64, never for the machine you sit at"]


FUNCTION = """\
  {name}:
    Type: AWS::Serverless::{kind}
    Properties:
      {where}: {folder}
      Runtime: python3.13
      Handler: app.handler
"""


def test_of_a_repository_the_code_is_where_its_function_says(archcheck: CommandLine) -> None:
    """Two functions share the requirements beside the template; one has its own, and a layer as well."""
    (archcheck.folder / ".git").mkdir()
    functions = (("One", "one/"), ("Two", "two/"), ("Three", "three/"))
    archcheck.write(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n"
        + "".join(
            FUNCTION.format(name=name, kind="Function", where="CodeUri", folder=folder)
            for name, folder in functions
        )
        + "  Shared:\n    Type: AWS::Serverless::LayerVersion\n    Properties:\n      ContentUri: layer/\n"
        "      CompatibleRuntimes: [python3.13]\n    Metadata:\n      BuildMethod: python3.13\n",
    )
    for path in ("requirements.txt", "three/requirements.txt", "layer/requirements.txt"):
        (archcheck.folder / path).parent.mkdir(exist_ok=True)
        archcheck.write(path, "ready\n")
    for _, folder in functions:
        (archcheck.folder / folder).mkdir(exist_ok=True)
        archcheck.write(f"{folder}app.py", "")
    report = from_json(archcheck("--json", ".").out)
    found = {audit.input.path: {step.title: step.command for step in steps(audit)} for audit in report.audits}
    shared, own = found["requirements.txt"], found["three/requirements.txt"]
    assert "# Each function has code of its own: one/, two/." in shared["Pack and measure"]
    assert own[TO_FOLDER] == "cd three"
    assert "zip -qr function.zip app.py" in own["Pack and measure"]
    assert "Publish the layer, and give it to the function" in found["layer/requirements.txt"]
    one = [audit for audit in report.audits if audit.input.path == "requirements.txt"]
    assert [audit.surroundings.choices for audit in one if audit.surroundings] == [("one/", "two/")]
