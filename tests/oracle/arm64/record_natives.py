"""Record what archcheck reads of the ELF files in the imported wheels: `fixtures/oracle/arm64/natives.xz`.

Of each file its header, program headers, dynamic section and version needs are kept, and of its string table what these
name; the rest of it reads as zeros. Nothing is written unless readelf says the same of the cut file as of the whole one,
and archcheck reads out of the cut one the versions that readelf finds in the whole one by its sections.
"""

from __future__ import annotations

import json
import lzma
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archcheck.binaries.versions import highest
from tests.oracle.arm64.natives import NATIVES, Cut, native
from tests.oracle.arm64.record_imports import IMPORTS
from tests.recording.wheels import read_elf

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRTAB, _STRSZ, _SONAME, _RPATH, _RUNPATH, _VERNEED = 1, 5, 10, 14, 15, 29, 0x6FFFFFFE
_ELF64_LITTLE = b"\x7fELF\x02\x01"
_SAME = ("Machine", "aligned", "needed", "soname", "static_tls")


def main(home: Path) -> None:
    """Cut the files of all wheels that imports.json names."""
    said: dict[str, Any] = json.loads(IMPORTS.read_text(encoding="utf-8"))["imports"]
    names = {each["file"] for found in said.values() for pair in found.values() for each in pair.values()}
    paths = {path.name: path for path in sorted((home / "wheels").glob("*/*.whl")) if path.name in names}
    document = {name: cuts for name, path in sorted(paths.items()) if (cuts := list(cut_files(path)))}
    NATIVES.write_bytes(lzma.compress(msgspec.msgpack.encode(document), preset=9 | lzma.PRESET_EXTREME))


def cut_files(wheel: Path) -> Iterator[Cut]:
    """Yield the ELF files of *wheel*, each cut and compared with the whole of it."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        for member in archive.infolist():
            with archive.open(member) as file:
                if file.read(6) != _ELF64_LITTLE:
                    continue
            data = archive.read(member)
            cut = cut_elf(member.filename, data)
            whole, small = Path(folder, "whole"), Path(folder, "small")
            whole.write_bytes(data)
            with small.open("wb") as out:
                out.truncate(len(data))
                for start, part in cut.parts.items():
                    out.seek(start)
                    out.write(part)
            before, after = read_elf(whole), read_elf(small)
            assert [before[each] for each in _SAME] == [after[each] for each in _SAME], cut.path
            families, needs = highest(before["versions"]), native(cut).needs
            assert needs is not None
            assert (needs.glibc, needs.glibcxx) == (families.get("GLIBC"), families.get("GLIBCXX")), cut.path
            yield cut


def cut_elf(path: str, data: bytes) -> Cut:
    """Return what the loader reads of an ELF file, by its program headers."""
    table, (step, count) = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQQQ", data, table + step * each) for each in range(count)]
    kept = {(0, 64), (table, table + step * count)}
    dynamic = next((each for each in segments if each[0] == _DYNAMIC), None)
    if dynamic is None:
        return Cut(path=path, size=len(data), strings=(0, 0), parts=parts(data, kept))
    kept.add((dynamic[2], dynamic[2] + dynamic[5]))
    tags: dict[int, list[int]] = {}
    for tag, value in struct.iter_unpack("<QQ", data[dynamic[2] : dynamic[2] + dynamic[5]]):
        if tag == 0:
            break
        tags.setdefault(tag, []).append(value)

    def place(address: int) -> int:
        return next(
            address - each[3] + each[2]
            for each in segments
            if each[0] == _LOAD and each[3] <= address < each[3] + each[5]
        )

    start, size = place(tags[_STRTAB][0]), tags[_STRSZ][0]
    names = {value for tag in (_NEEDED, _SONAME, _RPATH, _RUNPATH) for value in tags.get(tag, ())}
    if _VERNEED in tags:
        for at, name in version_needs(data, place(tags[_VERNEED][0])):
            kept.add((at, at + 16))
            names.add(name)
    kept |= {(start + name, data.index(b"\0", start + name) + 1) for name in names}
    return Cut(path=path, size=len(data), strings=(start, size), parts=parts(data, kept))


def version_needs(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Yield where each entry of the version needs stands, and where its name stands among the strings."""
    while True:
        _, count, file, first, following = struct.unpack_from("<HHIII", data, at)
        yield at, file
        entry = at + first
        for _ in range(count):
            _, _, _, name, step = struct.unpack_from("<IHHII", data, entry)
            yield entry, name
            entry += step
        if not following:
            return
        at += following


def parts(data: bytes, kept: set[tuple[int, int]]) -> dict[int, bytes]:
    """Return the bytes of the ranges *kept*, those that touch as one."""
    merged: list[list[int]] = []
    for start, end in sorted(kept):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return {start: data[start:end] for start, end in merged}
