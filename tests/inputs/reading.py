"""Requirements files in memory, and what is read of them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import pytest

from archcheck.errors import InputError
from archcheck.files import Node
from archcheck.inputs.requirements.reader import read_requirements
from archcheck.manifest.manifest import IndexSource, Manifest, PathSource, UrlSource, VcsSource

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Requirement


class FakeFiles:
    """Files in memory; serves what it was given and nothing else."""

    def __init__(self, files: dict[str, bytes | str], folders: set[str] = frozenset()) -> None:
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self._folders = folders

    def read(self, path: str) -> bytes:
        if path in self._folders:
            raise IsADirectoryError(21, "Is a folder", path)
        if path not in self._files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self._files[path]

    def is_file(self, path: str) -> bool:
        return path in self._files

    def is_folder(self, path: str) -> bool:
        return path in self._folders or any(file.startswith(f"{path}/") for file in self._files)

    def entries(self, path: str) -> tuple[str, ...]:
        inside = {file.removeprefix(f"{path}/") for file in self._files if file.startswith(f"{path}/")}
        return tuple(sorted({name.partition("/")[0] for name in inside}))

    def look(self, path: str) -> Node:
        if path in self._files:
            return Node("file", len(self._files[path]), real=path)
        if self.is_folder(path):
            return Node("folder", real=path)
        raise FileNotFoundError(2, "No such file or directory", path)

    def open(self, path: str) -> BinaryIO:
        return BytesIO(self.read(path))


def read(text: bytes | str, *, environ: dict[str, str] | None = None, **others: bytes | str) -> Manifest:
    files = {"/project/r.txt": text} | {f"/project/{name}": content for name, content in others.items()}
    return read_requirements("r.txt", files=FakeFiles(files), environ=environ or {}, cwd="/project")


def outcome(text: bytes | str, **others: dict[str, str]) -> Manifest | InputError:
    try:
        return read(text, **others)
    except InputError as error:
        return error


def refused(text: bytes | str, **others: bytes | str) -> str:
    with pytest.raises(InputError) as caught:
        read(text, **others)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def row(requirement: Requirement) -> dict[str, object]:
    source = requirement.source
    match source:
        case IndexSource():
            link = None
        case PathSource():
            link = source.path
        case UrlSource() | VcsSource():
            link = source.url
    return {
        "name": requirement.name,
        "extras": requirement.extras,
        "specifier": requirement.specifier,
        "marker": requirement.marker,
        "link": link,
        "editable": getattr(source, "editable", False),
        "hashes": set(requirement.hashes),
        "place": (requirement.location.path, requirement.location.line),
    }
