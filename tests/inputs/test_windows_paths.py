"""Paths as Windows has them: the modules get Windows' own path functions, which answer alike on every host."""

from __future__ import annotations

import ntpath
from pathlib import PureWindowsPath
from types import SimpleNamespace

import pytest

from archcheck import files, inputs
from archcheck.inputs import discovery, kind_of, read_input
from archcheck.settings import file as settings


@pytest.fixture(autouse=True)
def _windows(monkeypatch):
    for module in (inputs, discovery, settings):
        monkeypatch.setattr(module, "PurePath", PureWindowsPath)
    monkeypatch.setattr(files, "os", SimpleNamespace(path=ntpath))


class Folder:
    """Files by their absolute Windows path; nothing else is there."""

    def __init__(self, **texts):
        self._texts = {f"C:\\proj\\{name}": text for name, text in texts.items()}

    def read(self, path):
        try:
            return self._texts[path].encode()
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    def is_file(self, path):
        return path in self._texts

    def is_folder(self, path):
        return any(name.startswith(f"{path}\\") for name in self._texts)

    def entries(self, path):
        return tuple(sorted(n.removeprefix(f"{path}\\") for n in self._texts if ntpath.dirname(n) == path))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("C:\\proj\\uv.lock", "uv"),
        ("..\\Pipfile.lock", "pipfile-lock"),
        ("C:/proj/poetry.lock", "poetry"),
        ("sub\\pylock.lambda.toml", "pylock"),
        ("sub\\requirements.txt", "requirements"),
        (".venv\\Scripts\\python.exe", "environment"),
        ("\\\\server\\share\\pyproject.toml", "pyproject"),
    ],
)
def test_the_kind_is_told_by_the_last_part(path, kind):
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("C:\\proj", "requirements.txt", "C:\\proj\\requirements.txt"),
        ("C:\\proj", "sub/../x.txt", "C:\\proj\\x.txt"),
        ("C:\\proj", "D:\\other\\x.txt", "D:\\other\\x.txt"),
        ("C:\\proj", "\\x.txt", "C:\\x.txt"),
        ("\\\\server\\share", "x.txt", "\\\\server\\share\\x.txt"),
    ],
)
def test_where_a_relative_path_leads(folder, path, expected):
    assert files.absolute(folder, path) == expected


def test_a_file_includes_another_with_either_slash():
    folder = Folder(
        **{
            "sub\\requirements.txt": "-r base.txt\n-r ../top.txt\n-r ./more/m.txt\na\n",
            "sub\\base.txt": "b\n",
        },
        **{"top.txt": "c\n", "sub\\more\\m.txt": "d\n"},
    )
    found = read_input("sub\\requirements.txt", environ={}, cwd="C:\\proj", files=folder)
    places = {line.name: (line.location.path, line.location.line) for line in found.requirements}
    assert places == {
        "b": ("sub\\base.txt", 1),
        "c": ("top.txt", 1),
        "d": ("sub\\more\\m.txt", 1),
        "a": ("sub\\requirements.txt", 4),
    }


def test_what_a_folder_holds_is_spelled_as_the_user_would():
    folder = Folder(**{"app\\requirements.txt": "a\n", "app\\readme.md": "x"})
    assert discovery.discover("app", files=folder, cwd="C:\\proj").path == "app\\requirements.txt"


@pytest.mark.parametrize(
    ("path", "found"),
    [("C:\\proj\\pyproject.toml", True), ("..\\PyProject.toml", True), ("x\\archcheck.toml", False)],
)
def test_where_settings_stand(path, found):
    assert settings.is_pyproject(path) is found
