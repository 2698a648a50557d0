"""What people keep their dependencies in: one module a format, each from text to `Manifest`."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from archcheck.errors import InputError
from archcheck.inputs.files import Disk, Files
from archcheck.inputs.lines import escaped, shown
from archcheck.inputs.requirements import read_constraints, read_requirements
from archcheck.manifest import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcheck.lock import Lock
    from archcheck.manifest import Manifest

__all__ = ["READERS", "Disk", "Files", "kind_of", "read_constraints", "read_input"]


def _late(module: str, reader: str) -> Callable[..., Manifest | Lock]:
    """Return *reader*, its module imported when it is called: a requirements file needs no msgspec."""

    def read(path: str, **given: Any) -> Manifest | Lock:
        found: Manifest | Lock = getattr(import_module(f"archcheck.inputs.{module}"), reader)(path, **given)
        return found

    return read


READERS: Final[Mapping[str, Callable[..., Manifest | Lock]]] = {
    "requirements": read_requirements,
    "uv": _late("uv_lock", "read_uv_lock"),
    "pylock": _late("pylock", "read_pylock"),
    "pyproject": _late("pyproject", "read_pyproject"),
    "environment": _late("environment", "read_environment"),
    "conda": _late("conda", "read_conda"),
    "setup-cfg": _late("setup_cfg", "read_setup_cfg"),
    "setup-py": _late("setup_py", "read_setup_py"),
}

# By the file's name or, where no name fits, by its suffix; all else is read as a requirements file.
_NAMES: Final[Mapping[str, str]] = {
    "pyproject.toml": "pyproject",
    "uv.lock": "uv",
    "poetry.lock": "poetry",
    "pdm.lock": "pdm",
    "pylock.toml": "pylock",
    "pipfile": "pipfile",
    "pipfile.lock": "pipfile-lock",
    "setup.py": "setup-py",
    "setup.cfg": "setup-cfg",
    "environment.yml": "conda",
    "environment.yaml": "conda",
    "package.json": "npm",
}
_SUFFIXES: Final[Mapping[str, str]] = {
    ".toml": "toml",
    ".lock": "lock",
    ".json": "json",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".py": "python",
    ".whl": "wheel",
    ".zip": "archive",
    ".gz": "archive",
}


def kind_of(path: str) -> str:
    """Return the kind of the input at *path*, as its name tells it; `requirements` where it tells nothing."""
    name = PurePath(path).name.lower()
    if name.startswith("pylock.") and name.endswith(".toml"):
        return "pylock"
    return _NAMES.get(name) or _SUFFIXES.get(PurePath(name).suffix, "requirements")


def read_input(
    path: str,
    kind: str | None = None,
    *,
    environ: Mapping[str, str],
    cwd: str,
    files: Files | None = None,
    selection: Selection | None = None,
) -> Manifest | Lock:
    """Return the manifest or lock at *path*, read as *kind* or as what its name tells.

    *selection* says which extras and groups are meant; none by default.
    Raises InputError where it cannot be read, and for kinds that have no reader.
    """
    kind = kind or kind_of(path)
    reader = READERS.get(kind)
    if reader is None:
        known = ", ".join(sorted(READERS))
        message = f"input of the kind {shown(kind)} is not supported yet; expected one of: {known}"
        raise InputError(message, path=escaped(path))
    chosen = selection or Selection()
    return reader(path, files=files or Disk(), environ=environ, cwd=cwd, selection=chosen)
