"""Small ELF files, built field by field as the System V ABI has them; and zip files that hold them."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASE = 0x10000


def elf_hash(name: str) -> int:
    """As in the ABI's figure 5-13."""
    h = 0
    for c in name.encode():
        h = (h << 4) + c
        g = h & 0xF0000000
        if g:
            h ^= g >> 24
        h &= ~g
    return h


def elf(
    *,
    machine: int = 183,
    bits: int = 64,
    order: str = "<",
    needed: Sequence[str] = ("libc.so.6",),
    versions: Mapping[str, Sequence[str]] | None = None,
    soname: str | None = None,
    runpath: str | None = None,
    symbols: Sequence[str] = (),
    weak: Sequence[str] = (),
    flags: int = 0,
    alignment: int = 0x10000,
    second_alignment: int | None = None,
    thread_data: int = 0,
    filling: bytes = b"",
    headers_first: bool = False,
    names_first: bool = False,
    symbols_first: bool = False,
    os_abi: int = 0,
) -> bytes:
    """A shared library with four segments; *filling* stands before the dynamic section, as code does.

    *versions* are version names by library. With *headers_first* all Verneed entries stand before all
    Vernaux entries, as LLD writes them; else each before its own, as GNU ld does. With *names_first* the
    strings stand before the version needs, as linkers put them; else behind, where patchelf moves them. With
    *symbols_first* all that there is of names does.
    """
    wide = bits == 64
    strings = bytearray(b"\0")

    def name(text: str) -> int:
        at = len(strings)
        strings.extend(text.encode() + b"\0")
        return at

    tags: list[tuple[int, int]] = [(1, name(each)) for each in needed]
    tags += [(14, name(soname))] if soname else []
    tags += [(29, name(runpath))] if runpath else []
    needs = _version_needs(versions or {}, name, order, headers_first=headers_first)
    form = order + ("IBBHQQ" if wide else "IIIBBH")
    table = bytes(struct.calcsize(form))
    for each in (*symbols, *weak):
        info = 0x20 if each in weak else 0x10  # STB_WEAK, STB_GLOBAL
        table += struct.pack(form, name(each), *((info, 0, 0, 0, 0) if wide else (0, 0, info, 0, 0)))
    hashes = struct.pack(
        f"{order}IIII", 1, 1 + len(symbols) + len(weak), 1, 0
    )  # DT_GNU_HASH: none is defined

    ehdr, phdr = (64, 56) if wide else (52, 32)
    at = ehdr + 4 * phdr
    at += -at % 16
    places: dict[str, int] = {}
    body = bytearray(bytes(at))
    parts = {
        "needs": needs,
        "strings": bytes(strings),
        "symbols": table,
        "hashes": hashes,
        "filling": filling,
    }
    first = {"symbols", "strings"} if symbols_first else {"strings"} if names_first else set()
    for key, data in sorted(parts.items(), key=lambda part: part[0] not in first):
        places[key] = len(body)
        body += data + bytes(-len(data) % 16)
    tags += [(5, BASE + places["strings"]), (10, len(strings)), (6, BASE + places["symbols"])]
    tags += [(0x6FFFFEF5, BASE + places["hashes"])]
    tags += [(0x6FFFFFFE, BASE + places["needs"]), (0x6FFFFFFF, len(versions or {}))] if versions else []
    tags += [(30, flags)] if flags else []
    dynamic = b"".join(struct.pack(order + ("QQ" if wide else "II"), *tag) for tag in [*tags, (0, 0)])
    start = len(body)
    body += dynamic
    segments = [
        (1, 0, BASE, len(body), alignment),
        (2, start, BASE + start, len(dynamic), 8),
        (1, 0, BASE, 0, second_alignment or alignment),
        (7, 0, 0, thread_data, 8),
    ]
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1, os_abi]) + bytes(8)
    header = struct.pack(
        order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"),
        3,
        machine,
        1,
        0,
        ehdr,
        0,
        0,
        ehdr,
        phdr,
        4,
        0,
        0,
        0,
    )
    body[: ehdr + 4 * phdr] = (
        ident + header + b"".join(_segment(*each, order=order, wide=wide) for each in segments)
    )
    return bytes(body)


def _segment(
    kind: int, offset: int, address: int, size: int, alignment: int, *, order: str, wide: bool
) -> bytes:
    if wide:
        return struct.pack(f"{order}IIQQQQQQ", kind, 5, offset, address, address, size, size, alignment)
    return struct.pack(f"{order}IIIIIIII", kind, offset, address, address, size, size, 5, alignment)


def _version_needs(versions: Mapping[str, Sequence[str]], name, order: str, *, headers_first: bool) -> bytes:
    heads, entries = [], []
    index = 2
    for number, (library, names) in enumerate(versions.items()):
        last = number == len(versions) - 1
        behind = sum(len(each) for each in list(versions.values())[:number]) * 16
        first = (len(versions) - number) * 16 + behind if headers_first else 16
        step = 16 if headers_first else 16 * (1 + len(names))
        heads.append(struct.pack(f"{order}HHIII", 1, len(names), name(library), first, 0 if last else step))
        found = b""
        for left, each in zip(range(len(names) - 1, -1, -1), names, strict=True):
            found += struct.pack(f"{order}IHHII", elf_hash(each), 0, index, name(each), 16 if left else 0)
            index += 1
        entries.append(found)
    if headers_first:
        return b"".join(heads) + b"".join(entries)
    return b"".join(head + found for head, found in zip(heads, entries, strict=True))


def zipped(
    files: Mapping[str, bytes],
    *,
    compression: int = zipfile.ZIP_DEFLATED,
    mode: int = 0o644,
    comment: bytes = b"",
) -> bytes:
    """A zip file of *files*, all with the same *mode*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for path, data in files.items():
            member = zipfile.ZipInfo(path)
            member.create_system = 3
            member.external_attr = mode << 16
            member.compress_type = compression
            archive.writestr(member, data)
        archive.comment = comment
    return out.getvalue()
