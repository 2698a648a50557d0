"""The native files of a distribution against a machine: what counts, what blocks, and what the tags add."""

from __future__ import annotations

import pytest
from packaging.version import Version

from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.judge.artifacts.loading import side_of_part, told, unfit
from archcheck.judge.artifacts.problems import part_mismatch
from archcheck.manifest.built import Part, Tree
from archcheck.model import Severity, Status
from archcheck.platforms.targets import parse_target

MACHINE = parse_target("lambda:python3.11").on("aarch64")
LINUX_X86, LINUX_ARM = "cp311-cp311-manylinux2014_x86_64", "cp311-cp311-manylinux2014_aarch64"
MAC, ANY = "cp311-cp311-macosx_11_0_arm64", "py3-none-any"


def elf(path: str, machine: str = "aarch64", **more: object) -> NativeFile:
    return NativeFile(
        **{"path": path, "format": "elf", "machine": machine, "bits": 64, "size": 1, "needs": Needs(), **more}
    )


def part(natives, tags=()) -> Part:
    held = ArchiveContents(files=1, packed=1, unpacked=1, natives=tuple(natives))
    return Part(name="a", version=Version("1"), tags=tags, contents=held)


def other(path: str, format_: str, machine: str) -> NativeFile:
    return NativeFile(path=path, format=format_, machine=machine, bits=64, size=1)


@pytest.mark.parametrize(
    ("natives", "tags", "expected"),
    [
        ([elf("a/_b.abi3.so", "x86_64")], [LINUX_X86], {("a/_b.abi3.so", True)}),
        ([elf("a.libs/liba.so.1", "x86_64")], [LINUX_X86], {("a.libs/liba.so.1", True)}),
        # debugpy and selenium are for any machine, and their Python code chooses what to call
        ([elf("a/attach_linux_amd64.so", "x86_64")], [ANY], {("a/attach_linux_amd64.so", False)}),
        ([elf("a/linux/manager", "x86_64"), other("a/macos/manager", "mach-o", "arm64")], [ANY], {("a/linux/manager", False)}),
        ([elf("a/_b.cpython-311-x86_64-linux-gnu.so", "x86_64")], [ANY], {("a/_b.cpython-311-x86_64-linux-gnu.so", True)}),
        ([other("a/t64.exe", "pe", "amd64")], [ANY], set()),
        ([other("a/t64.exe", "pe", "amd64"), elf("a/_b.abi3.so")], [LINUX_ARM], set()),
        ([other("a/_b.cpython-311-darwin.so", "mach-o", "arm64")], [MAC], {("a/_b.cpython-311-darwin.so", True)}),
        ([other("a/lib.dylib", "mach-o", "arm64")], [MAC], {("a/lib.dylib", True)}),
        ([other("a/tool", "mach-o", "arm64")], [MAC], {("a/tool", False)}),
        ([other("own/lib.dylib", "mach-o", "arm64")], [], {("own/lib.dylib", True)}),
        # bootloaders of every platform
        ([elf("a/intel/run", "x86_64"), elf("a/arm/run"), elf("a/ppc64le/run", "ppc64le")], [ANY], set()),
        # modules of several Pythons side by side
        ([elf("a/_b.cpython-312-aarch64-linux-gnu.so"), elf("a/_b.cpython-311-aarch64-linux-gnu.so")], [LINUX_ARM], set()),
        ([elf("a/_b.cpython-312-aarch64-linux-gnu.so")], [LINUX_ARM], {("a/_b.cpython-312-aarch64-linux-gnu.so", True)}),
        # what the tags say, where no file tells
        ([], ["cp312-cp312-manylinux2014_aarch64"], {("", True)}),
        ([elf("a/_b.so")], ["cp312-cp312-manylinux2014_aarch64"], {("", True)}),
        ([elf("a/_b.abi3.so")], ["cp39-abi3-manylinux2014_aarch64"], set()),
        ([elf("a/_b.abi3.so")], ["cp39-abi3-manylinux_2_28_aarch64"], set()),
        ([elf("a/_b.abi3.so", needs=None)], ["cp39-abi3-manylinux_2_28_aarch64"], {("", True)}),
        ([elf("a/_b.abi3.so", needs=Needs(glibc="2.34"))], [LINUX_ARM], {("a/_b.abi3.so", True)}),
        ([], [LINUX_X86], set()),  # nothing in it is for any processor
        ([elf("a/_b.abi3.so")], [LINUX_X86], set()),  # the files are the truth
    ],
)  # fmt: skip
def test_what_does_not_fit(
    natives: list[NativeFile], tags: list[str], expected: set[tuple[str, bool]]
) -> None:
    found = unfit(natives, tags, MACHINE)
    assert {(each.path, each.blocks) for each in found} == expected
    problem = part_mismatch(part(natives, tags), MACHINE)
    severities = {Severity.BLOCKER if blocks else Severity.WARNING for _, blocks in expected}
    assert {problem.severity} == severities if problem else not expected


@pytest.mark.parametrize(
    ("natives", "status"),
    [
        ((), Status.PURE_WHEEL),
        ((elf("a/_b.abi3.so"),), Status.WHEEL),
        ((elf("a/_b.abi3.so", "x86_64"),), Status.MISSING),
        ((elf("a/tool", "x86_64"),), Status.PURE_WHEEL),
    ],
)
def test_what_a_distribution_is_there(natives: tuple[NativeFile, ...], status: Status) -> None:
    each = part(natives)
    tree = Tree(contents=ArchiveContents(files=1, packed=1, unpacked=1), parts=(each,))
    assert side_of_part(each, tree, MACHINE).status is status
    assert side_of_part(None, tree, MACHINE).status is Status.NOT_REQUIRED
    assert side_of_part(each, None, MACHINE).status is Status.MISSING


def test_files_alike_are_told_as_one() -> None:
    natives = [elf(f"a/_{n}.abi3.so", "x86_64") for n in range(3)] + [elf("a/_x.abi3.so", "none")]
    said = told(unfit(natives, [LINUX_X86], MACHINE))
    assert said == "3 native files are for x86_64; a/_x.abi3.so names no machine at all in its ELF header"
