"""The ELF files of the imported wheels, as archcheck reads them out of what is recorded."""

from __future__ import annotations

import lzma
from functools import cache

import msgspec

from archcheck.binaries.elf import read_needs
from archcheck.binaries.formats import Head, read_head
from archcheck.binaries.model import NativeFile, Needs
from tests.oracle.reading import ORACLE

NATIVES = ORACLE / "arm64" / "natives.xz"


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """One ELF file: its size, where its string table stands (start and size), and the bytes that are kept."""

    path: str
    size: int
    strings: tuple[int, int]
    parts: dict[int, bytes]


@cache
def cuts() -> dict[str, list[Cut]]:
    """Return what is kept of each wheel that has ELF files, by its file name."""
    return msgspec.msgpack.decode(lzma.decompress(NATIVES.read_bytes()), type=dict[str, list[Cut]])


@cache
def natives(filename: str) -> tuple[NativeFile, ...]:
    """Return the ELF files of a wheel with all that they need."""
    return tuple(native(each) for each in cuts().get(filename, ()))


def native(cut: Cut) -> NativeFile:
    """Return one ELF file as archcheck reads it."""
    head = read_head(cut.parts[0])
    start, size = cut.strings
    strings = bytearray(size)
    for offset, part in cut.parts.items():
        if start <= offset < start + size:
            strings[offset - start : offset - start + len(part)] = part
    known = {at: part for at, part in cut.parts.items() if not start <= at < start + size}
    needs = read_needs(cut.size, known | ({start: bytes(strings)} if size else {}))
    assert isinstance(head, Head)
    assert isinstance(needs, Needs), (cut.path, needs)
    return NativeFile(
        path=cut.path,
        format=head.format,
        machine=head.machine,
        bits=head.bits,
        os_abi=head.os_abi,
        size=cut.size,
        needs=needs,
    )
