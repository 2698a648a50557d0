"""What may keep aarch64's loader from loading files that are made for it: two notes, never an obstacle.

No tag tells either, and x86_64 has neither. A kernel with pages of 64 KiB does not map a file whose segments
are aligned to less (numpy 1.19.0 on RHEL 8).

And glibc before 2.32 has 1,664 bytes (`TLS_STATIC_SURPLUS`) for thread-local variables at a fixed place of
all libraries that come with an import. Code for aarch64 takes of them for whatever fits, so that libgomp,
which cannot do without, may find too little left: "cannot allocate memory in static TLS block" (opencv's
issue 14884, LightGBM's 6509, glibc's bug 25051). Code for x86_64 takes of them for what cannot do without
alone.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.binaries.model import ArchiveContents
from archcheck.data.runtimes import runtimes
from archcheck.inspect.native_files import use_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.binaries.model import Needs
    from archcheck.judge.comparison import Comparison
    from archcheck.platforms.targets import Target

_MOST_FILES = 5
_KIB = 1024
_USUAL_PAGES = 4  # KiB
_SURPLUS = 1664  # bytes
_ROOM_SINCE = (2, 32)
_HAVE_ROOM = {
    "debian11"
}  # whose glibc 2.31 has the change of 2.32: pyarrow and then scikit-learn import there
# GCC builds it with -ftls-model=initial-exec, and linkers for aarch64 set no flag for that.
_AT_A_FIXED_PLACE = re.compile(r"libgomp[-.].*")


class _Held(Struct, frozen=True):
    """A native file for aarch64, as far as it was read."""

    path: str
    needs: Needs


def loading_notes(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield at most one note on pages and one on thread-local variables."""
    if not comparisons:
        return
    held = [
        _Held(native.path, native.needs)
        for comparison in comparisons
        if isinstance(comparison.arm.contents, ArchiveContents)
        for native in comparison.arm.contents.natives
        if native.machine == "aarch64" and native.needs is not None
    ]
    yield from _on_pages(comparisons[0].target, held)
    yield from _on_thread_data(comparisons[0].target, held)


def _on_pages(target: Target, held: Sequence[_Held]) -> Iterator[str]:
    base = runtimes().bases.get(target.base)
    pages = base.aarch64_pages if base is not None else _USUAL_PAGES
    refused = [each for each in held if 0 < each.needs.alignment < pages * _KIB]
    if pages > _USUAL_PAGES and refused:
        yield (
            f"{target.base}'s own kernels for aarch64 have pages of {pages} KiB and do not load what is "
            f"aligned to less: {_few(refused)}; on a host with pages of {_USUAL_PAGES} KiB it loads"
        )


def _on_thread_data(target: Target, held: Sequence[_Held]) -> Iterator[str]:
    libc = target.libc
    if libc.family != "glibc" or (libc.major, libc.minor) >= _ROOM_SINCE or target.base in _HAVE_ROOM:
        return
    # By name: the loader takes a second file of the same soname for the first.
    loaded = {
        PurePosixPath(each.path).name: each
        for each in held
        if 0 < each.needs.thread_data <= _SURPLUS and use_of(each.path) != "program"
    }
    total = sum(each.needs.thread_data for each in loaded.values())
    fixed = [
        each for name, each in loaded.items() if each.needs.static_tls or _AT_A_FIXED_PLACE.fullmatch(name)
    ]
    if fixed and total > _SURPLUS:
        yield (
            f"libraries that are imported together may want {total:,} bytes of the {_SURPLUS:,} that {libc} "
            f"has for thread-local variables on aarch64; where loading {_few(fixed)} then fails with 'cannot "
            "allocate memory in static TLS block', import that first or name the file in LD_PRELOAD"
        )


def _few(files: Sequence[_Held]) -> str:
    shown = ", ".join(each.path for each in files[:_MOST_FILES])
    more = len(files) - _MOST_FILES
    return f"{shown} and {more} more" if more > 0 else shown
