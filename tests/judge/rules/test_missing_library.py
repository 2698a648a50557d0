"""AC017: libraries that neither the wheels nor the base bring."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.data.libraries import lacking
from archcheck.inspect.libraries import libraries_lacking
from archcheck.judge.rules.missing_library import lacks_of, library_notes
from tests.judge.comparisons import AL2_ARM, AL2_X86, ARM, X86, found, side, subject

GOMP, GL = "libgomp.so.1", "libGL.so.1"


def native(path, machine="aarch64", *libraries, soname=None):
    needs = Needs(libraries=libraries, soname=soname)
    return NativeFile(path=path, format="elf", machine=machine, bits=64, size=1, needs=needs)


@pytest.mark.parametrize(
    ("wheels", "lacks"),
    [
        # lightgbm leaves libgomp to the system
        ({"demo": [native("d/lib/lib_lightgbm.so", "aarch64", GOMP, "libc.so.6")]}, {"demo": (GOMP,)}),
        # scikit-learn brings one under a name of auditwheel's, which is what its files ask for
        (
            {"demo": [native("d/_c.so", "aarch64", "libgomp-1a.so.1"), native("demo.libs/libgomp-1a.so.1")]},
            {},
        ),
        # another wheel of the set brings it, under its own name or as its soname
        ({"demo": [native("d/_c.so", "aarch64", GOMP)], "other": [native("o/lib/libgomp.so.1")]}, {}),
        ({"demo": [native("d/_c.so", "aarch64", GOMP)], "o": [native("o/libg.so", soname=GOMP)]}, {}),
        # what the base is not known to lack, a program, another machine's file, one that was not read
        ({"demo": [native("d/_c.so", "aarch64", "libfoo.so.3")]}, {}),
        ({"demo": [native("d/bin/tool", "aarch64", GOMP)]}, {}),
        ({"demo": [native("d/_c.so", "x86_64", GOMP)]}, {}),
        ({"demo": [NativeFile(path="d/_c.so", format="elf", machine="aarch64", bits=64, size=1)]}, {}),
    ],
)
def test_what_nothing_brings(wheels, lacks):
    assert libraries_lacking(wheels, "aarch64", {GOMP, GL}) == lacks


def pair(x86, arm):
    """One package whose wheels need these libraries."""
    sides = [
        replace(
            side(machine, (X86, ARM)), contents=ArchiveContents(files=1, packed=1, unpacked=1, natives=held)
        )
        for machine, held in (
            (AL2_X86, (native("demo/_c.abi3.so", "x86_64", *x86),)),
            (AL2_ARM, (native("demo/_c.abi3.so", "aarch64", *arm),)),
        )
    ]
    one = subject(*sides)
    return replace(one, lacks=lacks_of([one])[one.name])


def test_what_aarch64_alone_needs():
    one = pair((), (GOMP,))
    problem = found(one)["AC017"]
    assert problem.severity == "warning"
    assert (problem.evidence.needs, "libgomp.so.1 (of libgomp)" in problem.message) == (GOMP, True)
    assert list(library_notes([one])) == []


def test_what_both_need_is_a_note():
    one = pair((GL,), (GL,))
    assert found(one) == {}
    (note,) = library_notes([one])
    assert note.startswith("demo needs libGL.so.1 (of mesa-libGL), which lambda lacks on both architectures")


@pytest.mark.parametrize("base", ["glibc2.28", "musl1.2", "alpine3.22", "ubuntu22.04", "nothing"])
def test_of_other_bases_nothing_is_said(base):
    assert lacking(base) is None
