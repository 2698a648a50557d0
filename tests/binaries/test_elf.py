"""What ELF files need, against files built field by field, pyelftools, and damage."""

from __future__ import annotations

import io
import random
import struct

import pytest
from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.binaries import elf_front
from archcheck.binaries.elf import read_needs
from archcheck.binaries.elf_front import read_front
from archcheck.binaries.model import Needs, Unreadable
from archcheck.binaries.sparse import NeedRange
from archcheck.binaries.versions import elf_hash, highest, known_names
from tests.binaries.elves import elf

VERSIONS = {
    "libstdc++.so.6": ("CXXABI_1.3.9", "GLIBCXX_3.4.29", "GLIBCXX_3.4.9"),
    "libc.so.6": ("GLIBC_2.17", "GLIBC_2.34", "GLIBC_2.3.4", "GLIBC_PRIVATE"),
}
SHAPES = [(bits, order) for bits in (32, 64) for order in "<>"]


def read_in_ranges(data: bytes, **options: bool) -> tuple[Needs | Unreadable, int]:
    """Read as an archive's reader would; return the answer and how many bytes it took."""
    segments: dict[int, bytes] = {}
    for _ in range(10):
        answer = read_needs(len(data), segments, **options)
        if not isinstance(answer, NeedRange):
            return answer, sum(map(len, segments.values()))
        assert 0 <= answer.start < answer.end <= len(data)
        segments[answer.start] = data[answer.start : answer.end]
    raise AssertionError("asks for ranges without end")


@pytest.mark.parametrize(("bits", "order"), SHAPES)
@pytest.mark.parametrize("headers_first", [False, True])
def test_everything_is_read(bits: int, order: str, headers_first: bool) -> None:
    data = elf(
        bits=bits,
        order=order,
        headers_first=headers_first,
        versions=VERSIONS,
        needed=("libGL.so.1", "libc.so.6"),
        soname="libdemo.so.1",
        runpath="$ORIGIN/../demo.libs:/opt/lib",
        symbols=("PyList_New", "_Py_Dealloc", "PyErr_SetString", "memcpy", "Pymalloc"),
        flags=0x10 | 0x8,
        alignment=0x1000,
    )
    answer, _ = read_in_ranges(data, python_symbols=True)
    assert answer == Needs(
        glibc="2.34",
        glibcxx="3.4.29",
        cxxabi="1.3.9",
        libraries=("libGL.so.1", "libc.so.6"),
        soname="libdemo.so.1",
        runpath=("$ORIGIN/../demo.libs", "/opt/lib"),
        static_tls=True,
        alignment=0x1000,
        python_symbols=("PyErr_SetString", "PyList_New", "Pymalloc", "_Py_Dealloc"),
    )


@pytest.mark.parametrize(("bits", "order"), SHAPES)
def test_weak_symbols_are_not_needed(bits: int, order: str) -> None:
    data = elf(bits=bits, order=order, symbols=("PyList_New",), weak=("PyType_GetName", "memcpy"))
    file = ELFFile(io.BytesIO(data))
    (dynamic,) = [each for each in file.iter_segments() if isinstance(each, DynamicSegment)]
    bound = {each.name: each["st_info"]["bind"] for each in dynamic.iter_symbols() if each.name}
    assert bound == {"PyList_New": "STB_GLOBAL", "PyType_GetName": "STB_WEAK", "memcpy": "STB_WEAK"}
    answer, _ = read_in_ranges(data, python_symbols=True)
    assert isinstance(answer, Needs)
    assert answer.python_symbols == ("PyList_New",)


@pytest.mark.parametrize(("bits", "order"), SHAPES)
@pytest.mark.parametrize("headers_first", [False, True])
def test_pyelftools_reads_the_same(bits: int, order: str, headers_first: bool) -> None:
    data = elf(
        bits=bits,
        order=order,
        headers_first=headers_first,
        versions=VERSIONS,
        needed=("a.so", "b.so"),
        second_alignment=0x1000,
        thread_data=72,
    )
    answer, _ = read_in_ranges(data)
    assert isinstance(answer, Needs)
    file = ELFFile(io.BytesIO(data))
    (dynamic,) = [each for each in file.iter_segments() if isinstance(each, DynamicSegment)]
    assert list(answer.libraries) == [tag.needed for tag in dynamic.iter_tags("DT_NEEDED")]
    loaded = [each["p_align"] for each in file.iter_segments() if each["p_type"] == "PT_LOAD"]
    assert answer.alignment == min(loaded) == 0x1000
    local = [each["p_memsz"] for each in file.iter_segments() if each["p_type"] == "PT_TLS"]
    assert [answer.thread_data] == local == [72]


