"""Which shared libraries the wheels of a set need that they do not bring themselves."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from archcheck.inspect.native_files import use_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from archcheck.binaries.model import NativeFile, Needs


# What is part of glibc and musl, the compiler's own, zlib, and what comes with the interpreter or a driver.
_EVERYWHERE = (
    r"ld-(?:linux|musl)-.*|lib(?:c|m|mvec|dl|rt|pthread|util|resolv|anl|gcc_s|stdc\+\+|z)\.so(?:\..*)?|libc\.musl-.*"
    r"|linux-vdso\..*|libpython3.*|lib(?:cuda|nvidia).*"
)


def libraries_left(wheels: Mapping[str, Sequence[NativeFile]], machine: str) -> dict[str, tuple[str, ...]]:
    """Return, by package, which libraries its native files for *machine* leave to the system, sorted.

    *wheels* are the native files of each package of the set: a wheel may load what another one brings, as
    torch does with NVIDIA's. The loader passes over one for another machine: the aarch64 wheel of open3d
    0.18.0 brings x86_64's libGL.so.1. Of files that were not read far enough nothing is said.
    """
    brought = {
        name
        for natives in wheels.values()
        for native in natives
        if native.machine == machine
        for name in _names(native)
    }
    found = {}
    for package, natives in wheels.items():
        needed = {name for native in natives for name in _loaded(native, machine)}
        if left := sorted(needed - brought):
            found[package] = tuple(left)
    return found


def is_everywhere(library: str) -> bool:
    """Return whether the system has *library* wherever Python's wheels run, or a driver brings it."""
    return re.fullmatch(_EVERYWHERE, library) is not None


def may_need(needs: Needs, names: Collection[str]) -> bool:
    """Return whether a file with these *needs* loads one of *names*, or may, as far as it was read."""
    if not needs.partial:
        return not set(names).isdisjoint(needs.libraries)
    if needs.at_most is None:
        return bool(names)
    return any(each.endswith(name) for each in needs.at_most for name in names)


def _names(native: NativeFile) -> Iterator[str]:
    yield PurePosixPath(native.path).name
    if native.needs is not None and native.needs.soname:
        yield native.needs.soname


def _loaded(native: NativeFile, machine: str) -> tuple[str, ...]:
    """Return what importing makes the loader look for, as far as that was read."""
    if native.needs is None or native.machine != machine or use_of(native.path) == "program":
        return ()
    return native.needs.libraries
