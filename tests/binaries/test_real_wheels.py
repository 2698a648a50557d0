"""20 real projects on both architectures: as readelf, unzip and auditwheel see them."""

from __future__ import annotations

import pytest

from archcheck.binaries.archive import cut, needs_in, reach
from archcheck.binaries.members import FRONT
from archcheck.binaries.model import NativeFile, Needs, Wanted
from archcheck.binaries.versions import highest
from tests.binaries.real_wheels import contents_of, recorded, said

MACHINES = {"AArch64": "aarch64", "Advanced Micro Devices X86-64": "x86_64", "None": "none"}
SYSTEMS = {"UNIX - System V": 0, "UNIX - GNU": 3}
WHEELS = sorted(said())


def compare(native: NativeFile, elf: dict) -> None:
    """Hold what was read of the needs of *native* to what readelf says, as far as it was read."""
    needs = native.needs
    assert isinstance(needs, Needs)
    families = highest(elf["versions"])
    found = (needs.glibc, needs.glibcxx, needs.cxxabi)
    assert found == tuple(families.get(each) for each in ("GLIBC", "GLIBCXX", "CXXABI"))
    assert needs.alignment == elf["aligned"]
    if not needs.partial:
        assert list(needs.libraries) == elf["needed"]
        assert (needs.soname, needs.static_tls) == (elf["soname"], elf["static_tls"])
    elif needs.at_most is not None:
        names = [*elf["needed"], *filter(None, [elf["soname"]])]
        assert [name for name in names if not any(each.endswith(name) for each in needs.at_most)] == []


def test_there_are_enough() -> None:
    projects = {each.partition("-")[0] for each in WHEELS}
    assert len(projects) >= 20
    assert sum("aarch64" in each for each in WHEELS) >= 20
    assert sum("x86_64" in each for each in WHEELS) >= 20


@pytest.mark.parametrize("filename", WHEELS)
def test_sizes_are_those_of_unzip(filename: str) -> None:
    told = said()[filename]
    _, contents = contents_of(recorded(filename))
    assert contents.packed == told["bytes"]
    assert contents.files == told["unzip"]["files"] - told["directories"]
    assert contents.unpacked == told["unzip"]["bytes"] - told["bytecode"]
    assert contents.bytecode == told["bytecode"]


@pytest.mark.parametrize("filename", WHEELS)
def test_machines_are_those_of_readelf(filename: str) -> None:
    """And every ELF file of the wheel is among those that were looked at."""
    _, contents = contents_of(recorded(filename))
    found = {
        each.path: (each.machine, each.bits, each.os_abi, each.size)
        for each in contents.natives
        if each.format == "elf"
    }
    assert found == {
        path: (MACHINES[elf["Machine"]], int(elf["Class"][3:]), SYSTEMS[elf["OS/ABI"]], elf["size"])
        for path, elf in said()[filename]["elf"].items()
    }
    assert contents.suspects == ()


@pytest.mark.parametrize("filename", WHEELS)
def test_needs_are_those_of_readelf_where_they_are_recorded(filename: str, record_property) -> None:
    wheel = recorded(filename)
    directory, contents = contents_of(wheel)
    members = {each.path: each for each in directory.members}
    for native in contents.natives:
        member = members[native.path]
        for whole in (True, False):
            limits = (member.packed,) if whole else (FRONT, 12 * 1024)
            spans = [reach(member, limit, directory.end) for limit in limits]
            data = next(filter(None, cut(wheel.parts, spans)), b"")
            read = needs_in(native, member, Wanted(path=native.path, whole=whole), data) if data else native
            if read.needs is not None:
                compare(read, said()[filename]["elf"][native.path])
                record_property("compared", f"native files with readelf, {'whole' if whole else 'in part'}")
                if read.needs.at_most is not None:
                    record_property("compared", "libraries that may be needed with readelf")


@pytest.mark.parametrize(
    "filename",
    [
        each
        for each in WHEELS
        if each.startswith(("cryptography", "msgpack", "psutil", "pyyaml", "pydantic", "ujson"))
    ],
)
def test_the_libc_that_is_needed_is_auditwheels(filename: str) -> None:
    wheel = recorded(filename)
    directory, contents = contents_of(wheel)
    (member,) = [each for each in directory.members if each.path == contents.natives[0].path]
    (data,) = cut(wheel.parts, [reach(member, 12 * 1024, directory.end)])
    read = needs_in(contents.natives[0], member, Wanted(path=member.path, whole=False), data)
    assert read.needs is not None
    versions = [each for names in said()[filename]["auditwheel"].values() for each in names]
    assert read.needs.glibc == highest(versions)["GLIBC"]


def test_the_wheels_that_lie() -> None:
    """What no tag tells of sdbus, selenium and z3-solver."""
    (sdbus,) = [each for each in WHEELS if each.startswith("sdbus") and "aarch64" in each]
    assert [each.machine for each in contents_of(recorded(sdbus))[1].natives] == ["none"]
    (selenium,) = [each for each in WHEELS if each.startswith("selenium-")]
    assert [
        (each.path.split("/")[-2:], each.format, each.machine)
        for each in contents_of(recorded(selenium))[1].natives
    ] == [
        (["linux", "selenium-manager"], "elf", "x86_64"),
        (["macos", "selenium-manager"], "mach-o", "arm64, x86_64"),
        (["windows", "selenium-manager.exe"], "pe", "win32"),
    ]
    (z3,) = [each for each in WHEELS if each.startswith("z3") and "aarch64" in each]
    wheel = recorded(z3)
    directory, contents = contents_of(wheel)
    (member,) = [each for each in directory.members if each.path == "z3/lib/libz3.so"]
    (native,) = [each for each in contents.natives if each.path == "z3/lib/libz3.so"]
    (data,) = cut(wheel.parts, [reach(member, FRONT, directory.end)])
    read = needs_in(native, member, Wanted(path=member.path, whole=False), data)
    assert read.needs is not None
    assert read.needs.glibc == "2.34"
