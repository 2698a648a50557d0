"""A project that is a member of a uv or PDM workspace is installed from its lock, and read from that."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.files import absolute, beside
from archcheck.inputs.parsing.messages import a_few, escaped, shown
from archcheck.inputs.parsing.toml_documents import read_toml
from archcheck.inputs.pyproject.uv_workspace import (
    MAX_PATTERNS,
    at,
    folders_above,
    members,
    pyproject_in,
    workspace_of,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document

_LOCK, _PDM_LOCK = "uv.lock", "pdm.lock"


class Member(Struct, frozen=True, kw_only=True):
    """What is read for a member: `path`, as the user would spell it, and what to say about that.

    `package` is its name where that is the workspace's lock, empty where it is its own pyproject.toml.
    """

    path: str
    package: str = ""
    note: str | None = None


def member_at(path: str, package: str, *, files: Files, cwd: str) -> Member | None:
    """Return what is read for the pyproject.toml at *path*; None where that is just the file itself.

    Where a *package* is named, it is for the member of that name of the workspace that the file belongs to;
    raises InputError where there is none.
    """
    try:
        document = read_toml(path, files=files, cwd=cwd, expected="a pyproject.toml file")
    except InputError:
        return None  # its reader says what is wrong with it
    if (found := _of_pdm(path, package, document, files, cwd)) is not None:
        return found
    workspace = workspace_of(document.folder, document.table, files)
    name = _named(package, document, files) if package else None
    folder, own = name or (document.folder, at(document.table, "project").get("name"))
    root = workspace.folder if workspace is not None else document.folder
    if not isinstance(own, str) or (folder == root and not package):
        return None
    lock = beside(path, os.path.relpath(absolute(root, _LOCK), document.folder))
    manifest = beside(path, os.path.relpath(absolute(folder, "pyproject.toml"), document.folder))
    if not files.is_file(absolute(cwd, lock)):
        return Member(path=manifest) if package else None
    if not _has(absolute(cwd, lock), canonicalize_name(own), files):
        note = f"{escaped(lock)} has no {shown(own)}, a member of its workspace: read without it; lock again"
        return Member(path=manifest, note=note)
    said = f"{escaped(manifest)} is read from {escaped(lock)}, locked for the workspace"
    return Member(path=lock, package=canonicalize_name(own), note=said)


def _of_pdm(path: str, package: str, document: Document, files: Files, cwd: str) -> Member | None:
    """Return the lock of the PDM workspace that *document* belongs to (PDM 2.28); None where there is none.

    PDM itself always installs the workspace as a whole, by the lock of its root.
    """
    folder = document.folder
    own = at(document.table, "project").get("name")
    for root in (folder, *folders_above(folder, files)):
        table = document.table if root == folder else pyproject_in(root, files)
        patterns = at(table or {}, "tool", "pdm", "workspace").get("members")
        if not isinstance(patterns, list):
            continue
        is_meant = package if root == folder else _matches(os.path.relpath(folder, root), patterns)
        name = package or (own if isinstance(own, str) else "")
        lock = beside(path, os.path.relpath(absolute(root, _PDM_LOCK), folder))
        if not (is_meant and name and files.is_file(absolute(cwd, lock))):
            continue
        if package or _has(absolute(cwd, lock), canonicalize_name(name), files):
            said = f"{shown(name)} is read from {escaped(lock)}, locked for the workspace"
            note = f"{said}; PDM installs all of it"
            return Member(path=lock, package=canonicalize_name(name), note=note)
    return None


def _matches(folder: str, patterns: list[object]) -> bool:
    """Return whether one of *patterns* names *folder*: a `*` is for one level."""
    parts = PurePath(folder).parts
    wanted = (PurePath(each).parts for each in patterns[:MAX_PATTERNS] if isinstance(each, str))
    return any(len(each) == len(parts) and all(map(fnmatchcase, parts, each)) for each in wanted)


def _named(package: str, document: Document, files: Files) -> tuple[str, str]:
    """Return the folder and the name of the member that is called *package*."""
    found = members(document, files)
    folder = next((place for name, place in found.items() if name == package), None)
    if folder is None:
        known = a_few(found)
        document.refuse(f"no member of the workspace is called {shown(package)}; expected one of: {known}")
    return folder, package


def _has(lock: str, name: NormalizedName, files: Files) -> bool:
    """Return whether the text of the *lock* has a package of this *name*; its reader says what is no text."""
    try:
        text = files.read(lock).decode(errors="replace")
    except (OSError, ValueError):
        return True
    return (
        re.search(rf"""^[ \t]*name[ \t]*=[ \t]*["']{re.escape(name)}["']""", text, re.MULTILINE) is not None
    )
