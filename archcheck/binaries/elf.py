"""What an ELF file needs of the system that loads it, read as the loader reads it: by its program headers.

`read_needs` reads all of it, and asks for the parts of the file that it has to see (see `sparse`). The
dynamic section stands near the end of most files, and deflate gives no bytes of the end without all before
them; so `read_front` finds the version needs in the beginning alone, without it. Both bound what they read by
what no real file exceeds. Formats: System V ABI, and the LSB for symbol versions.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from archcheck.binaries.model import Needs, Unreadable
from archcheck.binaries.sparse import MissingBytesError, NeedRange, Sparse, TooMuchError
from archcheck.binaries.versions import highest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IDENT = 16
_MOST_AT_ONCE = 16 * 2**20  # bytes; libtorch's string table has 10 MB
_LEAST_AT_ONCE = 4096  # bytes: a question for fewer is not worth another look
_MOST_SEGMENTS = 256
_MOST_DYNAMIC = 64 * 1024  # bytes of the dynamic section
_MOST_VERSIONS = 4096  # entries
_MOST_SYMBOLS = 200_000
_MOST_STRING = 1024
_LOAD, _DYNAMIC, _TLS = 1, 2, 7
_NULL, _NEEDED, _HASH, _STRTAB, _SYMTAB, _STRSZ, _SONAME, _RPATH = 0, 1, 4, 5, 6, 10, 14, 15
_RUNPATH, _FLAGS, _GNU_HASH, _VERNEED = 29, 30, 0x6FFFFEF5, 0x6FFFFFFE
_STATIC_TLS = 0x10
_WEAK = 2


class Segment(NamedTuple):
    """One program header: what of the file is put where in memory, and how much of that it takes."""

    kind: int
    offset: int
    address: int
    size: int
    alignment: int
    memory: int


class _BrokenError(Exception):
    """The file contradicts itself; says how."""


def read_needs(
    size: int, segments: Mapping[int, bytes], *, python_symbols: bool = False
) -> Needs | NeedRange | Unreadable:
    """Return what the ELF file of *size* bytes needs, or the range of it to get next.

    *segments* maps offsets to the bytes known there. With *python_symbols* the names of CPython's C API are
    read too.
    """
    try:
        return _Elf(Sparse(size, segments, most=_MOST_AT_ONCE)).needs(python_symbols=python_symbols)
    except MissingBytesError as missing:
        return NeedRange(start=missing.start, end=min(size, max(missing.end, missing.start + _LEAST_AT_ONCE)))
    except TooMuchError:
        return Unreadable(reason="its tables are larger than 16 MiB")
    except _BrokenError as error:
        return Unreadable(reason=f"the ELF file is broken: {error}")


def program_headers(data: bytes) -> tuple[str, tuple[Segment, ...]] | None:
    """Return the order of bytes ("<" or ">") and the program headers of the file that begins with *data*.

    None where they do not stand in *data*, or not as they should.
    """
    try:
        file = _Elf(Sparse(len(data), {0: data}, most=_MOST_AT_ONCE))
    except (_BrokenError, TooMuchError):
        return None
    return file.order, file.segments


def alignment_of(segments: tuple[Segment, ...]) -> int:
    """Return the least alignment of what is loaded, in bytes; 0 where nothing is.

    patchelf adds a segment to some files that is aligned to less than the others (numpy 1.19.0).
    """
    return min((each.alignment for each in segments if each.kind == _LOAD), default=0)


def thread_data_of(segments: tuple[Segment, ...]) -> int:
    """Return how many bytes each thread gets for the file's thread-local variables."""
    return sum(each.memory for each in segments if each.kind == _TLS)


