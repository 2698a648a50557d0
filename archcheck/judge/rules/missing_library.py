"""AC017: a shared library that neither the wheels nor the base bring, on aarch64 and not on x86_64.

Wheels may leave some libraries to the system, and slim images and Lambda have few: opencv-python needs
libGL.so.1. Nearly always both architectures lack the same one; then it is no reason to stay, and a note says
what to install (`library_notes`). A warning where aarch64 alone needs one: it installs, and importing fails
until the system's package is there too.

It must not fire on what the wheels of the set bring themselves, on libraries that the base is not known to
lack, nor on files that were not read far enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.binaries.model import ArchiveContents
from archcheck.data.libraries import lacking
from archcheck.inspect.libraries import is_everywhere, libraries_left, may_need
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.binaries.model import NativeFile
    from archcheck.data.libraries import Lacking
    from archcheck.judge.comparison import Comparison, Side
    from archcheck.platforms.targets import Target

_MOST_LIBRARIES = 5
_MOST_PACKAGES = 5


def missing_library(comparison: Comparison) -> Problem | None:
    """Return AC017 where aarch64 needs a library that x86_64 does not; see `lacks_of`."""
    base = _lacking(comparison.target)
    only = tuple(name for name in comparison.lacks[1] if name not in comparison.lacks[0])
    if base is None or not only or not _is_known(comparison.x86, only):
        return None
    return Problem(
        rule="AC017",
        severity=Severity.WARNING,
        message=f"it needs {_few(only)} of the system on aarch64 alone, which {comparison.target.base} does "
        f"not bring: {_install([only], base)}",
        evidence=Evidence(
            files=tuple(filter(None, [comparison.arm.file])), needs=", ".join(only), detail=(base.source,)
        ),
    )


def _lacking(target: Target) -> Lacking | None:
    return lacking(target.base, f"{target.python.major}.{target.python.minor}")


def _is_known(side: Side, names: Sequence[str]) -> bool:
    """Return whether it is known which of *names* a wheel needs: else x86_64 may need the same."""
    return isinstance(side.contents, ArchiveContents) and all(
        native.format != "elf"
        or (native.needs is not None and not (native.needs.partial and may_need(native.needs, names)))
        for native in side.contents.natives
    )


def lacks_of(
    comparisons: Sequence[Comparison],
) -> Mapping[NormalizedName, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return, by package, the libraries that nothing brings on x86_64 and on aarch64."""
    base = _lacking(comparisons[0].target) if comparisons else None
    if base is None:
        return {}
    x86, arm = _left(comparisons)
    return {
        each.name: (_absent(x86.get(each.name, ()), base), _absent(arm.get(each.name, ()), base))
        for each in comparisons
    }


def _absent(libraries: Sequence[str], base: Lacking) -> tuple[str, ...]:
    return tuple(name for name in libraries if name in base.absent)


def _left(comparisons: Sequence[Comparison]) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Return what each package leaves to the system, on x86_64 and on aarch64."""
    return tuple(
        libraries_left({name: _natives(side) for name, side in sides}, sides[0][1].machine.architecture)
        for sides in (
            [(each.name, each.x86) for each in comparisons],
            [(each.name, each.arm) for each in comparisons],
        )
    )


def _natives(side: Side) -> tuple[NativeFile, ...]:
    return side.contents.natives if isinstance(side.contents, ArchiveContents) else ()


def library_notes(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield what packages need on both architectures and the base lacks, or may lack, in a few lines."""
    if not comparisons:
        return
    base = _lacking(comparisons[0].target)
    if base is not None:
        yield from _lacking_notes(comparisons, base)
    yield from _not_judged(comparisons, base)


def _lacking_notes(comparisons: Sequence[Comparison], base: Lacking) -> Iterator[str]:
    """Yield what is known to be lacking."""
    target = comparisons[0].target
    needs = [
        (each.name, tuple(name for name in each.lacks[1] if name in each.lacks[0])) for each in comparisons
    ]
    needs = [(name, both) for name, both in needs if both]
    for name, both in needs[:_MOST_PACKAGES]:
        yield (
            f"{name} needs {_few(both)}, which {target.base} does not bring, on either architecture: "
            f"{_install([both], base)}"
        )
    if rest := needs[_MOST_PACKAGES:]:
        who = "1 more package needs" if len(rest) == 1 else f"{len(rest)} more packages need"
        yield (
            f"{who} libraries that {target.base} does not bring, on either architecture: "
            f"{_install([both for _, both in rest], base)}"
        )


def _not_judged(comparisons: Sequence[Comparison], base: Lacking | None) -> Iterator[str]:
    """Yield one note on what is left to a base of which nobody knows here whether it brings that.

    By aarch64's wheels: x86_64's are not all looked into, so that what these bring is not all known.
    """
    _, arm = _left(comparisons)
    left = {
        name: None
        for package in sorted(arm)
        for name in arm[package]
        if not is_everywhere(name) and not (base is not None and base.judges(name))
    }
    if left:
        on = comparisons[0].target.base
        yield f"the wheels leave {_few(tuple(left))} to the system; whether {on} brings them was not judged"


def _few(libraries: Sequence[str]) -> str:
    """Return their names in a line: "libGL.so.1, libSM.so.6 and 3 more"."""
    shown = libraries[:_MOST_LIBRARIES]
    more = len(libraries) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    *others, last = shown
    return f"{', '.join(others)} and {last}" if others else last


def _install(needs: Sequence[Sequence[str]], base: Lacking) -> str:
    """Return what brings the libraries there: "apt-get install libgl1 libsm6"."""
    packages = sorted({base.absent[name] for libraries in needs for name in libraries})
    return f"{base.installs} {' '.join(packages)}"
