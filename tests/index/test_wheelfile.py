"""METADATA out of parts of a wheel."""

from __future__ import annotations

import io
import itertools
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.binaries.sparse import NeedRange
from archcheck.index.metadata.lazy_wheel import MAX_METADATA, first_tail, read_metadata
from archcheck.index.model import Unavailable

FILENAME = "demo-1.0-py3-none-any.whl"
METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


def wheel(
    *,
    before: int = 0,
    after: int = 0,
    comment: bytes = b"",
    compression: int = zipfile.ZIP_DEFLATED,
    **names: bytes,
) -> bytes:
    """A wheel with *before* and *after* bytes of other files around its METADATA."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("demo/before.bin", bytes(before), zipfile.ZIP_STORED)
        for name, data in (names or {"demo-1.0.dist-info/METADATA": METADATA}).items():
            archive.writestr(name, data)
        archive.writestr("demo/after.bin", bytes(after), zipfile.ZIP_STORED)
        archive.comment = comment
    return out.getvalue()


def read_in_ranges(data: bytes, filename: str = FILENAME) -> tuple[bytes | Unavailable, int, int]:
    """Read as the client would; return the answer, the number of ranges and of bytes."""
    segments: dict[int, bytes] = {}
    for requests in range(10):
        answer = read_metadata(filename, len(data), segments)
        if not isinstance(answer, NeedRange):
            return answer, requests, sum(map(len, segments.values()))
        assert 0 <= answer.start < answer.end <= len(data)
        segments[answer.start] = data[answer.start : answer.end]
    raise AssertionError("asks for ranges without end")


@pytest.mark.parametrize(
    ("data", "requests"),
    [
        (wheel(), 1),
        (wheel(before=10_000_000), 1),
        (wheel(before=1_000_000, after=1_000_000), 2),
        (wheel(after=3_000_000, comment=b"x" * 60_000), 3),
        (wheel(before=1_000_000, compression=zipfile.ZIP_STORED), 1),
        (wheel(before=1_000_000, after=1_000_000, compression=zipfile.ZIP_LZMA), 2),
    ],
)
def test_metadata_comes_in_few_ranges(data: bytes, requests: int) -> None:
    answer, count, read = read_in_ranges(data)
    assert answer == METADATA
    assert count <= requests
    assert count == 1 or read < 300_000


def test_a_whole_wheel_needs_no_range() -> None:
    data = wheel(before=100_000, after=100_000)
    assert read_metadata(FILENAME, len(data), {0: data}) == METADATA


def test_a_zip64_wheel() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w") as archive,
        archive.open("demo-1.0.dist-info/METADATA", "w", force_zip64=True) as file,
    ):
        file.write(METADATA)
    assert read_in_ranges(out.getvalue())[0] == METADATA


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"demo/x.py": b""}, "0 .dist-info folders"),
        ({"sub/demo-1.0.dist-info/METADATA": METADATA}, "0 .dist-info folders"),
        ({"demo-1.0.dist-info/WHEEL": b""}, "0 METADATA files"),
        (
            {"demo-1.0.dist-info/METADATA": METADATA, "demo-2.0.dist-info/METADATA": METADATA},
            "2 .dist-info folders",
        ),
        ({"other-1.0.dist-info/METADATA": METADATA}, "lying wheel"),
        ({"demo-1.0.dist-info/METADATA": bytes(MAX_METADATA + 1)}, "larger than 10 MiB"),
    ],
)
def test_wheels_that_pip_would_refuse(names: dict[str, bytes], words: str) -> None:
    answer, _, _ = read_in_ranges(wheel(**names))
    assert isinstance(answer, Unavailable)
    assert words in answer.reason


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_metadata_files_of_one_name_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("demo-1.0.dist-info/METADATA", METADATA)
        archive.writestr("demo-1.0.dist-info/METADATA", METADATA + b"Requires-Dist: evil\n")
    answer, _, _ = read_in_ranges(out.getvalue())
    assert isinstance(answer, Unavailable)


@pytest.mark.parametrize("folder", ["Demo_Pkg-1.0", "demo.pkg-1.0", "demo-pkg-1.0"])
def test_the_folders_name_is_compared_normalised(folder: str) -> None:
    data = wheel(**{f"{folder}.dist-info/METADATA": METADATA})
    assert read_in_ranges(data, "demo_pkg-1.0-py3-none-any.whl")[0] == METADATA


def test_a_lie_about_the_size_is_bounded() -> None:
    data = bytearray(wheel(**{"demo-1.0.dist-info/METADATA": bytes(MAX_METADATA)}))
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(b"demo-1.0.dist-info"))
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    assert isinstance(read_in_ranges(bytes(data))[0], Unavailable)


@pytest.mark.parametrize("size", [0, 1, 1_000, 10**6, 10**9])
def test_the_first_tail_is_within_the_file_and_bounded(size: int) -> None:
    assert 0 <= first_tail(size) <= min(size, 512 * 1024)


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=200), st.booleans())
def test_damage_raises_nothing(noise: bytes, at: int, whole: bool) -> None:
    data = wheel(before=50)
    damaged = noise if whole else data[:at] + noise + data[at + len(noise) :]
    answer, _, _ = read_in_ranges(damaged)
    assert isinstance(answer, bytes | Unavailable)


@given(st.lists(st.integers(min_value=0, max_value=700), max_size=8))
def test_any_cut_into_segments_gives_the_same(cuts: list[int]) -> None:
    data = wheel(before=300)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    segments = {start: data[start : end + 5] for start, end in itertools.pairwise(edges)}
    assert read_metadata(FILENAME, len(data), segments) == METADATA
