"""AC011: what wheels hold against what their tags say."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.index.model import Unavailable
from archcheck.model import Severity
from tests.judge.comparisons import AL2_ARM, AL2_X86, ANY, ARM, X86, found, side, subject

EXTENSION = "demo/_core.abi3.so"
PROGRAM = "demo/linux/manager"
BLOCKER, WARNING = Severity.BLOCKER, Severity.WARNING


def native(path, machine="aarch64", *, libraries=(), glibc=None, **more):
    needs = Needs(libraries=libraries, glibc=glibc)
    return NativeFile(path=path, format="elf", machine=machine, bits=64, size=1, needs=needs, **more)


def contents(natives):
    return ArchiveContents(files=9, packed=9, unpacked=9, natives=tuple(natives))


def pair(arm, x86=None, *, tags=(X86, ARM)):
    """What the rules find of wheels that hold *arm* and *x86*: by default what is right there."""
    x86 = [native(EXTENSION, "x86_64")] if x86 is None else x86
    sides = [
        replace(side(machine, tags), contents=contents(held))
        for machine, held in ((AL2_X86, x86), (AL2_ARM, arm))
    ]
    return {code: problem.severity for code, problem in found(subject(*sides)).items()}


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ([native(EXTENSION)], {}),
        ([], {}),
        # sdbus 0.14.1: ELF machine 0
        ([native(EXTENSION, "none")], {"AC011": BLOCKER}),
        ([native(EXTENSION, "x86_64")], {"AC011": BLOCKER}),
        # z3-solver 4.13.0.0 under manylinux2014
        ([native("z3/lib/libz3.so", glibc="2.40")], {"AC011": BLOCKER}),
        ([native(EXTENSION, glibc="2.17")], {}),
        # open3d 0.18.0: nothing in the wheel loads it
        ([native(EXTENSION), native("open3d/libEGL.so.1", "x86_64")], {"AC011": WARNING}),
        ([native(EXTENSION, libraries=("libx.so",)), native("demo/libx.so", "x86_64")], {"AC011": BLOCKER}),
        ([native(EXTENSION), native("demo.libs/libx-1a2b.so", "x86_64")], {"AC011": BLOCKER}),
        # a program that Python code calls
        ([native(EXTENSION), native(PROGRAM, "x86_64")], {"AC011": WARNING}),
        # PyInstaller brings a bootloader for each platform
        ([native("b/Linux-64bit-arm/run"), native("b/Linux-64bit-intel/run", "x86_64")], {}),
    ],
)
def test_platform_wheels(arm, expected):
    assert pair(arm) == expected


def test_a_wheel_for_any_machine_that_holds_a_program_for_one():
    held = [native(PROGRAM, "x86_64")]
    assert pair(held, held, tags=(ANY,)) == {"AC011": WARNING}


def test_what_x86_64_cannot_load_either_is_the_targets():
    wants = {"libraries": ("libc.so.6",), "glibc": "2.40"}
    assert pair([native(EXTENSION, **wants)], [native(EXTENSION, "x86_64", **wants)]) == {"AC013": BLOCKER}


def test_what_lies_there_for_other_systems_on_both_is_nobodys_business():
    mac = NativeFile(
        path="demo/_core.cpython-313-darwin.so", format="mach-o", machine="arm64", bits=64, size=1
    )
    assert pair([mac], [mac], tags=(ANY,)) == {}


def test_what_was_not_read_is_no_finding():
    unread = replace(side(AL2_ARM, (X86, ARM)), contents=Unavailable(reason="the index gives no parts"))
    assert found(subject(side(AL2_X86, (X86, ARM)), unread)) == {}
    silent = NativeFile(path=EXTENSION, format="elf", machine="aarch64", bits=64, size=1)
    assert pair([silent]) == {}


def needing(path, machine, **needs):
    return NativeFile(path=path, format="elf", machine=machine, bits=64, size=1, needs=Needs(**needs))


@pytest.mark.parametrize(
    ("path", "needs", "others", "expected"),
    [
        # Amazon Linux 2's libstdc++ is GCC 7's: GLIBCXX_3.4.24, CXXABI_1.3.11
        (EXTENSION, {"glibcxx": "3.4.24", "cxxabi": "1.3.11"}, [], {}),
        (EXTENSION, {"glibcxx": "3.4.25"}, [], {"AC011": BLOCKER}),
        (EXTENSION, {"cxxabi": "1.3.13"}, [], {"AC011": BLOCKER}),
        (EXTENSION, {"glibcxx": "3.4.30", "partial": True}, [], {"AC011": BLOCKER}),
        (EXTENSION, {"glibcxx": "3.4.30"}, [native("demo.libs/libstdc++-1a2b3c4d.so.6.0.33")], {}),
        (PROGRAM, {"glibcxx": "3.4.30"}, [], {}),
        ("demo/_core.cpython-313-aarch64-linux-gnu.so", {"glibcxx": "3.4.30"}, [], {}),
        # PyType_FromMetaclass came with 3.12, PyErr_GetHandledException with 3.11; PyObject_GetBuffer is older
        # than the stable ABI that it became part of in 3.11
        (EXTENSION, {"python_symbols": ("PyErr_GetHandledException", "PyObject_GetBuffer")}, [], {}),
        (EXTENSION, {"python_symbols": ("PyList_New", "PyType_FromMetaclass")}, [], {"AC011": BLOCKER}),
    ],
)
def test_beyond_the_base(path, needs, others, expected):
    assert pair([needing(path, "aarch64", **needs), *others]) == expected


def test_what_x86_64_needs_of_a_newer_base_as_well_is_the_targets():
    for needs in ({"glibcxx": "3.4.30"}, {"python_symbols": ("PyType_FromMetaclass",)}):
        arm, x86 = (needing(EXTENSION, machine, **needs) for machine in ("aarch64", "x86_64"))
        assert pair([arm], [x86]) == {"AC013": BLOCKER}


def test_what_is_said_of_it():
    held = needing(EXTENSION, "aarch64", python_symbols=("PyErr_GetRaisedException", "PyType_FromMetaclass"))
    sides = (side(AL2_X86, (X86, ARM)), replace(side(AL2_ARM, (X86, ARM)), contents=contents([held])))
    problem = found(subject(*sides))["AC011"]
    assert (
        f"{EXTENSION} needs PyErr_GetRaisedException and 1 more of CPython, which 3.11 does not have"
        in problem.message
    )
    assert (problem.evidence.needs, problem.evidence.has) == (
        "PyErr_GetRaisedException, PyType_FromMetaclass",
        "Python 3.11",
    )
