"""What ELF files need, against files built field by field, pyelftools, and damage."""

from __future__ import annotations

import io
import random

import pytest
from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

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
@pytest.mark.parametrize("headers_first", [False, True])
def test_pyelftools_reads_the_same(bits: int, order: str, headers_first: bool) -> None:
    data = elf(
        bits=bits, order=order, headers_first=headers_first, versions=VERSIONS, needed=("a.so", "b.so")
    )
    answer, _ = read_in_ranges(data)
    assert isinstance(answer, Needs)
    file = ELFFile(io.BytesIO(data))
    (dynamic,) = [each for each in file.iter_segments() if isinstance(each, DynamicSegment)]
    assert list(answer.libraries) == [tag.needed for tag in dynamic.iter_tags("DT_NEEDED")]
    loaded = [each["p_align"] for each in file.iter_segments() if each["p_type"] == "PT_LOAD"]
    assert answer.alignment == max(loaded)


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
