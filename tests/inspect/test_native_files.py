"""One native file against one machine: what does not load, what it is there for, and what stands in for it."""

from __future__ import annotations

import pytest

from archcheck.binaries.model import NativeFile, Needs
from archcheck.inspect.native_files import has_twin, mismatch, python_of, role, use_of
from archcheck.platforms.machines import Libc

AL2 = Libc(family="glibc", major=2, minor=26)
AL2023 = Libc(family="glibc", major=2, minor=34)
ALPINE = Libc(family="musl", major=1, minor=2)


def native(path: str = "x.so", machine: str = "aarch64", **more: object) -> NativeFile:
    return NativeFile(**{"path": path, "format": "elf", "machine": machine, "bits": 64, "size": 1, **more})


@pytest.mark.parametrize(
    ("file", "libc", "expected"),
    [
        (native(), AL2, None),
        (native(machine="x86_64"), AL2, ("machine", "x86_64", "is for x86_64")),
        (native(machine="i686", bits=32), AL2, ("machine", "i686", "is for i686")),
        (native(bits=32), AL2, ("machine", "aarch64 of 32 bits", "is for aarch64 of 32 bits")),
        (native(machine="none"), AL2, ("machine", "none", "names no machine at all in its ELF header")),
        (native(format="mach-o", machine="arm64"), AL2, ("system", "macOS (arm64)", "is for macOS (arm64)")),
        (native(format="pe", machine="arm64"), AL2, ("system", "Windows (arm64)", "is for Windows (arm64)")),
        (native(needs=Needs(glibc="2.26")), AL2, None),
        (native(needs=Needs(glibc="2.9")), AL2, None),
        (native(needs=Needs(glibc="2.28")), AL2, ("libc", "glibc 2.28", "needs glibc 2.28")),
        (native(needs=Needs(glibc="2.34")), AL2023, None),
        (native(needs=Needs(glibc="2.17")), ALPINE, ("libc", "glibc", "needs glibc")),
        (native(needs=Needs(libraries=("libc.so.6",))), ALPINE, ("libc", "glibc", "needs glibc")),
        (native(needs=Needs(libraries=("libc.musl-aarch64.so.1",))), AL2, ("libc", "musl", "needs musl")),
        (native(needs=Needs(libraries=("libc.so",))), AL2, ("libc", "musl", "needs musl")),
        (native(needs=Needs()), ALPINE, None),  # a static program
        (native(unread="too large"), AL2, None),
    ],
)  # fmt: skip
def test_what_does_not_load(file: NativeFile, libc: Libc, expected: tuple[str, str, str] | None) -> None:
    found = mismatch(file, "aarch64", libc)
    assert (found and (found.kind, found.needs, found.says)) == expected


@pytest.mark.parametrize(
    ("path", "use", "python"),
    [
        ("numpy/_core/_multiarray_umath.cpython-312-x86_64-linux-gnu.so", "extension", "cp312"),
        ("a/_b.cpython-313t-darwin.so", "extension", "cp313t"),
        ("a/_b.cp311-win_amd64.pyd", "extension", "cp311"),
        ("cryptography/hazmat/bindings/_rust.abi3.so", "extension", None),
        ("a/_b.pyd", "extension", None),
        ("a/_b.so", "library", None),
        ("numpy.libs/libscipy_openblas64_-ff651d7f.so", "library", None),
        ("lib/libc++.so.1.0", "library", None),
        ("a/lib.dylib", "library", None),
        ("selenium/webdriver/common/linux/selenium-manager", "program", None),
        ("a/t64.exe", "program", None),
    ],
)
def test_what_it_is_there_for(path: str, use: str, python: str | None) -> None:
    assert (use_of(path), python_of(path)) == (use, python)


@pytest.mark.parametrize(
    ("path", "twin", "expected"),
    [
        ("PyInstaller/bootloader/Linux-64bit-intel/run", "PyInstaller/bootloader/Linux-64bit-arm/run", True),
        ("bin/chromedriver-linux64", "bin/chromedriver-linux-arm64", True),
        ("_soundfile_data/libsndfile_x86_64.so", "_soundfile_data/libsndfile_arm64.so", True),
        ("x/driver.exe", "y/driver", True),
        ("selenium/linux/selenium-manager", "selenium/linux/other-manager", False),
        ("a/_b.cpython-312-x86_64-linux-gnu.so", "a/_b.cpython-312-aarch64-linux-gnu.so", True),
        ("a/_b.cpython-312-x86_64-linux-gnu.so", "a/_c.cpython-312-aarch64-linux-gnu.so", False),
        ("a/_b.cpython-312-x86_64-linux-gnu.so", "other/_b.cpython-312-aarch64-linux-gnu.so", False),
    ],
)
def test_twins(path: str, twin: str, expected: bool) -> None:
    assert has_twin(native(path, "x86_64"), [native(twin)]) is expected
    assert (role(path) == role(twin)) is expected


def test_a_file_called_by_its_platform_alone_has_no_twin_by_that() -> None:
    assert not has_twin(native("bin/x86_64", "x86_64"), [native("other/tool")])
