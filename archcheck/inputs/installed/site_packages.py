"""Where an environment keeps its distributions, and which Python it is for, told by paths alone."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.files import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.files import Files

_VERSION = re.compile(r"python(3\.[0-9]{1,2})t?(?:\.exe)?$")
_SITE_NAMES = ("site-packages", "dist-packages")
_SYSTEM = re.compile(r"^include-system-site-packages\s*=\s*true", re.IGNORECASE | re.MULTILINE)
_CONFIG_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(3\.[0-9]{1,2})\b", re.MULTILINE)
_MAX_CONFIG = 64 * 1024


class Site(Struct, frozen=True, kw_only=True):
    """The folders that hold distributions, first on sys.path first; `python` is such as `3.12`, or empty."""

    folders: tuple[str, ...]
    python: str = ""
    limits: tuple[str, ...] = ()


def is_environment(folder: str, files: Files) -> bool:
    """Return whether *folder* is a virtual environment or holds distributions itself."""
    return files.is_file(absolute(folder, "pyvenv.cfg")) or holds_distributions(folder)


def holds_distributions(folder: str) -> bool:
    """Return whether *folder* is one where installers put distributions, by its name."""
    return PurePath(folder).name in _SITE_NAMES


def find_sites(path: str, files: Files) -> Site:
    """Return the folders for *path*: an interpreter, the root of an environment, or such a folder itself."""
    if files.is_folder(path):
        prefix, named = path, ""
    else:
        prefix, named = absolute(path, "../.."), _version_in(PurePath(path).name)
    config = _config(prefix, files)
    stated = _CONFIG_VERSION.search(config)
    python = named or (stated[1] if stated else "")
    folders = tuple(_folders(prefix, python, files))
    if not folders and files.is_folder(path):
        folders = (path,)
    pythons = {
        version for folder in folders for part in PurePath(folder).parts if (version := _version_in(part))
    }
    limits: tuple[str, ...] = ()
    if _SYSTEM.search(config):
        limits = ("the environment also sees its base Python's packages, which were not read",)
    elif not python and len(pythons) > 1:
        limits = (f"packages of several Pythons are there: {', '.join(sorted(pythons))}",)
    return Site(folders=folders, python=python or (min(pythons) if len(pythons) == 1 else ""), limits=limits)


def _config(prefix: str, files: Files) -> str:
    try:
        return files.read(absolute(prefix, "pyvenv.cfg"))[:_MAX_CONFIG].decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _folders(prefix: str, python: str, files: Files) -> Iterator[str]:
    """Yield the folders below *prefix*: POSIX's and Debian's for each Python (or for *python*), Windows'."""
    for lib in ("lib", "local/lib", "lib64"):
        for name in files.entries(absolute(prefix, lib)):
            if _version_in(name) in ({python} if python else {_version_in(name)} - {""}):
                yield from _existing(f"{prefix}/{lib}/{name}", files)
    yield from _existing(f"{prefix}/lib/python3", files)
    yield from _existing(f"{prefix}/Lib", files)


def _existing(parent: str, files: Files) -> Iterator[str]:
    for name in _SITE_NAMES:
        folder = absolute(parent, name)
        if files.is_folder(folder):
            yield folder


def _version_in(name: str) -> str:
    found = _VERSION.fullmatch(name)
    return found[1] if found else ""
