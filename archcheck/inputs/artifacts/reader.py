"""Readers of zip files, wheels and folders: a lock of the distributions in them, and what is really there."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from archcheck.files import STDIN, absolute
from archcheck.inputs.artifacts import folders, zips
from archcheck.inputs.artifacts.gather import READ_ERRORS, gather
from archcheck.inputs.artifacts.trees import Read, read_tree
from archcheck.inputs.installed.environment import lock_of
from archcheck.inputs.installed.site_packages import Site
from archcheck.inputs.parsing.messages import failure, words
from archcheck.manifest.built import Built
from archcheck.manifest.manifest import Location, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import BinaryIO

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.installed.distributions import Installed
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Selection

_CHUNK: Final = 2**20
_SHOWN: Final = 5


def read_zip(path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection) -> Lock:
    """Return what is in the zip file at *path*: a function's code, a layer. Raises InputError."""
    _ = environ, selection
    lock, built = _from_zip(path, files, cwd, expected="a zip file")
    return replace(lock, built=replace(built, ship="zip"))


def read_wheel(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what is in the wheel at *path*, which is looked at by itself: what it requires is not in it."""
    _ = environ, selection
    lock, built = _from_zip(path, files, cwd, expected="a wheel")
    lock = replace(lock, built=replace(built, whole=False))
    wanted = sorted({edge.name for package in lock.packages for edge in package.dependencies})
    if not wanted:
        return lock
    note = f"the wheel alone was looked at, not what it requires: {_few(wanted)}"
    return replace(lock, warnings=(*lock.warnings, note))


def read_folder(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what is in the folder at *path*, as it would be zipped. Raises InputError."""
    _ = environ, selection
    place = absolute(cwd, path)
    if not files.is_folder(place):
        raise failure(Location(path=path), "it is no folder; expected one that is to be deployed")
    try:
        read = read_tree(gather(folders.members_of(place, files)), path)
    except READ_ERRORS as error:
        raise failure(Location(path=path), f"{words(error)}; expected a folder that can be read") from None
    return built_lock(path, (read,))


def _from_zip(path: str, files: Files, cwd: str, *, expected: str) -> tuple[Lock, Built]:
    if path == STDIN:
        raise failure(Location(path=path), f"{expected} is read from a file, not from standard input")
    try:
        with files.open(absolute(cwd, path)) as file:
            digest = _sha256(file)
            read = read_tree(gather(zips.members_of(file)), path)
            read = replace(read, tree=replace(read.tree, zipped=file.seek(0, io.SEEK_END)))
    except READ_ERRORS as error:
        raise failure(Location(path=path), f"{words(error)}; expected {expected}") from None
    return replace(built_lock(path, (read,)), sha256=digest), Built(trees=(read.tree,))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while data := file.read(_CHUNK):
        digest.update(data)
    file.seek(0)
    return digest.hexdigest()


def built_lock(path: str, reads: Sequence[Read]) -> Lock:
    """Return *reads*, one for each of the artifact's trees, as a lock with what is in them."""
    installed: dict[NormalizedName, Installed] = {}
    for read in reads:
        for name, each in read.installed.items():
            installed.setdefault(name, each)
    pythons = sorted({python for read in reads for python in read.pythons}, key=_release)
    python = pythons[0] if len(pythons) == 1 else ""
    limits = (f"it holds modules for several Pythons: {', '.join(pythons)}",) if len(pythons) > 1 else ()
    lock = lock_of(path, Site(folders=(), python=python, limits=limits), installed)
    trees = tuple(read.tree for read in reads)
    said = "\n".join(f"{each.path} {each.machine} {each.size}" for tree in trees for each in tree.natives)
    nested = [name for read in reads for name in read.nested]
    notes = (f"archives in it were not looked into: {_few(nested)}",) if nested else ()
    skipped = {skip: None for read in reads for skip in (*read.skipped, *unread(path, read))}
    return replace(
        lock,
        sha256=hashlib.sha256(f"{lock.sha256}\n{said}".encode()).hexdigest(),
        requires_python=SpecifierSet(f"=={python}.*") if python else None,
        skipped=tuple(skipped),
        warnings=notes,
        built=Built(trees=trees),
    )


def unread(path: str, read: Read) -> Iterable[Skipped]:
    """Yield what of a tree was not read and might be a native file."""
    place = Location(path=path)
    suspects = read.tree.contents.suspects
    for name, reason in suspects[:_SHOWN]:
        yield Skipped(text=name, reason=f"not read: {reason}", location=place)
    if len(suspects) > _SHOWN:
        text = f"{len(suspects) - _SHOWN} more files"
        yield Skipped(text=text, reason="not read either", location=place)


def _release(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
