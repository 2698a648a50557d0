"""What a zip file holds, from its table of contents and the first bytes of some members."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.binaries.archive import heads, joined, look, needs_in, reach, told
from archcheck.binaries.directory import first_tail, read_directory
from archcheck.binaries.members import FRONT, Directory
from archcheck.binaries.model import ArchiveContents, Unreadable, Wanted
from archcheck.binaries.sparse import NeedRange
from tests.binaries.elves import elf, zipped

VERSIONS = {"libc.so.6": ("GLIBC_2.17", "GLIBC_2.28")}
NOISE = random.Random(1).randbytes(3_000_000)  # does not compress


class Reader:
    """Reads *data* as the client would; counts ranges and bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.requests = 0
        self.bytes = 0

    def get(self, span: NeedRange) -> bytes:
        assert 0 <= span.start < span.end <= len(self.data)
        self.requests += 1
        self.bytes += span.end - span.start
        return self.data[span.start : span.end]

    def directory(self, segments: dict[int, bytes]) -> Directory | Unreadable:
        for _ in range(10):
            answer = read_directory(len(self.data), segments)
            if not isinstance(answer, NeedRange):
                return answer
            segments[answer.start] = self.get(answer)
        raise AssertionError("asks for ranges without end")

    def contents(self) -> ArchiveContents | Unreadable:
        segments: dict[int, bytes] = {}
        directory = self.directory(segments)
        if isinstance(directory, Unreadable):
            return directory
        tail = min(segments, default=0)
        wanted = [each for each in heads(directory) if each.start < tail]
        segments |= {each.start: self.get(each) for each in joined(wanted, len(self.data))}
        return look(directory, segments)

    def needs(self, path: str, *, whole: bool):
        directory = self.directory({})
        assert isinstance(directory, Directory)
        (member,) = [each for each in directory.members if each.path == path]
        (native,) = [each for each in self.contents().natives if each.path == path]
        data = self.get(reach(member, member.packed if whole else FRONT, directory.end))
        assert whole or told(member, data) == (
            needs_in(native, member, Wanted(path=path, whole=False), data).needs is not None
        )
        return needs_in(native, member, Wanted(path=path, whole=whole), data)


def contents(data: bytes) -> ArchiveContents:
    found = Reader(data).contents()
    assert isinstance(found, ArchiveContents)
    return found


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_natives_and_sizes(compression: int) -> None:
    library = elf(versions=VERSIONS)
    data = zipped(
        {
            "demo/__init__.py": b"x = 1\n" * 100,
            "demo/fast.cpython-312-aarch64-linux-gnu.so": library,
            "demo/__pycache__/x.cpython-312.pyc": bytes(50),
            "demo.libs/libz-1234.so.1.2": elf(machine=62),
            "demo/data/model.bin": NOISE,
            "demo-1.0.dist-info/RECORD": b"",
        },
        compression=compression,
    )
    found = contents(data)
    assert (found.files, found.packed, found.unpacked, found.bytecode) == (
        6,
        len(data),
        600 + len(library) + len(elf(machine=62)) + len(NOISE),
        50,
    )
    assert [(each.path, each.machine, each.size) for each in found.natives] == [
        ("demo.libs/libz-1234.so.1.2", "x86_64", len(elf(machine=62))),
        ("demo/fast.cpython-312-aarch64-linux-gnu.so", "aarch64", len(library)),
    ]
    assert found.suspects == ()


@pytest.mark.parametrize(
    ("path", "mode", "looked_at"),
    [
        ("demo/helper", 0o644, True),
        ("demo-1.0.data/scripts/tool", 0o755, True),
        ("demo/helper.x86_64", 0o755, True),
        ("demo/helper.x86_64", 0o644, False),
        ("demo/lib.so.1.2.3", 0o644, True),
        ("demo/LIB.SO", 0o644, True),
        ("demo/some.so.py", 0o644, False),
        ("demo/tool.py", 0o755, False),
        ("demo/tool.exe", 0o644, True),
        ("demo/lib.dylib", 0o644, True),
        ("demo/.hidden", 0o644, False),
        ("demo-1.0.dist-info/RECORD", 0o755, False),
    ],
)
def test_the_table_tells_what_to_look_at(path: str, mode: int, looked_at: bool) -> None:
    found = contents(zipped({path: elf(filling=bytes(5000))}, mode=mode))
    assert [each.path for each in found.natives] == [path] * looked_at


