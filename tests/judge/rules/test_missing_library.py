"""AC017: libraries that neither the wheels nor the base bring."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.inspect.libraries import is_everywhere, libraries_left
from archcheck.judge.rules.missing_library import lacks_of, library_notes
from archcheck.platforms.targets import parse_target
from tests.judge.comparisons import AL2, ARM, X86, found, side, subject

GOMP, GL = "libgomp.so.1", "libGL.so.1"
GLIB = ("libglib-2.0.so.0", "libgthread-2.0.so.0")


def native(path, machine="aarch64", *libraries, soname=None):
    needs = Needs(libraries=libraries, soname=soname)
    return NativeFile(path=path, format="elf", machine=machine, bits=64, size=1, needs=needs)


@pytest.mark.parametrize(
    ("wheels", "left"),
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
        # a program, another machine's file, one that was not read
        ({"demo": [native("d/bin/tool", "aarch64", GOMP)]}, {}),
        ({"demo": [native("d/_c.so", "x86_64", GOMP)]}, {}),
        ({"demo": [NativeFile(path="d/_c.so", format="elf", machine="aarch64", bits=64, size=1)]}, {}),
    ],
)
def test_what_nothing_brings(wheels, left):
    found = libraries_left(wheels, "aarch64")
    kept = {name: tuple(each for each in needs if not is_everywhere(each)) for name, needs in found.items()}
    assert {name: needs for name, needs in kept.items() if needs} == left


def pair(x86, arm, target=AL2, name="demo"):
    """One package whose wheels need these libraries."""
    sides = []
    for architecture, needs in (("x86_64", x86), ("aarch64", arm)):
        held = (native("demo/_c.abi3.so", architecture, *needs),)
        read = ArchiveContents(files=1, packed=1, unpacked=1, natives=held)
        sides.append(replace(side(parse_target(target).on(architecture), (X86, ARM)), contents=read))
    return replace(subject(*sides), name=name)


def with_lacks(*packages):
    lacks = lacks_of(packages)
    return [replace(each, lacks=lacks.get(each.name, ((), ()))) for each in packages]


def test_what_aarch64_alone_needs():
    (one,) = with_lacks(pair((), (GOMP,)))
    problem = found(one)["AC017"]
    assert problem.severity == "warning"
    assert problem.evidence.needs == GOMP
    assert problem.message.endswith("a layer or a container image: libgomp")
    assert list(library_notes([one])) == []


@pytest.mark.parametrize(
    ("target", "needs", "told", "command"),
    [
        (AL2, (GL,), "libGL.so.1", "bring it in a layer or a container image: mesa-libGL"),
        ("debian11:python3.11", ("libodbc.so.2",), "libodbc.so.2", "apt-get install libodbc1"),
        ("debian12:python3.11", ("libodbc.so.2", "libz.so.1"), "libodbc.so.2", "apt-get install libodbc2"),
        ("debian13:python3.11", GLIB, " and ".join(GLIB), "apt-get install libglib2.0-0t64"),
        ("ubuntu24.04:python3.12", ("libGL.so.1", "libuuid.so.1"), "libGL.so.1", "apt-get install libgl1"),
        ("rhel9:python3.11", ("libGL.so.1", "libgomp.so.1"), "libGL.so.1", "dnf install libglvnd-glx"),
        ("alpine3.22:python3.11", ("libstdc++.so.6", "libc.so"), "libstdc++.so.6", "apk add libstdc++"),
        (
            "debian12:python3.11",
            (GL, "libEGL.so.1", "libGLX.so.0", "libICE.so.6", "libSM.so.6", "libX11.so.6", "libXext.so.6"),
            "libEGL.so.1, libGL.so.1, libGLX.so.0, libICE.so.6, libSM.so.6 and 2 more",
            "apt-get install libegl1 libgl1 libglx0 libice6 libsm6 libx11-6 libxext6",
        ),
    ],
)
def test_what_both_need_is_a_note(target, needs, told, command):
    (one,) = with_lacks(pair(needs, needs, target))
    assert "AC017" not in found(one)
    base = target.partition(":")[0]
    assert list(library_notes([one])) == [
        f"demo needs {told}, which {base} does not bring, on either architecture: {command}"
    ]


def test_of_many_packages_the_first_are_named_and_the_others_counted():
    packages = with_lacks(*(pair((GL,), (GL,), "debian12:python3.11", f"demo{n}") for n in range(9)))
    notes = list(library_notes(packages))
    assert [note.split()[0] for note in notes] == ["demo0", "demo1", "demo2", "demo3", "demo4", "4"]
    assert notes[-1].startswith("4 more packages need libraries that debian12 does not bring")
    assert notes[-1].endswith("apt-get install libgl1")


@pytest.mark.parametrize("base", ["glibc2.28", "musl1.2", "rhel10", "amazonlinux2023"])
def test_of_other_bases_nothing_is_claimed(base):
    """And a note says so, where there was something to judge."""
    one, other = with_lacks(pair((GOMP,), (GL, "libc.so.6"), f"{base}:python3.11"), pair((), (), name="b"))
    assert "AC017" not in found(one)
    assert list(library_notes([one, other])) == [
        f"the wheels leave {GL} to the system; whether {base} brings them was not judged"
    ]
    assert list(library_notes([pair(("libm.so.6",), (), f"{base}:python3.11")])) == []
    assert list(library_notes([])) == []


def test_of_a_base_that_is_known_in_part_the_rest_is_not_judged():
    both = ("libSM.so.6", "libX11.so.6", "libglib-2.0.so.0", "libm.so.6")
    assert list(library_notes(with_lacks(pair(both, both, "rhel8:python3.11")))) == [
        "demo needs libX11.so.6, which rhel8 does not bring, on either architecture: dnf install libX11",
        "the wheels leave libSM.so.6 to the system; whether rhel8 brings them was not judged",
    ]
    assert list(library_notes(with_lacks(pair(("libSM.so.6",), (), "debian12:python3.11")))) == []
