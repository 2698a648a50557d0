"""What kind of input a text is, where no file name tells: standard input, and names such as `a.toml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.files import STDIN, absolute
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from archcheck.files import Files

_TABLE = re.compile(rb"^\s*\[{1,2}[A-Za-z_\"'][^\n]*\]\s*(?:#[^\n]*)?$|^lock-version\s*=", re.MULTILINE)
_SECTION = re.compile(rb"^\[(?:options|metadata)(?:\.[a-z_]+)?\]\s*$", re.MULTILINE)
_CONDA = re.compile(rb"^dependencies\s*:", re.MULTILINE)
_SETUP = re.compile(rb"^(?:from|import)\s+(?:setuptools|distutils)\b", re.MULTILINE)
_SAMPLE: Final = 64 * 1024


def sniff(path: str, *, files: Files, cwd: str) -> str:
    """Return the kind of the text at *path*; `requirements` where nothing else fits, or it cannot be read."""
    try:
        data = files.read(path if path == STDIN else absolute(cwd, path))
    except (OSError, ValueError):
        return "requirements"  # whose reader says what is wrong
    sample = data[:_SAMPLE]
    if _TABLE.search(sample) and (kind := _toml_kind(data)):
        return kind
    signs = {
        "pipfile-lock": sample.lstrip().startswith(b"{") and b'"_meta"' in sample,
        "setup-cfg": _SECTION.search(sample),
        "conda": _CONDA.search(sample),
        "setup-py": _SETUP.search(sample) and b"setup(" in data,
    }
    return next((kind for kind, sign in signs.items() if sign), "requirements")


def _toml_kind(data: bytes) -> str | None:
    try:
        table = parse_toml(data.decode())
    except ValueError:
        return "pyproject" if b"[project]" in data else None
    metadata = _table(table, "metadata")
    signs = {
        "pylock": "lock-version" in table,
        "pdm": "lock_version" in metadata,
        "poetry": "lock-version" in metadata or ("package" in table and "content-hash" in metadata),
        "uv": "package" in table and "version" in table,
        "pyproject": {"project", "tool", "build-system", "dependency-groups"} & table.keys(),
        "pipfile": {"packages", "dev-packages"} & table.keys(),
    }
    return next((kind for kind, sign in signs.items() if sign), None)


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}
