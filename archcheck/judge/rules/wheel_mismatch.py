"""AC011 for a wheel that would be installed: native files in it contradict its tag.

Tags are promises: the aarch64 wheel of sdbus 0.14.1 holds an extension module of no machine, z3-solver
4.13.0.0 needs a newer glibc than it says, selenium 4.48.0 is for any machine and holds a program for x86_64.
A blocker where importing fails by it: an extension module, a library that one loads, or all that is compiled.
A warning for what else lies there (the aarch64 wheel of open3d 0.18.0 carries a libEGL.so.1 for x86_64).
AC013 where the wheel of x86_64 fares no better. So it is where a file needs a newer libstdc++ than the base
has and the wheel brings none, or a name of the stable ABI that this Python has not yet.

It must not fire where a wheel brings a file for each platform on purpose (PyInstaller's bootloaders), on
files for other systems and Pythons that lie in the wheels of both architectures, nor on what was not read.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents
from archcheck.data.libraries import lacking, libstdcxx
from archcheck.inspect.native_files import (
    abi3_mismatch,
    brings_libstdcxx,
    libstdcxx_mismatch,
    python_of,
    use_of,
)
from archcheck.judge.artifacts.loading import Unfit, told, unfit
from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from archcheck.binaries.model import NativeFile
    from archcheck.judge.comparison import Comparison, Side


def wheel_mismatch(comparison: Comparison) -> Problem | None:
    """Return AC011, or AC013 where the wheel of x86_64 does not load there either."""
    there = {(each.mismatch.kind, each.blocks) for each in _unfit(comparison.x86)}
    found = [
        each
        for each in _unfit(comparison.arm)
        if each.mismatch.kind != "system" or ("system", each.blocks) not in there
    ]
    if not found:
        return None
    stops = [each for each in found if each.blocks]
    shared = bool(stops) and (stops[0].mismatch.kind, True) in there
    worst, target = stops or found, comparison.target.id
    where = f"neither architecture of {target} loads" if shared else f"{target} on aarch64 does not load"
    return Problem(
        rule="AC013" if shared else "AC011",
        severity=Severity.BLOCKER if stops else Severity.WARNING,
        message=f"inside {comparison.arm.file}: {told(worst)}; {where} {'it' if len(worst) == 1 else 'them'}",
        evidence=Evidence(
            files=tuple(each.path for each in found)[: _evidence.MAX_FILES],
            needs=worst[0].mismatch.needs,
            has=worst[0].mismatch.has,
        ),
    )


def _unfit(side: Side) -> tuple[Unfit, ...]:
    """Return which files of the wheel do not load; of its tags and its Python other rules tell."""
    if not isinstance(side.contents, ArchiveContents) or side.file is None:
        return ()
    natives = side.contents.natives
    found = [
        each
        for each in unfit(natives, _tags(side.file), side.machine)
        if each.path and each.mismatch.kind != "python"
    ]
    wrong = {each.path for each in found}
    loading = [native for native in natives if native.path not in wrong]
    found += [*_beyond_the_base(loading, side)]
    systems = _of_systems(side)
    return tuple(replace(each, blocks=each.blocks and _is_loaded(each, loading, systems)) for each in found)


def _of_systems(side: Side) -> Collection[str]:
    """Return the libraries that the base has packages for, where its loader would come to them.

    glibc's passes over a library for another machine and looks on in the system's folders; musl's gives up.
    """
    target = side.machine.target
    base = lacking(target.base, f"{target.python.major}.{target.python.minor}")
    return base.absent if base is not None and target.libc.family == "glibc" else ()


def _beyond_the_base(loading: Sequence[NativeFile], side: Side) -> Iterator[Unfit]:
    """Yield those of *loading* that fit the machine and its libc, but not the libstdc++ or Python there."""
    target = side.machine.target
    base = libstdcxx(target.base, f"{target.python.major}.{target.python.minor}")
    own = base is None or brings_libstdcxx(loading)
    for native in loading:
        if native.format != "elf" or use_of(native.path) == "program":
            continue
        if python_of(native.path) not in {None, target.python.abi}:
            continue
        wrong = None if base is None or own else libstdcxx_mismatch(native, base)
        wrong = wrong or abi3_mismatch(native, target.python)
        if wrong is not None and native.machine == side.machine.architecture:
            blocks = use_of(native.path) == "extension" or side.status is Status.WHEEL
            yield Unfit(path=native.path, mismatch=wrong, blocks=blocks)


def _is_loaded(found: Unfit, loading: Sequence[NativeFile], systems: Collection[str]) -> bool:
    """Return whether an import loads the file that was *found*, as far as those that are *loading* tell.

    A library for this machine is there to be loaded. One for another is left over where nothing needs it,
    unless nothing else in the wheel loads. One of *systems* is looked for there, and AC017 says so: with
    libgl1 installed, open3d 0.18.0 imports on aarch64. auditwheel puts into `NAME.libs` what extension
    modules need, and nothing else.
    """
    place = PurePosixPath(found.path)
    for_this_machine = found.mismatch.kind in {"libc", "libstdc++", "abi3"}
    if (
        use_of(found.path) == "extension"
        or for_this_machine
        or not loading
        or place.parts[0].endswith(".libs")
    ):
        return True
    if place.name in systems:
        return False
    return any(native.needs and place.name in native.needs.libraries for native in loading)


def _tags(filename: str) -> tuple[str, ...]:
    """Return the tags of a wheel's file name, each in full (PEP 425)."""
    *_, pythons, abis, platforms = filename.removesuffix(".whl").split("-")
    return tuple(
        f"{python}-{abi}-{platform}"
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    )
