"""Which native files are read further than their first bytes, within a budget: decided before any is read.

The order is fixed by what the tables of contents say, so the same wheels under the same budget give the same
plan, whatever the cache holds and whichever answer comes first. A plan counts the bytes that reading may take
at most; most beginnings tell sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.binaries.archive import FRONT
from archcheck.binaries.model import Wanted
from archcheck.inspect.budget import BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.binaries.model import ArchiveContents, NativeFile
    from archcheck.index.model import IndexFile

_NO_VERSIONS = "musl"  # musl's libraries have no versions: the beginning of a file tells nothing


def plan(
    wheels: Iterable[tuple[IndexFile, ArchiveContents]], budget: int = BUDGET
) -> Mapping[IndexFile, tuple[Wanted, ...]]:
    """Return what is to be read of each of *wheels* within *budget* bytes; a wheel without is left out.

    First the beginnings, which tell the version of glibc of nearly every file for little; then whole files
    for what is left, the libraries that they need among it. Both go by the same order: what the tag makes
    suspicious before the rest, small files before large ones.
    """
    files = {file.url: (file, contents) for file, contents in wheels}
    members = sorted(
        (
            (not _is_suspicious(file, contents), native.packed, file.filename, native.path, file, native)
            for file, contents in files.values()
            for native in contents.natives
            if native.format == "elf"
        ),
        key=lambda each: each[:4],
    )
    chosen: dict[tuple[str, str], bool] = {}
    left = budget
    for whole in (False, True):
        for _, packed, filename, path, file, native in members:
            if not whole and _NO_VERSIONS in filename:
                continue
            known = (file.url, path) in chosen
            cost = packed - _front(native) * known if whole else _front(native)
            if cost <= left:
                left -= cost
                chosen[file.url, path] = whole
    wanted: dict[str, list[Wanted]] = {}
    for (url, path), whole in sorted(chosen.items()):
        wanted.setdefault(url, []).append(Wanted(path=path, whole=whole))
    return {files[url][0]: tuple(found) for url, found in wanted.items()}


def _front(native: NativeFile) -> int:
    return min(native.packed, FRONT)


def _is_suspicious(file: IndexFile, contents: ArchiveContents) -> bool:
    """Whether nobody seems to have looked what the wheel's files need before it was tagged.

    auditwheel, which does, leaves a folder `NAME.libs` where there was a library to carry along; a bare
    `linux` tag promises nothing, and neither does `any`.
    """
    platform = file.filename.removesuffix(".whl").rpartition("-")[2]
    if platform == "any" or platform.startswith("linux_"):
        return True
    return not any(native.path.partition("/")[0].endswith(".libs") for native in contents.natives)