def test_little_of_a_long_file_is_read() -> None:
    data = elf(versions=VERSIONS, filling=bytes(5_000_000))
    answer, count = read_in_ranges(data)
    assert isinstance(answer, Needs)
    assert answer.glibc == "2.34"
    assert count < 50_000


def test_a_static_program_needs_nothing() -> None:
    data = bytearray(elf(alignment=0x200000))
    data[64 + 56 : 64 + 60] = bytes(4)  # no PT_DYNAMIC any more
    assert read_in_ranges(bytes(data))[0] == Needs(alignment=0x200000)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["GLIBC_2.9", "GLIBC_2.17"], {"GLIBC": "2.17"}),
        (["GLIBC_2.3.4", "GLIBC_2.3"], {"GLIBC": "2.3.4"}),
        (["GLIBC_ABI_DT_RELR", "GLIBC_2.17"], {"GLIBC": "2.36"}),
        (["GLIBC_PRIVATE", "GLIBCXX_DEBUG", "CXXABI_TM_1", "OPENSSL_3.0.0", "", "GLIBC_2"], {}),
    ],
)
def test_the_highest_version(names: list[str], found: dict[str, str]) -> None:
    assert highest(names) == found


def test_hashes_are_the_loaders() -> None:
    # as `readelf -V` prints them nowhere, but `objdump -p` does: 0x06969197 0x00 02 GLIBC_2.17
    assert elf_hash("GLIBC_2.17") == 0x06969197
    assert elf_hash("GLIBC_2.2.5") == 0x09691A75
    assert len(known_names()) == 1 + 100 + 12 + 80 + 60


@pytest.mark.parametrize(("bits", "order"), SHAPES)
@pytest.mark.parametrize("headers_first", [False, True])
def test_the_beginning_tells_the_versions(bits: int, order: str, headers_first: bool) -> None:
    data = elf(bits=bits, order=order, headers_first=headers_first, versions=VERSIONS, filling=bytes(100_000))
    front = read_front(data[:4000])
    whole, _ = read_in_ranges(data)
    assert isinstance(whole, Needs)
    assert front == Needs(
        partial=True, glibc=whole.glibc, glibcxx=whole.glibcxx, cxxabi=whole.cxxabi, alignment=whole.alignment
    )


@pytest.mark.parametrize(("bits", "order"), SHAPES)
def test_the_beginning_tells_which_libraries_there_may_be(bits: int, order: str) -> None:
    """As long as the names stand where a linker put them: patchelf moves them, and writes X over the old ones."""
    data = elf(
        bits=bits,
        order=order,
        needed=("libGL.so.1", "libc.so.6"),
        soname="libdemo.so",
        symbols=("so.called", "PyErr_Clear"),
        versions=VERSIONS,
        names_first=True,
        filling=bytes(100_000),
    )
    front = read_front(data[:4000])
    assert front is not None
    assert front.at_most is not None
    assert set(front.at_most) == {"libGL.so.1", "libc.so.6", "libdemo.so", *VERSIONS}
    moved = read_front(data[:4000].replace(b"libGL.so.1", b"XXXXXXXXXX").replace(b"\0GLIBC_", b"\0XXXXXX"))
    assert moved == replace(front, at_most=None)


def test_a_beginning_without_versions_tells_nothing() -> None:
    assert read_front(elf(needed=("libc.musl-aarch64.so.1",))) is None
    assert read_front(elf(versions={"libgcc_s.so.1": ("GCC_3.0",)})) is None


@given(st.integers(min_value=0, max_value=1200), st.booleans())
def test_a_beginning_cut_anywhere_tells_all_or_nothing(cut: int, headers_first: bool) -> None:
    data = elf(versions=VERSIONS, headers_first=headers_first)
    assert read_front(data[:cut]) in (None, read_front(data))


def test_a_chain_that_goes_round_tells_nothing() -> None:
    data = elf(versions={"libc.so.6": ("GLIBC_2.17",) * 3})
    at = data.index(elf_hash("GLIBC_2.17").to_bytes(4, "little"))
    looped = data[: at + 12] + (0).to_bytes(4, "little") + data[at + 16 :]
    assert read_front(looped) is None


