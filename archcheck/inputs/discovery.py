"""Which file of a folder is audited where only the folder is named: a lock before what it is made of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck import formats
from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.inputs.installed.site_packages import holds_distributions, is_environment
from archcheck.inputs.parsing.messages import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.files import Files
    from archcheck.formats import Format

_SHOWN: Final = 5
_MAX_FOLDERS: Final = 200
_MAX_ABOVE: Final = 5


class Discovered(Struct, frozen=True, kw_only=True):
    """What is audited for a folder: `path`, as the user would spell it, and what to say about the choice.

    `kind` is None where the file's name tells it. `lines` are what is read in the place of a file at `path`:
    requirements, each with the line where it stands.
    """

    path: str
    kind: str | None = None
    note: str | None = None
    lines: tuple[tuple[str, int], ...] = ()


def discover(folder: str, *, files: Files, cwd: str) -> Discovered:
    """Return what is audited where the user names *folder*; raises UsageError where there is nothing."""
    found = found_in(folder, files=files, cwd=cwd)
    if found is None:
        raise _nothing(folder, absolute(cwd, folder), files)
    return found


def found_in(folder: str, *, files: Files, cwd: str) -> Discovered | None:
    """Return what is audited for *folder*; None where there is nothing.

    An environment made in the project's own folder (`python -m venv .`) yields to what the project states.
    """
    place = absolute(cwd, folder)
    if (kind := _built(place, files)) is not None:
        beside = tuple(_stated(place, files))
        note = f"read as what is built in it; also found: {escaped(beside[0])}" if beside else None
        return Discovered(path=folder, kind=kind, note=note)
    found = tuple(_stated(place, files))
    if not found and is_environment(place, files):
        return Discovered(path=folder, kind=formats.ENVIRONMENT.kind)
    if not found:
        return None
    first, *others = (_spelled(folder, name) for name in found)
    if not others:
        return Discovered(path=first)
    listed = ", ".join(escaped(each) for each in others[:_SHOWN]) + (" …" if len(others) > _SHOWN else "")
    return Discovered(
        path=first,
        note=f"chose {escaped(first)}, which comes first in the order of search; also found: {listed} "
        f"(to audit another, name it: archcheck {escaped(others[0])})",
    )


def kind_of_place(place: str, files: Files) -> str:
    """Return what a place is that is called an environment: that, or a folder put together to ship.

    The folder has distributions itself and is no part of a virtual environment (`pip install -t`).
    """
    if holds_distributions(place) or is_environment(place, files) or _built(place, files) is None:
        return formats.ENVIRONMENT.kind
    return formats.FOLDER.kind


def _built(place: str, files: Files) -> str | None:
    """Return the kind of what is built in the folder *place*; None where nothing is."""
    names = files.entries(place)
    if "oci-layout" in names and "index.json" in names:
        return formats.IMAGE.kind
    if "pyvenv.cfg" in names:
        return None
    if _has_distributions(names) or holds_distributions(place):
        return formats.FOLDER.kind
    if "python" in names and not any(map(files.is_file, (f"{place}/setup.py", f"{place}/pyproject.toml"))):
        layer = f"{place}/python"  # a layer
        if _has_distributions(files.entries(layer)) or _pythons(layer, files):
            return formats.FOLDER.kind
    if PurePath(place).name == "python" and _pythons(place, files):
        return formats.FOLDER.kind
    return None


def _has_distributions(names: Iterable[str]) -> bool:
    return any(name.endswith(".dist-info") for name in names)


def _pythons(layer: str, files: Files) -> bool:
    """Return whether the folder `python` of a layer has distributions for single Pythons."""
    lib = f"{layer}/lib"
    return any(
        _has_distributions(files.entries(f"{lib}/{name}/site-packages"))
        for name in files.entries(lib)
        if name.startswith("python3.")
    )


def _stated(place: str, files: Files) -> dict[str, None]:
    """Return the names in the folder *place* that are looked for, in the order of search."""
    names = files.entries(place)
    return {
        name: None
        for each in formats.FORMATS
        for pattern in each.names
        for name in names
        if fnmatchcase(name, pattern)
        and files.is_file(absolute(place, name))
        and _says(each, place, name, files)
    }


def _says(row: Format, folder: str, name: str, files: Files) -> bool:
    """Return whether the file *name* can say dependencies; one that cannot be read is not passed over."""
    if not row.says:
        return True
    try:
        data = files.read(absolute(folder, name))
    except (OSError, ValueError):
        return True
    return any(word in data for word in row.says)


def _nothing(folder: str, place: str, files: Files) -> UsageError:
    where = "this folder" if folder == "." else escaped(folder)
    looked_for = (name for each in formats.FORMATS for name in each.names)
    expected = ", ".join(name for name in looked_for if "*" not in name)
    there = [escaped(_spelled(folder, name)) for name in islice(_nearby(place, files), _SHOWN)]
    hint = (
        f"there is {', '.join(there)}: name what you mean"
        if there
        else "name a file, or - for standard input"
    )
    return UsageError(f"no input: {where} has none of {expected}; {hint}")


def _nearby(place: str, files: Files) -> Iterator[str]:
    """Yield what may have been meant, nearest first: in the folder, one below it, and the first one above."""
    names = files.entries(place)
    patterns = [pattern for each in formats.FORMATS for pattern in each.nearby]
    here = [pattern for pattern in patterns if "/" not in pattern]
    yield from _fitting(names, here)
    for name in names[:_MAX_FOLDERS]:
        below = absolute(place, name)
        if not name.startswith(".") and files.is_folder(below):
            found = {f"{name}/{each}": None for each in _stated(below, files)}
            if inside := [pattern for pattern in patterns if pattern.startswith(f"{name}/")]:
                paths = (f"{name}/{each}" for each in files.entries(below))
                found |= dict.fromkeys(_fitting(paths, inside))
            yield from found
    for levels, above in enumerate(list(PurePath(place).parents)[:_MAX_ABOVE], start=1):
        if listed := _stated(str(above), files):
            yield from ("../" * levels + each for each in listed)
            return


def _fitting(paths: Iterable[str], patterns: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if any(fnmatchcase(path, pattern) for pattern in patterns))


def _spelled(folder: str, name: str) -> str:
    return str(PurePath(folder, name))
