"""AC007: pure Python where x86_64 gets compiled code."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, NativeFile
from tests.judge.comparisons import (
    AL2_ARM,
    AL2_X86,
    ANY,
    ARM,
    X86,
    both,
    found,
    side,
    subject,
)


def test_slow_fallback():
    assert list(found(both(f"{X86} {ANY}"))) == ["AC007"]
    assert not found(both(f"{X86} {ARM} {ANY}"))
    older = subject(side(AL2_X86, (X86,), version="2.0"), side(AL2_ARM, (ANY,)))
    assert list(found(older)) == ["AC006"]


def held(machine, *paths):
    """What a wheel holds: these native files."""
    natives = tuple(NativeFile(path=path, format="elf", machine=machine, bits=64, size=1) for path in paths)
    return ArchiveContents(files=9, packed=9, unpacked=9, natives=natives)


CORE, TWIN = "demo/core.cpython-311-{}-linux-gnu.so", "demo/core_avx2.cpython-311-{}-linux-gnu.so"


@pytest.mark.parametrize(
    ("x86", "arm", "fires"),
    [
        ((CORE, TWIN), (CORE,), True),  # rapidfuzz
        ((CORE,), (CORE, TWIN), False),
        ((CORE, "demo.libs/libx-1a2b.so"), (CORE, "demo.libs/liby-3c4d.so"), False),
        ((CORE, "demo/tool"), (CORE,), False),
        ((CORE,), (), False),  # nothing was read of it, or it holds none: other rules' business
    ],
)
def test_modules_that_x86_64_has_alone(x86, arm, fires):
    sides = [
        replace(side(machine, (X86, ARM)), contents=held(name, *(path.format(name) for path in paths)))
        for machine, name, paths in ((AL2_X86, "x86_64", x86), (AL2_ARM, "aarch64", arm))
    ]
    problems = found(subject(*sides))
    assert set(problems) == ({"AC007"} if fires else set())
    if fires:
        assert problems["AC007"].evidence.files == (TWIN.format("x86_64"),)


def stray(path, kind="elf", machine="x86_64"):
    return NativeFile(path=path, format=kind, machine=machine, bits=64, size=1)


@pytest.mark.parametrize(
    "left_over",
    [
        stray("demo/extra.cpython-311-darwin.so", "mach-o", "arm64, x86_64"),
        stray("demo/extra.cp311-win_amd64.pyd", "pe", "amd64"),
        stray("demo/extra.cpython-312-x86_64-linux-gnu.so"),
        stray("demo/extra.cpython-311-i386-linux-gnu.so", machine="i686"),
    ],
)
def test_what_no_import_on_x86_64_finds_is_not_counted(left_over):
    x86, arm = held("x86_64", CORE.format("x86_64")), held("aarch64", CORE.format("aarch64"))
    x86 = replace(x86, natives=(*x86.natives, left_over))
    sides = [
        replace(side(machine, (X86, ARM)), contents=contents)
        for machine, contents in ((AL2_X86, x86), (AL2_ARM, arm))
    ]
    assert "AC007" not in found(subject(*sides))
