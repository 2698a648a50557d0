"""Which file of a folder is read, and what a text without a name is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.inputs import _told, kind_of, read_input
from archcheck.inputs.discovery import discover
from archcheck.inputs.sniff import sniff

from .projects import project
from .reading import FakeFiles

LOCKS = Path(__file__).parents[2] / "fixtures/locks"
LOCK_NAMES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile"}
REAL = sorted(
    path
    for path in LOCKS.rglob("*")
    if path.name in LOCK_NAMES or (path.name.startswith("pylock.") and path.suffix == ".toml")
)
HOME = "/home/me/project"
ORDER = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "pylock.dev.toml",
    "Pipfile.lock",
    "pixi.lock",
    "requirements.txt",
    "requirements.lock",
    "requirements-dev.lock",
    "pyproject.toml",
    "Pipfile",
    "setup.py",
    "environment.yml",
    "environment.yaml",
    "tool.py.lock",
)
PROJECT = "[project]\nname = 'me'\n"


def found(*names: str, folder: str = ".", **texts: str) -> tuple[str, str | None, str | None]:
    there = FakeFiles({absolute(HOME, name): texts.get(name, PROJECT) for name in (*names, *texts)})
    chosen = discover(folder, files=there, cwd=HOME)
    return chosen.path, chosen.kind, chosen.note


def test_the_order() -> None:
    for place, name in enumerate(ORDER):
        path, kind, note = found(*reversed(ORDER[place:]))
        assert (path, kind) == (name, None)
        assert (note is None) == (place == len(ORDER) - 1)


def test_what_else_was_found_is_said() -> None:
    _, _, note = found("uv.lock", "requirements.txt", "pyproject.toml")
    assert note == (
        "chose uv.lock, which comes first in the order of search; also found: requirements.txt, pyproject.toml "
        "(to audit another, name it: archcheck requirements.txt)"
    )


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        ({"pyproject.toml": "[tool.ruff]\n", "setup.py": ""}, "setup.py"),
        ({"setup.cfg": "[flake8]\n", "setup.py": ""}, "setup.py"),
        ({"setup.cfg": "[options]\ninstall_requires = a\n", "setup.py": ""}, "setup.cfg"),
        ({"setup.cfg": "[options]\ninstall-requires = a\n", "setup.py": ""}, "setup.cfg"),
        ({"pyproject.toml": "[project.optional-dependencies]\n", "setup.py": ""}, "pyproject.toml"),
        ({"pyproject.toml": "[tool.poetry]\n", "Pipfile": ""}, "pyproject.toml"),
        ({"pylock.dev.toml": "", "requirements.txt": ""}, "pylock.dev.toml"),
    ],
)
def test_files_that_say_no_dependencies_are_passed_over(texts: dict[str, str], path: str) -> None:
    assert found(**texts)[0] == path


def test_folders_are_spelled_as_the_user_does() -> None:
    assert found("a/requirements.txt", folder="a")[0] == "a/requirements.txt"
    assert found("a/requirements.txt", folder=f"{HOME}/a/")[0] == f"{HOME}/a/requirements.txt"


def test_an_environment_yields_to_what_the_project_states() -> None:
    assert found("env/pyvenv.cfg", folder="env")[:2] == ("env", "environment")
    assert found("pyvenv.cfg", "requirements.txt")[:2] == ("requirements.txt", None)
    stray = "lib/site-packages/setup.py"
    assert found(stray, folder="lib/site-packages")[:2] == ("lib/site-packages", "folder")


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ((), "this folder has none of uv.lock, poetry.lock, "),
        (("requirements-dev.txt",), "there is requirements-dev.txt: name what you mean"),
        (("requirements/base.txt",), "there is requirements/base.txt: name what you mean"),
        (("b/uv.lock", "a.in", "requirements.in", "../x/y"), "there is requirements.in, b/uv.lock: name"),
        (("app/deep/uv.lock", "app/x.py"), "name a file, or - for standard input"),
        ((".venv/requirements.txt",), "name a file, or - for standard input"),
        (("../pyproject.toml", "../../uv.lock"), "there is ../pyproject.toml: name what you mean"),
    ],
)
def test_nothing_to_audit(names: tuple[str, ...], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        found(*names)
    assert hint in str(caught.value)


def test_the_note_reaches_the_manifest() -> None:
    manifest = project({"requirements.txt": "a", "setup.py": "x"}, ".")
    assert manifest.path == "requirements.txt"
    assert manifest.warnings[0].startswith("chose requirements.txt")


TEXTS = {
    "uv": "version = 1\nrevision = 3\n\n[[package]]\nname = 'a'\n",
    "poetry": "[[package]]\nname = 'a'\n\n[metadata]\nlock-version = '2.1'\ncontent-hash = 'x'\n",
    "pdm": "[metadata]\nlock_version = '4.5.0'\n\n[[package]]\nname = 'a'\n",
    "pylock": "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\n",
    "pyproject": PROJECT,
    "pipfile": "[[source]]\nurl = 'https://index.example/'\n[packages]\na = '*'\n",
    "pipfile-lock": '{\n "_meta": {"hash": {}}, "default": {}}',
    "conda": "name: x\ndependencies:\n  - pip\n",
    "setup-cfg": "[metadata]\nname = x\n[options]\ninstall_requires = a\n",
    "setup-py": "from setuptools import setup\nsetup(install_requires=['a'])\n",
    "requirements": "# c\na==1\n-e .\n-r b.txt\n./local[extra]\nc[d]>1 ; python_version < '3'\n",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_sniffing(kind: str) -> None:
    assert sniff("-", files=FakeFiles({"-": TEXTS[kind]}), cwd="/project") == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[project]\nname = \n", "pyproject"),
        ("  [project]\nname = \n", "pyproject"),
        ("a[project]\n", "requirements"),
        ("[[package]]\nname = 'a'\n[metadata]\ncontent-hash = 'x'\n", "poetry"),
        ("lock-version = '1.0'\n", "pylock"),
        ("[dev-packages]\n", "pipfile"),
        ("[build-system]\nrequires = []\n", "pyproject"),
        ("metadata = 'x'\n[package]\n", "requirements"),
        ("import distutils\ncall()\n", "requirements"),
        ('"""\ndependencies: few\n"""\nimport setuptools\nsetuptools.setup()\n', "setup-py"),
        (' \n{"default": {}, "_meta": {}}', "pipfile-lock"),
        ("[options.extras_require]\nx =\n  a\n", "setup-cfg"),
    ],
)
def test_what_is_enough_to_tell_a_format(text: str, kind: str) -> None:
    assert sniff("-", files=FakeFiles({"-": text}), cwd="/project") == kind


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.relative_to(LOCKS).as_posix())
def test_sniffing_real_locks(path: Path) -> None:
    assert sniff("-", files=FakeFiles({"-": path.read_bytes()}), cwd="/project") == kind_of(path.name)


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "[a", "\x00", "[x]", "dependencies", "é", "[" * 50_000, "\n" * 2**16]
)
def test_what_is_nothing_known_is_a_requirements_file(text: str) -> None:
    assert sniff("-", files=FakeFiles({"-": text}), cwd="/project") == "requirements"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [("env.yml", "conda", "conda"), ("lock.toml", "pylock", "pylock"), ("dev.py", "setup-py", "setup-py"),
     ("requirements.lock", "requirements", "requirements"), ("other.lock", "uv", "uv")],
)  # fmt: skip
def test_names_that_several_formats_share(name: str, text: str, kind: str) -> None:
    assert _told(name, FakeFiles({f"/project/{name}": TEXTS[text]}), "/project") == kind


def test_standard_input_is_read_once() -> None:
    class Once(FakeFiles):
        def read(self, path: str) -> bytes:
            data = super().read(path)
            self._files["-"] = b""
            return data

    for kind in ("requirements", "pyproject", "setup-cfg", "setup-py", "conda"):
        text = TEXTS[kind] if kind != "requirements" else "a==1\n"
        manifest = read_input("-", environ={}, cwd="/project", files=Once({"-": text}))
        assert (manifest.kind, manifest.path) == (kind, "-")
