"""What people keep their dependencies in: one module a format, each from text to `Manifest`. Internal."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from archcheck.errors import InputError
from archcheck.files import STDIN, Disk, Files, absolute
from archcheck.inputs.parsing.input_file import Remembering
from archcheck.inputs.parsing.lines import escaped, shown
from archcheck.manifest.manifest import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest, Requirement

__all__ = ["READERS", "Disk", "Files", "kind_of", "read_constraints", "read_input"]


def _late(module: str, reader: str) -> Callable[..., Any]:
    """Return *reader*, its module imported when it is called: most runs read one format."""

    def read(path: str, **given: Any) -> Any:
        return getattr(import_module(f"archcheck.inputs.{module}"), reader)(path, **given)

    return read


read_constraints: Final[Callable[..., Iterable[Requirement]]] = _late(
    "requirements.reader", "read_constraints"
)

READERS: Final[Mapping[str, Callable[..., Manifest | Lock]]] = {
    "requirements": _late("requirements.reader", "read_requirements"),
    "uv": _late("uv.lock", "read_uv_lock"),
    "pylock": _late("pylock", "read_pylock"),
    "poetry": _late("poetry.lock", "read_poetry_lock"),
    "pdm": _late("pdm.lock", "read_pdm_lock"),
    "pipfile": _late("pipenv.pipfile", "read_pipfile"),
    "pipfile-lock": _late("pipenv.lock", "read_pipfile_lock"),
    "pyproject": _late("pyproject.reader", "read_pyproject"),
    "environment": _late("installed.environment", "read_environment"),
    "conda": _late("conda", "read_conda"),
    "setup-cfg": _late("setuptools.setup_cfg", "read_setup_cfg"),
    "setup-py": _late("setuptools.setup_py", "read_setup_py"),
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

_PLAIN: Final = frozenset({"requirements", "conda", "environment"})  # without extras and groups
_OPEN: Final = frozenset({"toml", "lock", "json", "yaml", "python"})  # suffixes that several formats share
_INTERPRETER: Final = r"(?i)(?:bin|scripts)[/\\](?:python|pypy)[0-9.]*t?(?:\.exe)?$"


def kind_of(path: str) -> str:
    """Return the kind of the input at *path*, as its name tells it; `requirements` where it tells nothing."""
    name = PurePath(path).name.lower()
    if name.startswith("pylock.") and name.endswith(".toml"):
        return "pylock"
    if "py" in name and re.search(_INTERPRETER, path):
        return "environment"
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
    """Return the manifest or lock at *path*, read as *kind* or as what its name, else its text, tells.

    Of a folder, the file is read that `discovery.ORDER` puts first. *selection* says which extras and groups
    are meant; none by default. Raises InputError where it cannot be read, and for kinds without a reader;
    UsageError for a folder with nothing to read.
    """
    opened = files or Disk()
    note = None
    if kind is None and path != STDIN and opened.is_folder(absolute(cwd, path)):
        from archcheck.inputs.discovery import discover  # noqa: PLC0415 - where no file is named

        found = discover(path, files=opened, cwd=cwd)
        path, kind, note = found.path, found.kind, found.note
    if kind is None:
        opened = Remembering(opened)
        kind = _told(path, opened, cwd)
    reader = READERS.get(kind)
    if reader is None:
        known = ", ".join(sorted(READERS))
        message = f"read as {shown(kind)}, which is not supported; --kind says what else it is: {known}"
        raise InputError(message, path=escaped(path))
    chosen = selection or Selection()
    read = reader(path, files=opened, environ=environ, cwd=cwd, selection=chosen)
    notes = [*([note] if note else []), *_without_effect(path, kind, chosen)]
    return replace(read, warnings=(*notes, *read.warnings)) if notes else read


def _without_effect(path: str, kind: str, selection: Selection) -> Iterator[str]:
    """Yield a note where extras or groups are selected of what has none: they may be another file's."""
    named = sorted(selection.extras | selection.groups)
    if named and kind in _PLAIN:
        yield f"{escaped(path)} has no extras and no groups: {shown(', '.join(named))} is of no effect there"


def _told(path: str, files: Files, cwd: str) -> str:
    """Return the kind of the input at *path* by its name or, where that leaves it open, by its text."""
    named = kind_of(path)
    if path != STDIN and named not in _OPEN:
        return named
    from archcheck.inputs.sniff import sniff  # noqa: PLC0415 - where a name leaves it open

    sniffed = sniff(path, files=files, cwd=cwd)
    unlike = sniffed == "requirements" and named not in {"requirements", "lock"}
    return named if unlike else sniffed
