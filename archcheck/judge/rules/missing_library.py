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
from archcheck.inspect.libraries import libraries_lacking
from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.binaries.model import NativeFile
    from archcheck.data.libraries import Lacking
    from archcheck.judge.comparison import Comparison, Side


def missing_library(comparison: Comparison) -> Problem | None:
    """Return AC017 where aarch64 needs a library that x86_64 does not; see `lacks_of`."""
    base = lacking(comparison.target.base)
    only = tuple(name for name in comparison.lacks[1] if name not in comparison.lacks[0])
    if base is None or not only or not _is_read(comparison.x86):
        return None
    return Problem(
        rule="AC017",
        severity=Severity.WARNING,
        message=f"it needs {_with_packages(only, base)} of the system on aarch64 alone; "
        f"{comparison.target.base} lacks {'it' if len(only) == 1 else 'them'}",
        evidence=Evidence(
            files=tuple(filter(None, [comparison.arm.file])), needs=", ".join(only), detail=(base.source,)
        ),
    )


def _is_read(side: Side) -> bool:
    """Return whether all that the native files of a wheel need is known: else x86_64 may need the same."""
    return isinstance(side.contents, ArchiveContents) and all(
        native.format != "elf" or (native.needs is not None and not native.needs.partial)
        for native in side.contents.natives
    )


def lacks_of(
    comparisons: Sequence[Comparison],
) -> Mapping[NormalizedName, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return, by package, the libraries that nothing brings on x86_64 and on aarch64."""
    base = lacking(comparisons[0].target.base) if comparisons else None
    if base is None:
        return {}
    x86 = _lacks([(each.name, each.x86) for each in comparisons], base)
    arm = _lacks([(each.name, each.arm) for each in comparisons], base)
    return {each.name: (x86.get(each.name, ()), arm.get(each.name, ())) for each in comparisons}


def _lacks(sides: Sequence[tuple[NormalizedName, Side]], base: Lacking) -> dict[str, tuple[str, ...]]:
    natives: dict[str, tuple[NativeFile, ...]] = {
        name: side.contents.natives for name, side in sides if isinstance(side.contents, ArchiveContents)
    }
    return libraries_lacking(natives, sides[0][1].machine.architecture, base.absent)


def library_notes(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield what packages need of the system on both architectures and the base lacks."""
    base = lacking(comparisons[0].target.base) if comparisons else None
    if base is None:
        return
    for each in comparisons:
        both = tuple(name for name in each.lacks[1] if name in each.lacks[0])
        if both:
            yield (
                f"{each.name} needs {_with_packages(both, base)}, which {each.target.base} lacks on both "
                f"architectures: {base.installs} {' '.join(sorted({base.absent[name] for name in both}))}"
            )


def _with_packages(names: Sequence[str], base: Lacking) -> str:
    return ", ".join(f"{name} (of {base.absent[name]})" for name in names)
