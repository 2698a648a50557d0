"""Which native files are read further than their openings, within a budget: decided before any is read.

The order is fixed by what the tables of contents say, so the same wheels under the same budget give the same
plan, whatever the cache holds and whichever answer comes first. A plan counts the bytes that reading may take
at most; most beginnings tell sooner.

Three questions are worth bytes, each with its plan: which version of glibc a file needs (`beginnings`, and
`what_is_left` where those do not tell), and whether it needs one of some libraries (`loading`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.binaries.members import DEEP_FRONT, FRONT
from archcheck.binaries.model import Wanted
from archcheck.inspect.budget import BUDGET
from archcheck.inspect.libraries import may_need
from archcheck.inspect.native_files import use_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from archcheck.binaries.model import ArchiveContents, NativeFile
    from archcheck.index.model import IndexFile

    Wheel = tuple[IndexFile, ArchiveContents]

_NO_VERSIONS = "musl"  # musl's libraries have no versions: the beginning of a file tells nothing
_SHORT = 16 * 1024  # packed bytes of a file that is read as a whole instead of a beginning first


class Plan(Struct, frozen=True):
    """What is to be read of each wheel of which anything is, and how many bytes of the budget are left."""

    wanted: Mapping[IndexFile, tuple[Wanted, ...]]
    left: int


class _Wish(Struct, frozen=True):
    file: IndexFile
    contents: ArchiveContents
    native: NativeFile
    wanted: Wanted
    cost: int


def beginnings(wheels: Iterable[Wheel], budget: int = BUDGET) -> Plan:
    """Plan to read the beginnings of files whose opening tells no version of glibc."""
    return _within(budget, _beginnings(wheels))


def what_is_left(wheels: Iterable[Wheel], budget: int) -> Plan:
    """Plan to read more of the files whose beginning told nothing: all of small ones."""
    return _within(budget, _left(wheels))


def loading(wheels: Iterable[Wheel], names: Collection[str], machine: str, budget: int) -> Plan:
    """Plan to read to their end the files for *machine* that may need one of the libraries *names*.

    Also those that may need a library which lies in the same wheel and is for another machine.
    """
    return _within(budget, _loading(wheels, names, machine))


def _beginnings(wheels: Iterable[Wheel]) -> Iterator[_Wish]:
    for file, contents, native in _elf(wheels):
        if native.needs is None and _NO_VERSIONS not in file.filename:
            wanted = Wanted(path=native.path, whole=native.packed <= _SHORT)
            yield _Wish(file, contents, native, wanted, min(native.packed, FRONT))


def _left(wheels: Iterable[Wheel]) -> Iterator[_Wish]:
    for file, contents, native in _elf(wheels):
        if native.needs is None:
            deep = native.packed > DEEP_FRONT and _NO_VERSIONS not in file.filename
            wanted = Wanted(path=native.path, whole=not deep, deep=deep)
            yield _Wish(file, contents, native, wanted, DEEP_FRONT if deep else native.packed)


def _loading(wheels: Iterable[Wheel], names: Collection[str], machine: str) -> Iterator[_Wish]:
    for file, contents, native in _elf(wheels):
        if native.machine != machine or native.needs is None or not native.needs.partial:
            continue
        looked_for = {*names, *_foreign(contents, machine)}
        if use_of(native.path) != "program" and may_need(native.needs, looked_for):
            yield _Wish(file, contents, native, Wanted(path=native.path, whole=True), native.packed)


def _foreign(contents: ArchiveContents, machine: str) -> Iterator[str]:
    """Yield the names of libraries for other machines: one that is needed makes the import fail."""
    for native in contents.natives:
        if native.format == "elf" and native.machine != machine and use_of(native.path) == "library":
            yield native.path.rpartition("/")[2]


def _elf(wheels: Iterable[Wheel]) -> Iterator[tuple[IndexFile, ArchiveContents, NativeFile]]:
    for file, contents in {file.url: (file, contents) for file, contents in wheels}.values():
        for native in contents.natives:
            if native.format == "elf":
                yield file, contents, native


def _within(budget: int, wishes: Iterable[_Wish]) -> Plan:
    """Return the plan of those *wishes* that *budget* bytes allow: what the tag makes suspicious goes first.

    Small files go before large ones.
    """
    left = budget
    chosen: defaultdict[IndexFile, list[Wanted]] = defaultdict(list)
    for wish in _in_order(wishes):
        if wish.cost <= left:
            left -= wish.cost
            chosen[wish.file].append(wish.wanted)
    by_path = {file: tuple(sorted(found, key=lambda each: each.path)) for file, found in chosen.items()}
    return Plan(by_path, left)


def _in_order(wishes: Iterable[_Wish]) -> list[_Wish]:
    found = list(wishes)
    contents = {wish.file: wish.contents for wish in found}
    suspicious = {file: _is_suspicious(file, held) for file, held in contents.items()}
    return sorted(
        found,
        key=lambda wish: (
            not suspicious[wish.file],
            wish.native.packed,
            wish.file.filename,
            wish.native.path,
        ),
    )


def _is_suspicious(file: IndexFile, contents: ArchiveContents) -> bool:
    """Whether nobody seems to have looked what the wheel's files need before it was tagged.

    auditwheel, which does, leaves a folder `NAME.libs` where there was a library to carry along; a bare
    `linux` tag promises nothing, and neither does `any`.
    """
    platform = file.filename.removesuffix(".whl").rpartition("-")[2]
    if platform == "any" or platform.startswith("linux_"):
        return True
    return not any(native.path.partition("/")[0].endswith(".libs") for native in contents.natives)