class _Elf:
    """One ELF file whose program headers were read."""

    def __init__(self, file: Sparse) -> None:
        self._file = file
        ident = self._read(0, _IDENT)
        if ident[:4] != b"\x7fELF" or ident[4] not in {1, 2} or ident[5] not in {1, 2}:
            raise _BrokenError("its first bytes are no ELF header")
        self._wide = ident[4] == 2  # noqa: PLR2004 - ELFCLASS64
        self.order = "<" if ident[5] == 1 else ">"
        self.segments = tuple(self._segments())

    def needs(self, *, python_symbols: bool) -> Needs:
        alignment, thread_data = alignment_of(self.segments), thread_data_of(self.segments)
        dynamic = next((each for each in self.segments if each.kind == _DYNAMIC), None)
        if dynamic is None:  # a static program
            return Needs(alignment=alignment, thread_data=thread_data)
        tags = self._tags(dynamic)
        strings = self._strings(tags)
        families = highest(_string(strings, each) for each in self._versions(tags))
        paths = tags.get(_RUNPATH) or tags.get(_RPATH) or []
        return Needs(
            glibc=families.get("GLIBC"),
            glibcxx=families.get("GLIBCXX"),
            cxxabi=families.get("CXXABI"),
            libraries=tuple(_string(strings, each) for each in tags.get(_NEEDED, ())),
            soname=_string(strings, tags[_SONAME][0]) if _SONAME in tags else None,
            runpath=tuple(path for path in _string(strings, paths[0]).split(":") if path) if paths else (),
            static_tls=bool(tags.get(_FLAGS, [0])[0] & _STATIC_TLS),
            alignment=alignment,
            thread_data=thread_data,
            python_symbols=tuple(sorted(self._python_symbols(tags, strings))) if python_symbols else (),
        )

    def _segments(self) -> Iterator[Segment]:
        ehdr, phdr = ("HHIQQQIHHH", "IIQQQQQQ") if self._wide else ("HHIIIIIHHH", "IIIIIIII")
        header = self._unpack(ehdr, _IDENT)
        start, step, count = header[4], header[8], header[9]
        if count > _MOST_SEGMENTS:
            raise _BrokenError(f"it states {count} segments")
        if count and step != struct.calcsize(f"={phdr}"):
            raise _BrokenError(f"its program headers are {step} bytes long")
        for fields in struct.iter_unpack(self.order + phdr, self._read(start, step * count)):
            if self._wide:
                kind, _, offset, address, _, size, memory, alignment = fields
            else:
                kind, offset, address, _, size, memory, _, alignment = fields
            yield Segment(kind, offset, address, size, alignment, memory)

    def _tags(self, dynamic: Segment) -> dict[int, list[int]]:
        """Return the values of the dynamic section by their tag."""
        form = "QQ" if self._wide else "II"
        size = min(dynamic.size, _MOST_DYNAMIC)
        found: dict[int, list[int]] = {}
        data = self._read(dynamic.offset, size - size % struct.calcsize(f"={form}"))
        for tag, value in struct.iter_unpack(self.order + form, data):
            if tag == _NULL:
                return found
            found.setdefault(tag, []).append(value)
        raise _BrokenError("its dynamic section has no end")

    def _strings(self, tags: Mapping[int, list[int]]) -> bytes:
        if _STRTAB not in tags or _STRSZ not in tags:
            raise _BrokenError("its dynamic section names no string table")
        return self._read(self._offset(tags[_STRTAB][0]), tags[_STRSZ][0])

    def _versions(self, tags: Mapping[int, list[int]]) -> Iterator[int]:
        """Yield where the names of the versions that it needs stand among its strings."""
        if _VERNEED not in tags:
            return
        at, left = self._offset(tags[_VERNEED][0]), _MOST_VERSIONS
        while True:
            _, count, _, first, following = self._unpack("HHIII", at)
            entry = at + first
            for _ in range(count):
                left -= 1
                if left < 0:
                    raise _BrokenError("its version needs have no end")
                _, _, _, name, step = self._unpack("IHHII", entry)
                yield name
                entry += step
            if not following:
                return
            left -= 1
            at += following
            if left < 0:
                raise _BrokenError("its version needs have no end")

    def _python_symbols(self, tags: Mapping[int, list[int]], strings: bytes) -> set[str]:
        """Return the undefined symbols whose names are CPython's; without a weak one it loads."""
        count = self._symbols_to_look_at(tags)
        if _SYMTAB not in tags or count > _MOST_SYMBOLS:
            raise _BrokenError(f"it states {count} symbols" if _SYMTAB in tags else "it has no symbols")
        form, info_at, section_at = ("IBBHQQ", 1, 3) if self._wide else ("IIIBBH", 3, 5)
        data = self._read(self._offset(tags[_SYMTAB][0]), count * struct.calcsize(f"={form}"))
        symbols = struct.iter_unpack(self.order + form, data)
        undefined = (
            fields[0] for fields in symbols if not fields[section_at] and fields[info_at] >> 4 != _WEAK
        )
        ours = (each for each in undefined if strings[each : each + 3].lstrip(b"_").startswith(b"Py"))
        return {_string(strings, each) for each in ours}

    def _symbols_to_look_at(self, tags: Mapping[int, list[int]]) -> int:
        """Return how many symbols at the table's beginning have all undefined ones among them."""
        if _GNU_HASH in tags:  # it lists the defined ones, which stand behind the others
            return int(self._unpack("II", self._offset(tags[_GNU_HASH][0]))[1])
        if _HASH in tags:
            return int(self._unpack("II", self._offset(tags[_HASH][0]))[1])
        return 0

    def _offset(self, address: int) -> int:
        """Return where in the file that stands which is loaded at *address*."""
        for each in self.segments:
            if each.kind == _LOAD and each.address <= address < each.address + each.size:
                return each.offset + address - each.address
        raise _BrokenError("it points to what is not in the file")

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack(self.order + form, self._read(offset, struct.calcsize(f"={form}")))

    def _read(self, offset: int, count: int) -> bytes:
        if offset + count > self._file.size:
            raise _BrokenError("it is cut off")
        self._file.seek(offset)
        return self._file.read(count)


def _string(strings: bytes, offset: int) -> str:
    end = strings.find(b"\0", offset, offset + _MOST_STRING)
    if offset >= len(strings) or end < 0:
        raise _BrokenError("a name in it has no end")
    return strings[offset:end].decode("utf-8", "backslashreplace")
