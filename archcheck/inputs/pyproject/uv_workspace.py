"""A uv workspace: which folder is its root, and which project is in which of its folders."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from msgspec import Struct
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
MAX_PATTERNS = 1_000
_MAX_ABOVE = 20  # folders from a member up to the root of its workspace


class Workspace(Struct, frozen=True, kw_only=True):
    """The absolute folder of its root, and what the pyproject.toml there says in `[tool.uv.workspace]`."""

    folder: str
    members: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def has(self, folder: str) -> bool:
        """Return whether the project in the absolute *folder* below the root is a member.

        A `*` stands for slashes as well, as it does for uv where it looks upwards.
        """
        inner = folder.removeprefix(f"{self.folder}/")
        return any(fnmatchcase(inner, each) for each in self.members) and not self.excludes(folder)

    def excludes(self, folder: str) -> bool:
        """Return whether *folder* is left out of the workspace by name."""
        inner = folder.removeprefix(f"{self.folder}/")
        return any(fnmatchcase(inner, each) for each in self.excluded)


def workspace_of(folder: str, table: Mapping[str, Any], files: Files) -> Workspace | None:
    """Return the workspace that the project in *folder* belongs to; None where it is on its own.

    *table* is its pyproject.toml. As for uv, the nearest project above decides: it has to be the root of a
    workspace that names this one. Nothing is read above the root of the git repository.
    """
    if (own := _stated(folder, table)) is not None:
        return own
    for above in folders_above(folder, files):
        outer = pyproject_in(above, files)
        if outer is not None:
            found = _stated(above, outer)
            return found if found is not None and found.has(folder) else None
    return None


def members(document: Document, files: Files) -> Mapping[NormalizedName, str]:
    """Return the absolute folder of each project in the workspace that *document* belongs to."""
    workspace = workspace_of(document.folder, document.table, files) or Workspace(folder=document.folder)
    return _members(workspace, files)  # type: ignore[arg-type]  # a Protocol is not known to have a hash


@lru_cache(maxsize=4)
def _members(workspace: Workspace, files: Files) -> Mapping[NormalizedName, str]:
    """Return the folders by name; they are asked for by one member after the other, of the same *files*."""
    found: dict[NormalizedName, str] = {}
    root = workspace.folder
    named = {root: None} | dict.fromkeys(
        path for pattern in workspace.members for path in _folders(root, pattern, files)
    )
    for path in list(named)[:MAX_MEMBERS]:
        if not workspace.excludes(path):
            name = at(pyproject_in(path, files) or {}, "project").get("name")
            if isinstance(name, str):
                found.setdefault(canonicalize_name(name), path)
    return found


def at(table: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return the table below *table* that *keys* lead to; an empty one where there is none."""
    value: Any = table
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _stated(folder: str, table: Mapping[str, Any]) -> Workspace | None:
    """Return the workspace whose root is *folder*, None where *table* has none."""
    if not isinstance(at(table, "tool", "uv").get("workspace"), dict):
        return None
    stated = at(table, "tool", "uv", "workspace")
    return Workspace(
        folder=folder, members=_patterns(stated.get("members")), excluded=_patterns(stated.get("exclude"))
    )


def folders_above(folder: str, files: Files) -> Iterator[str]:
    """Yield the folders above *folder*, nearest first, up to the root of its repository."""
    here = folder
    for above in list(PurePath(folder).parents)[:_MAX_ABOVE]:
        git = absolute(here, ".git")  # a file in a linked work tree
        if files.is_folder(git) or files.is_file(git):
            return
        here = str(above)
        yield here


def pyproject_in(folder: str, files: Files) -> Mapping[str, Any] | None:
    """Return the pyproject.toml in *folder*; None where there is none, an empty table for a broken one."""
    if not files.is_file(absolute(folder, "pyproject.toml")):
        return None
    try:
        return read_toml("pyproject.toml", files=files, cwd=folder, expected="a pyproject.toml").table
    except InputError:
        return {}


def _folders(folder: str, pattern: str, files: Files) -> Iterator[str]:
    """Yield the folders that *pattern* names; `*` stands for any name on its level, as in `packages/*`."""
    level = [folder]
    for part in PurePath(pattern).parts:
        if part == "**":
            level = _below(level, files)
        elif "*" in part or "?" in part or "[" in part:
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


def _below(folders: Iterable[str], files: Files) -> list[str]:
    """Return *folders* and all below them, as `**` means, but for hidden ones."""
    found = list(folders)
    for folder in found:  # which grows
        if len(found) > MAX_MEMBERS * 10:
            break
        inner = (absolute(folder, name) for name in files.entries(folder) if not name.startswith("."))
        found.extend(path for path in inner if files.is_folder(path))
    return found


def _patterns(value: Any) -> tuple[str, ...]:
    texts = [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
    return tuple(str(PurePath(each)) for each in texts[:MAX_PATTERNS])
