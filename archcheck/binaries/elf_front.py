"""What an ELF file needs, from its beginning alone: versions by their hashes, without the dynamic section.

A linker puts the version needs (`.gnu.version_r`) among the first pages of a file, and patchelf leaves them
there when it moves the names away (auditwheel's patched numpy: the names at 88 % of the file, the needs in
the first 2 %). Each entry carries the hash by which the loader itself compares the name first, and the names
of glibc's versions are few and known. So a whole chain of entries, each of which is as it has to be, tells
the highest version. Where no such chain stands in the bytes that are there, nothing is said.

Each entry also says where among the file's strings the name stands. Where the names do stand like that before
the needs, the strings are found, and they end there: the section of the needs follows them. So they are all
the strings, and the libraries that the file loads are among them. patchelf writes over those that it moves.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from bisect import bisect_left

from archcheck.binaries.elf import alignment_of, program_headers, thread_data_of
from archcheck.binaries.model import Needs
from archcheck.binaries.versions import glibc_hashes, highest, known_names

_NATIVE = "<" if sys.byteorder == "little" else ">"
_ENTRY = 16  # bytes, of both kinds of entries
_REACH = 64 * 1024  # bytes from the beginning of a chain to an entry in it; the longest have 2 KiB
_LIBRARY = re.compile(rb"\.so(?:\.|$)")
_MOST_NAMES = 500  # of libraries; the most that a file loads are some dozen
_MOST_STEPS = 2000  # chains that are tried; of 180 libraries none needed more than 20
_HEADERS = {
    "<": re.compile(rb"(?=\x01\x00[^\x00]\x00.{4}[^\x00].\x00\x00.{2}\x00\x00)", re.DOTALL),
    ">": re.compile(rb"(?=\x00\x01\x00[^\x00].{4}\x00\x00.[^\x00]\x00\x00.{2})", re.DOTALL),
}


def read_front(data: bytes) -> Needs | None:
    """Return what the ELF file that begins with *data* needs, in part; None where *data* does not tell."""
    headers = program_headers(data)
    if headers is None:
        return None
    order, segments = headers
    found = _longest(data, order)
    if found is None:
        return None
    start, chain = found
    families = highest(known_names()[each] for each in chain if each in known_names())
    return Needs(
        partial=True,
        at_most=_library_names(data[:start], chain),
        glibc=families.get("GLIBC"),
        glibcxx=families.get("GLIBCXX"),
        cxxabi=families.get("CXXABI"),
        alignment=alignment_of(segments),
        thread_data=thread_data_of(segments),
    )


def _longest(data: bytes, order: str) -> tuple[int, dict[int, int]] | None:
    """Return where the longest chain of version needs begins that names a version of glibc, and the chain."""
    hashes = _glibc_hashes_in(data, order)
    if not hashes:
        return None
    near = _HEADERS[order].finditer(data, max(0, hashes[0] - _REACH), hashes[-1] + _ENTRY)
    starts = [match.start() for match in near if match.start() % 4 == 0]
    left = _MOST_STEPS
    for here in hashes:
        value = struct.unpack_from(f"{order}I", data, here)[0]
        for start in starts[bisect_left(starts, here - _REACH) : bisect_left(starts, here)]:
            left -= 1
            if left < 0:
                return None
            chain = _chain(data, order, start)
            if chain is not None and value in chain:
                return start, chain
    return None


def _library_names(before: bytes, chain: dict[int, int]) -> tuple[str, ...] | None:
    """Return the names of libraries among the strings that stand last in *before*; None where they do not.

    *chain* says where each version's name stands among them, by its hash.
    """
    names = {
        known_names()[value].encode() + b"\0": at for value, at in chain.items() if value in known_names()
    }
    first, offset = next(iter(names.items()))
    at = before.find(b"\0" + first)
    while at >= 0:
        base = at + 1 - offset
        if base >= 0 and all(before.startswith(name, base + place) for name, place in names.items()):
            found = {each for each in before[base:].split(b"\0") if _LIBRARY.search(each)}
            texts = sorted(each.decode("utf-8", "backslashreplace") for each in found)
            return tuple(texts) if len(texts) <= _MOST_NAMES else None
        at = before.find(b"\0" + first, at + 1)
    return None


def _glibc_hashes_in(data: bytes, order: str) -> list[int]:
    """Return where the hash of a version of glibc stands in *data*, at a multiple of four."""
    words = array("I", data[: len(data) // 4 * 4])
    if order != _NATIVE:
        words.byteswap()
    found = []
    for value in glibc_hashes().intersection(words):  # few: a scan for all of them takes twice as long
        packed = struct.pack(f"{order}I", value)
        at = data.find(packed)
        while at >= 0:
            if at % 4 == 0:
                found.append(at)
            at = data.find(packed, at + 1)
    return sorted(found)


def _chain(data: bytes, order: str, start: int) -> dict[int, int] | None:
    """Return the hashes in the chain of needs that begins at *start*; None where none does.

    Each comes with the place of its name among the file's strings.
    """
    found: dict[int, int] = {}
    needs, entries = struct.Struct(f"{order}HHIII"), struct.Struct(f"{order}IHHII")
    at, following = start, 1
    while following:
        if at + _ENTRY > len(data):
            return None
        version, count, _, first, following = needs.unpack_from(data, at)
        if version != 1 or not count or first % 4 or first < _ENTRY or following % 4:
            return None
        entry = at + first
        for left in range(count - 1, -1, -1):
            if entry + _ENTRY > len(data):
                return None
            value, flags, other, name, step = entries.unpack_from(data, entry)
            if flags & ~2 or not 1 < other < 0x8000 or step != (_ENTRY if left else 0):  # noqa: PLR2004
                return None
            found[value] = name
            entry += step
        at += following
        if following and following < _ENTRY:
            return None
    return found
