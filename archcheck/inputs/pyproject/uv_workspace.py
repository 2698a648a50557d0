"""The members of a uv workspace: which project is in which folder."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.files import absolute
from archcheck.inputs.parsing.toml_documents import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document

MAX_MEMBERS = 500
_MAX_ABOVE = 20  # folders from a member up to the root of its workspace


def members(document: Document, files: Files) -> dict[NormalizedName, str]:
    """Return the absolute folder of each project in the workspace that *document* belongs to."""
    folder, table = _root(document, files)
    stated = _at(table, "tool", "uv", "workspace")
    excluded = _texts(stated.get("exclude"))
    found: dict[NormalizedName, str] = {}
    named = {folder: None} | dict.fromkeys(
        path for pattern in _texts(stated.get("members")) for path in _folders(folder, pattern, files)
    )
    for path in list(named)[:MAX_MEMBERS]:
        relative = path.removeprefix(f"{folder}/")
        if not any(fnmatchcase(relative, pattern) for pattern in excluded):
            name = _at(_pyproject(path, files) or {}, "project").get("name")
            if isinstance(name, str):
                found.setdefault(canonicalize_name(name), path)
    return found


def _root(document: Document, files: Files) -> tuple[str, Mapping[str, Any]]:
    """Return the nearest folder upwards whose pyproject.toml has a workspace, else the document's own."""
    table: Mapping[str, Any] | None = document.table
    folder = PurePath(document.folder)
    for above in (folder, *folder.parents)[:_MAX_ABOVE]:
        table = document.table if above == folder else _pyproject(str(above), files)
        if table is not None and _at(table, "tool", "uv", "workspace"):
            return str(above), table
    return document.folder, document.table


def _pyproject(folder: str, files: Files) -> Mapping[str, Any] | None:
    if not files.is_file(absolute(folder, "pyproject.toml")):
        return None
    try:
        return read_toml("pyproject.toml", files=files, cwd=folder, expected="a pyproject.toml").table
    except InputError:
        return None


def _folders(folder: str, pattern: str, files: Files) -> Iterator[str]:
    """Yield the folders that *pattern* names; `*` stands for any name on its level, as in `packages/*`."""
    level = [folder]
    for part in PurePath(pattern).parts:
        if "*" in part or "?" in part:
            level = [
                absolute(above, name)
                for above in level
                for name in files.entries(above)
                if fnmatchcase(name, part) and not name.startswith(".")
            ]
        else:
            level = [absolute(above, part) for above in level]
        level = level[: MAX_MEMBERS * 10]
    yield from (path for path in level if files.is_folder(path))


def _at(table: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    value: Any = table
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> Iterable[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()
