"""Requirements files that are no text, cannot be read, or mean harm."""

from __future__ import annotations

import codecs
import os
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from archcheck.errors import InputError
from archcheck.files import MAX_BYTES
from archcheck.inputs import read_input
from archcheck.inputs.requirements.reader import read_requirements

from .pip_oracle import PIP_VERSION, pip_reads
from .reading import FakeFiles, outcome, read, refused, row

if TYPE_CHECKING:
    from pathlib import Path


TEXT = "numpy==1.26.4  # größer\nflask\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
        b"# -*- coding: latin-1 -*-\n" + TEXT.encode("latin-1"),
        b"# any\n# vim: set fileencoding=cp1252 :\n" + TEXT.encode("cp1252"),
    ],
)
def test_encodings(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = read(data)
    assert [str(one.specifier) for one in manifest.requirements] == ["==1.26.4", ""]
    if data.startswith(codecs.BOM_UTF32_LE) and PIP_VERSION < (25, 1):
        return  # pip took its mark for that of UTF-16
    (tmp_path / "r.txt").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    assert [row(one) for one in manifest.requirements] == pip_reads("r.txt").requirements


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"numpy\n\xff\n", "r.txt:2: not text in utf-8; expected UTF-8"),
        (b"\x7fELF\x02\x01\x00\x00", "r.txt: a binary file (it holds NUL)"),
        ("numpy".encode("utf-16-le"), "r.txt: a binary file"),
        (codecs.BOM_UTF16_LE + b"n", "r.txt: not text in utf-16-le"),
        (b"\n# coding: klingon\nnumpy", "r.txt:2: unknown encoding 'klingon'"),
        (b"# coding: bz2\nnumpy", "r.txt:1: unknown encoding 'bz2'"),
        (b"# coding: punycode\n" + b"a" * 50_000, "r.txt:1: unknown encoding 'punycode'"),
        (b"# coding: utf-7\n+2AA-", "r.txt:2: '\\ud800' holds half a character"),
        (b"# coding: undefined\n", "r.txt:1: not text in undefined"),
    ],
)
def test_what_is_not_text(data: bytes, expected: str) -> None:
    assert refused(data).startswith(expected)


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n  # comments", "\\\n\\\n", codecs.BOM_UTF8])
def test_nothing_is_asked_for(text: bytes | str) -> None:
    manifest = read(text)
    assert (manifest.requirements, manifest.constraints, manifest.skipped) == ((), (), ())


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "large").write_bytes(b"#" * (MAX_BYTES + 1))
    for path, reason in [
        ("gone.txt", "no such file or directory"),
        (".", "is a folder"),
        ("fifo", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("large", "file too large"),
        ("nul\0byte", "embedded null (byte|character)"),
        ("a" * 5000, "file name too long"),
    ]:
        with pytest.raises(InputError, match=reason) as caught:
            read_input(path, "requirements", environ={}, cwd=str(tmp_path))
        assert str(caught.value).isprintable()


def test_unreadable_file() -> None:
    class Locked(FakeFiles):
        def read(self, path: str) -> bytes:
            raise PermissionError(13, "Permission denied", path)

    with pytest.raises(InputError, match=r"^r\.txt: permission denied; expected a requirements file$"):
        read_requirements("r.txt", files=Locked({}), environ={}, cwd="/project")


def test_endless_line() -> None:
    assert (
        refused("x\n" + "a" * 10_000_000)
        == "r.txt:2: a line of 10,000,000 characters; expected at most 262,144"
    )
    assert "expected at most 8,192" in refused("a" * 10_000)
    assert not read("#" * 10_000_000).requirements
    assert not read(" " * 10_000_000).requirements
    assert "characters" in refused("a \\\n" * 200_000)


def test_variables_cannot_fill_the_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="characters; expected at most"):
            read("${X}" * 50_000, environ={"X": "y" * 1000})
        assert tracemalloc.get_traced_memory()[1] < 500 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "line",
    ["a;" + "(" * 4000 + "python_version>'3'" + ")" * 4000, "a==" + "9" * 5000, "a[" + "b," * 3000, "a @ " + "[" * 5000,
     "./" + "[" * 8000, "a; " + "python_version>'3' and " * 300, "-e " + "[" * 8000, "--no-binary " + ":all:," * 40_000],
)  # fmt: skip
def test_hostile_lines_are_refused_or_read(line: str) -> None:
    found = outcome(line)
    if isinstance(found, InputError):
        assert len(str(found)) < 500
        return
    assert str(found)
    for one in found.requirements:
        assert one.specifier == SpecifierSet() or not one.specifier.contains("1.0")