def test_small_files_without_a_suffix_cost_nothing() -> None:
    """tzdata has 600 of them."""
    data = zipped({"notes": NOISE[:50_000], **{f"tzdata/zoneinfo/{n}": NOISE[:3000] for n in range(600)}})
    reader = Reader(data)
    assert isinstance(reader.contents(), ArchiveContents)
    assert reader.requests <= 3
    assert reader.bytes < 100_000


def test_heads_cost_little() -> None:
    """Of 60 libraries of 50 kB, with 3 MB elsewhere."""
    files = {f"demo/m{n}.so": elf(filling=NOISE[n * 50_000 :][:50_000]) for n in range(60)}
    reader = Reader(zipped({"demo/model.bin": NOISE, **files}))
    found = reader.contents()
    assert isinstance(found, ArchiveContents)
    assert len(found.natives) == 60
    assert reader.bytes < 60 * 1024 + 32 * 1024


@pytest.mark.parametrize(
    ("ranges", "size", "found"),
    [
        ([], 10**6, []),
        ([(0, 10), (900, 910)], 10**6, [(0, 910)]),
        ([(0, 10), (10_000, 10_010)], 10**6, [(0, 10_010)]),
        ([(0, 10), (10_000, 10_010), (20_000, 20_010)], 10**6, [(0, 10_010), (20_000, 20_010)]),
        ([(0, 10), (10_000, 10_010), (15_000, 15_010)], 10**6, [(0, 15_010)]),
        ([(0, 10), (40_000, 40_010)], 10**9, [(0, 10), (40_000, 40_010)]),
        ([(0, 10), (20_000, 20_010), (45_000, 45_010)], 10**9, [(0, 45_010)]),
        ([(5, 20), (0, 100), (0, 3)], 10**6, [(0, 100)]),
    ],
)
def test_ranges_are_joined(ranges, size, found) -> None:
    wanted = [NeedRange(start=start, end=end) for start, end in ranges]
    assert [(each.start, each.end) for each in joined(wanted, size)] == found


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 2000)), max_size=40))
def test_joined_ranges_cover_all_and_not_much_more(pairs) -> None:
    wanted = [NeedRange(start=start, end=start + length) for start, length in pairs]
    found = joined(wanted, 10**6)
    assert all(any(one.start <= each.start and each.end <= one.end for one in found) for each in wanted)
    assert (
        sum(one.end - one.start for one in found)
        <= sum(length for _, length in pairs) + 1025 * len(pairs) + 16 * 1024
    )


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_needs(whole: bool, compression: int) -> None:
    library = elf(
        versions=VERSIONS,
        needed=("libGL.so.1", "libc.so.6"),
        symbols=("PyList_New",),
        filling=NOISE[:900_000],
    )
    reader = Reader(zipped({"demo/m.abi3.so": library, "demo/big.bin": NOISE}, compression=compression))
    found = reader.needs("demo/m.abi3.so", whole=whole)
    assert found.needs.glibc == "2.28"
    assert found.needs.partial is not whole
    assert found.needs.libraries == (("libGL.so.1", "libc.so.6") if whole else ())
    assert found.needs.python_symbols == (("PyList_New",) if whole else ())
    assert (found.unread is None) is whole


def test_a_beginning_that_does_not_tell_says_so() -> None:
    reader = Reader(zipped({"m.so": elf(needed=("libc.musl-aarch64.so.1",), filling=NOISE[:200_000])}))
    found = reader.needs("m.so", whole=False)
    assert (found.needs, found.unread) == (None, "its first 64 KiB do not tell")


