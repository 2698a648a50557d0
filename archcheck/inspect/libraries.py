"""Which shared libraries the wheels of a set need that neither they nor the base bring."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from archcheck.inspect.native_files import use_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from archcheck.binaries.model import NativeFile


def libraries_lacking(
    wheels: Mapping[str, Sequence[NativeFile]], machine: str, absent: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return, by package, which libraries its native files for *machine* need that nothing brings, sorted.

    *wheels* are the native files of each package of the set: a wheel may load what another one brings, as
    torch does with NVIDIA's. *absent* is what the base is known to lack; of all else nothing is said, nor of
    files that were not read far enough.
    """
    brought = {name for natives in wheels.values() for native in natives for name in _names(native)}
    found = {}
    for package, natives in wheels.items():
        needed = {name for native in natives for name in _loaded(native, machine)}
        if lacks := sorted(needed & set(absent) - brought):
            found[package] = tuple(lacks)
    return found


def _names(native: NativeFile) -> Iterator[str]:
    yield PurePosixPath(native.path).name
    if native.needs is not None and native.needs.soname:
        yield native.needs.soname


def _loaded(native: NativeFile, machine: str) -> tuple[str, ...]:
    """Return what importing makes the loader look for, as far as that was read."""
    if native.needs is None or native.machine != machine or use_of(native.path) == "program":
        return ()
    return native.needs.libraries