LIES = [
    (0x38, 2, b"\xff\xff"),
    (0x20, 8, b"\xff" * 8),
    (0x36, 2, b"\x01\x00"),
    (4, 1, b"\x07"),
    (5, 1, b"\x00"),
]


@pytest.mark.parametrize(("at", "length", "lie"), LIES)
def test_headers_that_lie(at: int, length: int, lie: bytes) -> None:
    data = elf(versions=VERSIONS)
    answer, _ = read_in_ranges(data[:at] + lie + data[at + length :])
    assert isinstance(answer, Unreadable)
    assert "broken" in answer.reason


def test_a_chain_of_needs_without_end() -> None:
    """Each step leads on by one byte's worth: the same entry for ever, were it not counted."""
    data = elf(versions={"libc.so.6": ("GLIBC_2.17", "GLIBC_2.18")})
    at = data.index(elf_hash("GLIBC_2.17").to_bytes(4, "little"))
    looped = data[: at - 14] + b"\xff\xff" + data[at - 12 : at + 12] + bytes(4) + data[at + 16 :]
    answer, _ = read_in_ranges(looped)
    assert answer == Unreadable(reason="the ELF file is broken: its version needs have no end")


@given(st.integers(min_value=0, max_value=1200))
def test_a_file_cut_anywhere(cut: int) -> None:
    data = elf(versions=VERSIONS)
    answer, _ = read_in_ranges(data[:cut])
    assert cut >= len(data) - 16 or isinstance(answer, Unreadable)


@given(st.integers(min_value=0), st.sampled_from(SHAPES), st.integers(min_value=1, max_value=12))
def test_damage_raises_nothing(seed: int, shape: tuple[int, str], times: int) -> None:
    random_numbers = random.Random(seed)
    data = bytearray(elf(bits=shape[0], order=shape[1], versions=VERSIONS, symbols=("PyList_New",)))
    for _ in range(times):
        data[random_numbers.randrange(len(data))] = random_numbers.choice((0, 1, 2, 16, 127, 255))
    answer, count = read_in_ranges(bytes(data), python_symbols=True)
    assert isinstance(answer, Needs | Unreadable)
    assert count <= 3 * len(data)
    read_front(bytes(data))


@given(st.binary(max_size=400))
def test_noise_raises_nothing(noise: bytes) -> None:
    assert isinstance(read_in_ranges(b"\x7fELF\x02\x01\x01" + noise)[0], Needs | Unreadable)
    read_front(b"\x7fELF\x02\x01\x01" + noise)


def test_pyelftools_refuses_what_is_cut() -> None:
    with pytest.raises(ELFError):
        ELFFile(io.BytesIO(elf()[:30]))


def tags_of(data: bytes) -> dict[int, int]:
    """Where the value of each tag in the dynamic section of a 64-bit file stands."""
    start, size = struct.unpack_from("<QxxxxxxxxxxxxxxxxQ", data, 64 + 56 + 8)
    return {struct.unpack_from("<Q", data, at)[0]: at + 8 for at in range(start, start + size, 16)}


def patched(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<Q", value) + data[at + 8 :]


NEEDED, STRTAB, SYMTAB, STRSZ, GNU_HASH, VERNEED = 1, 5, 6, 10, 0x6FFFFEF5, 0x6FFFFFFE


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        (STRTAB, 0x99999999, "points to what is not in the file"),
        (VERNEED, 2**64 - 1, "points to what is not in the file"),
        (STRSZ, 2**40, "cut off"),
        (STRSZ, 4, "a name in it has no end"),
        (NEEDED, 10**9, "a name in it has no end"),
        (VERNEED, 0x10000 + 40, ""),
    ],
)
def test_tags_that_lie(tag: int, value: int, words: str) -> None:
    data = elf(versions=VERSIONS)
    answer, _ = read_in_ranges(patched(data, tags_of(data)[tag], value))
    assert isinstance(answer, Unreadable) or not words
    assert words in (answer.reason if isinstance(answer, Unreadable) else "")


@pytest.mark.parametrize("gone", [STRTAB, STRSZ])
def test_a_dynamic_section_without_strings(gone: int) -> None:
    data = elf(versions=VERSIONS)
    answer, _ = read_in_ranges(patched(data, tags_of(data)[gone] - 8, 0x70000000))
    assert answer == Unreadable(reason="the ELF file is broken: its dynamic section names no string table")


