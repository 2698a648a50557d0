"""The version of a project that keeps it in another of its files, where that file states it as plain text.

setuptools (`attr`, `file`) and hatchling (`path`) are followed as far as can be without running anything;
versions made of a checkout's tags are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from archcheck.files import open_regular
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_SOURCE = 1024 * 1024
_CFG = re.compile(r"^version\s*=\s*(attr|file):\s*(\S+)", re.MULTILINE)
_HATCH = "__version__|VERSION"


def dynamic_version(folder: Path, pyproject: str | None, setup_cfg: str | None) -> Version | None:
    """Return the version that the project in *folder* reads from one of its own files, else None."""
    for path, name in (*_of_pyproject(pyproject or ""), *_of_setup_cfg(setup_cfg or "")):
        text = _read(folder, path)
        if text is None:
            continue
        pattern = rf"^(?:{name})\s*(?::[^=\n]*)?=\s*(['\"])v?([^'\"\n]+)\1"
        found = re.search(pattern, text, re.MULTILINE) if name else None
        stated = text.strip() if not name else found[2] if found else ""
        try:
            return Version(stated)
        except InvalidVersion:
            continue
    return None


def _of_pyproject(text: str) -> Iterator[tuple[str, str]]:
    """Yield the files, and the name in each (none: the whole file), that pyproject.toml sends to."""
    try:
        tool: Any = parse_toml(text).get("tool", {})
        stated = tool.get("setuptools", {}).get("dynamic", {}).get("version", {})
        path = tool.get("hatch", {}).get("version", {}).get("path")
        attribute, file = stated.get("attr"), stated.get("file")
    except (ValueError, AttributeError):
        return
    if isinstance(attribute, str):
        yield from _modules(attribute)
    if isinstance(file, str):
        yield file, ""
    if isinstance(path, str):
        yield path, _HATCH


def _of_setup_cfg(text: str) -> Iterator[tuple[str, str]]:
    found = _CFG.search(text)
    if found is not None and found[1] == "attr":
        yield from _modules(found[2])
    elif found is not None:
        yield found[2], ""


def _modules(attribute: str) -> Iterator[tuple[str, str]]:
    module, _, name = attribute.rpartition(".")
    if module and name.isidentifier():
        path = module.replace(".", "/")
        for place in (path, f"src/{path}"):
            yield f"{place}/__init__.py", name
            yield f"{place}.py", name


def _read(folder: Path, path: str) -> str | None:
    """Return the text of a file inside *folder*, None where there is none of a sensible size."""
    try:
        place = (folder / path).resolve()
        if not place.is_relative_to(folder.resolve()) or place.stat().st_size > _MAX_SOURCE:
            return None
        with open_regular(str(place)) as file:
            return file.read(_MAX_SOURCE).decode()
    except (OSError, ValueError):
        return None