def altered(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


LIBRARY = elf(versions=VERSIONS)
ONE = zipped({"m.so": LIBRARY}, compression=zipfile.ZIP_STORED)
TABLE = ONE.index(b"PK\x01\x02")
TWO = zipped({"a.so": LIBRARY, "b.so": LIBRARY}, compression=zipfile.ZIP_STORED)
SECOND = TWO.index(b"PK\x01\x02", TWO.index(b"PK\x01\x02") + 4)


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        (altered(ONE, 30, b"x"), "m.so", "contradict"),  # another name in the local header
        (altered(ONE, 8, b"\x08"), "m.so", "contradict"),  # another method there
        (altered(ONE, 6, b"\x01"), "m.so", "contradict"),  # encrypted, says that one alone
        (altered(ONE, 0, b"PX"), "m.so", "points to what is no file"),
        (altered(ONE, 28, b"\xff\xff"), "m.so", "longer than it has to be"),
        (altered(ONE, TABLE + 8, b"\x01"), "m.so", "encrypted"),
        (altered(ONE, TABLE + 10, b"\x0c"), "m.so", "method 12"),
        (altered(ONE, TABLE + 20, b"\x01"), "m.so", "two sizes"),
        (altered(ONE, TABLE + 20, b"\xff\xff\xff\x0f\xff\xff\xff\x0f"), "m.so", "beyond the end"),
        (altered(TWO, SECOND + 42, b"\x10\x00"), "a.so", "another file's place"),
        (altered(TWO, SECOND + 42, b"\x10\x00"), "b.so", "another file's place"),
        (altered(TWO, SECOND + 46, b"a"), "a.so", "listed twice"),
        (zipped({"m.so": b""}), "m.so", "empty"),
        (zipped({"m.so": b"a text"}), "m.so", "no native file"),
        (zipped({"m.so": LIBRARY[:10]}), "m.so", "cut off"),
        (altered(zipped({"m.so": LIBRARY}), 34, b"\xff\xff\xff"), "m.so", "cannot be unpacked"),
    ],
)
def test_what_cannot_be_looked_at_is_said(data: bytes, path: str, words: str) -> None:
    reason = dict(contents(data).suspects)[path]
    assert words in reason


@pytest.mark.parametrize(
    "data", [b"", b"not a zip file", ONE[:-30], ONE[: TABLE + 10], b"PK\x05\x06" + bytes(18)[:10]]
)
def test_no_zip_file(data: bytes) -> None:
    assert isinstance(Reader(data).contents(), Unreadable)


def test_zip64_and_what_stands_before_the_archive() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("m.so", "w", force_zip64=True) as file:
        file.write(LIBRARY)
    assert len(contents(out.getvalue()).natives) == 1
    assert len(contents(b"#!/bin/sh\n" * 100 + ONE).natives) == 1


def test_a_table_of_contents_that_is_too_long() -> None:
    end = b"PK\x05\x06" + bytes(4) + (60_000).to_bytes(2, "little") * 2
    lying = bytes(8_000_000) + end + (7_000_000).to_bytes(4, "little") + bytes(6)
    found = Reader(lying).contents()
    assert found == Unreadable(reason="its table of contents is larger than 4 MiB")


def test_more_files_than_anybody_has() -> None:
    found = contents(zipped({f"{n}.so": b"\x7fELF" for n in range(5000)}))
    assert sum("more than 2048" in reason for _, reason in found.suspects) == 5000 - 2048


@pytest.mark.parametrize("size", [10, 200_000_000])
def test_a_bomb_is_not_unpacked(size: int) -> None:
    """A member that says it is short, or says truly that it is long; a kilobyte of it is a megabyte of zeros."""
    data = zipped({"m.so": LIBRARY + bytes(20_000_000)})
    table = data.index(b"PK\x01\x02")
    reader = Reader(altered(data, table + 24, size.to_bytes(4, "little")))
    found = reader.contents()
    assert isinstance(found, ArchiveContents)
    if found.natives:
        assert "16 times" in (reader.needs("m.so", whole=True).unread or "")