def test_a_dynamic_section_without_an_end() -> None:
    data = elf()
    answer, _ = read_in_ranges(patched(data, tags_of(data)[0] - 8, 0x70000000))
    assert answer == Unreadable(reason="the ELF file is broken: its dynamic section has no end")


def test_tables_larger_than_anybodys() -> None:
    data = elf(filling=bytes(17 * 2**20))
    answer, count = read_in_ranges(patched(data, tags_of(data)[STRSZ], 16 * 2**20 + 1))
    assert answer == Unreadable(reason="its tables are larger than 16 MiB")
    assert count < 50_000


@pytest.mark.parametrize(("count", "found"), [(3, ("PyList_New",)), (2, ("PyList_New",)), (1, ())])
def test_symbols_by_either_hash_table(count: int, found: tuple[str, ...]) -> None:
    """`DT_HASH` and `DT_GNU_HASH` have the number that counts at the same place."""
    data = elf(symbols=("PyList_New", "memcpy"))
    places = tags_of(data)
    for tag in (GNU_HASH, 4):
        here = patched(data, places[GNU_HASH] - 8, tag)
        where = struct.unpack_from("<Q", data, places[GNU_HASH])[0] - 0x10000
        answer, _ = read_in_ranges(
            here[: where + 4] + struct.pack("<I", count) + here[where + 8 :], python_symbols=True
        )
        assert isinstance(answer, Needs)
        assert answer.python_symbols == found


def test_symbols_that_cannot_be_counted() -> None:
    data = elf(symbols=("PyList_New",))
    places = tags_of(data)
    where = struct.unpack_from("<Q", data, places[GNU_HASH])[0] - 0x10000
    many, _ = read_in_ranges(data[: where + 4] + b"\xff\xff\xff\x7f" + data[where + 8 :], python_symbols=True)
    assert many == Unreadable(reason=f"the ELF file is broken: it states {0x7FFFFFFF} symbols")
    none, _ = read_in_ranges(patched(data, places[SYMTAB] - 8, 0x70000000), python_symbols=True)
    assert none == Unreadable(reason="the ELF file is broken: it has no symbols")
    without, _ = read_in_ranges(patched(data, places[GNU_HASH] - 8, 0x70000000), python_symbols=True)
    assert isinstance(without, Needs)
    assert without.python_symbols == ()


def test_no_chain_where_a_hash_stands_by_chance() -> None:
    """In code or in data the same four bytes mean nothing; not even behind what looks like a chain."""
    by_chance = elf_hash("GLIBC_2.17").to_bytes(4, "little")
    looks_so = struct.pack("<HHIII", 1, 1, 0, 16, 0)
    headers = elf()[: 64 + 3 * 56]
    for data in (
        by_chance * 40,
        b"\0" + by_chance,
        looks_so + by_chance,
        looks_so + by_chance + bytes(12),
        looks_so + by_chance + struct.pack("<HHII", 0, 2, 0, 16),
        struct.pack("<HHIII", 1, 1, 0, 16, 8) + by_chance + struct.pack("<HHII", 0, 2, 0, 0),
        struct.pack("<HHIII", 1, 1, 0, 20, 0) + by_chance + struct.pack("<HHII", 0, 2, 0, 0),
        struct.pack("<HHIII", 1, 1, 0, 16, 32) + by_chance + struct.pack("<HHII", 0, 2, 0, 0),
        (looks_so + by_chance) * 20_000,
    ):
        assert read_front(headers + data) is None
    assert read_front(b"no ELF file") is None


def test_trying_chains_has_an_end() -> None:
    """Of a megabyte in which every place looks like a chain, few are tried: `steps` of them, not all squared."""
    entry = elf_hash("GLIBC_2.17").to_bytes(4, "little") + struct.pack("<HHII", 0, 2, 0, 16)
    header = struct.pack("<HHIII", 1, 255, 0, 16, 16)
    tried: list[int] = []
    data = elf()[: 64 + 3 * 56] + (header + entry * 254) * 240
    with pytest.MonkeyPatch.context() as patch:
        chain = elf_front._chain
        patch.setattr(elf_front, "_chain", lambda *given: (tried.append(given[2]), chain(*given))[1])
        assert read_front(data) is None
    assert len(tried) <= 2000