def test_a_member_that_unpacks_to_less_than_it_says() -> None:
    data = zipped({"m.so": LIBRARY + NOISE[:100_000]})
    table = data.index(b"PK\x01\x02")
    longer = (len(LIBRARY) + 200_000).to_bytes(4, "little")
    shorter = (200).to_bytes(4, "little")
    for size, words in ((longer, "less than its size"), (shorter, "cut off")):
        found = Reader(altered(data, table + 24, size)).needs("m.so", whole=True)
        assert words in (found.unread or "")


def test_needs_in_the_middle_of_a_long_member() -> None:
    """Behind what is kept of its beginning, and before what is kept of its end."""
    library = elf(versions=VERSIONS, needed=("libGL.so.1",), filling=NOISE[:1_500_000]) + NOISE[:1_500_000]
    found = Reader(zipped({"m.so": library})).needs("m.so", whole=True)
    assert (found.needs.glibc, found.needs.libraries) == ("2.28", ("libGL.so.1",))


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=8), st.booleans())
def test_damage_raises_nothing(seed: int, times: int, stored: bool) -> None:
    numbers = random.Random(seed)
    compression = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    data = bytearray(
        zipped({"a.so": LIBRARY, "b": LIBRARY, "c.py": b"x"}, compression=compression, mode=0o755)
    )
    for _ in range(times):
        data[numbers.randrange(len(data))] = numbers.randrange(256)
    reader = Reader(bytes(data))
    found = reader.contents()
    assert isinstance(found, ArchiveContents | Unreadable)
    assert reader.bytes <= 4 * len(data) + 4096
    directory = reader.directory({})
    if isinstance(found, ArchiveContents) and isinstance(directory, Directory):
        members = {each.path: each for each in directory.members}
        for native in found.natives:
            for whole in (False, True):
                member = members[native.path]
                span = reach(member, member.packed if whole else FRONT, directory.end)
                read = needs_in(
                    native, member, Wanted(path=native.path, whole=whole), data[span.start : span.end]
                )
                assert read.needs is not None or read.unread


@pytest.mark.parametrize("size", [None, 0, 1, 1_000, 10**6, 10**9])
def test_the_first_tail_is_within_the_file_and_bounded(size: int | None) -> None:
    assert 0 <= first_tail(size) <= min(size if size is not None else 2**40, 64 * 1024)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_stops_reading_further_is_said(compression: int) -> None:
    library = elf(versions=VERSIONS, filling=NOISE[:100_000])
    data = zipped({"m.so": library, "m.dll": b"MZ"}, compression=compression)
    directory = read_directory(len(data), {0: data})
    assert isinstance(directory, Directory)
    (member,) = [each for each in directory.members if each.path == "m.so"]
    (native,) = look(directory, {0: data}).natives
    whole = Wanted(path="m.so", whole=True)
    here = data[member.offset : member.end]
    assert needs_in(native, member, whole, here).unread is None
    cases = [
        (b"", "cut off"),
        (here[:-1], "cut off"),
        (b"PX" + here[2:], "no file"),
        (here[:34] + b"\xff\xff\xff" + here[37:], "cannot be unpacked")
        if member.deflated
        else (here[:9], "cut off"),
    ]
    for damaged, words in cases:
        found = needs_in(native, member, whole, damaged)
        assert found.needs is None
        assert words in (found.unread or "")
    other = replace(native, format="pe")
    assert needs_in(other, member, whole, here) == other


def test_a_name_that_goes_on_behind_a_nul() -> None:
    data = zipped({"m.so\1x": LIBRARY}).replace(b"m.so\1x", b"m.so\0x")
    assert contents(data).suspects == (("m.so\0x", "its name holds a NUL"),)
