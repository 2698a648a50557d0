"""What aarch64's loader may refuse: pages of 64 KiB, and thread-local variables at a fixed place."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.elf import read_needs
from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.judge.notes.loading import loading_notes
from archcheck.platforms.targets import parse_target
from tests.binaries.elves import elf
from tests.judge.comparisons import AL2, ARM, X86, side, subject
from tests.oracle.arm64.natives import natives

STATIC_TLS = 0x10
GOMP = "demo.libs/libgomp-d22c30c5.so.1.0.0"


def native(path, machine="aarch64", **made):
    data = elf(machine={"aarch64": 183, "x86_64": 62}[machine], **made)
    needs = read_needs(len(data), {0: data})
    assert isinstance(needs, Needs)
    return NativeFile(path=path, format="elf", machine=machine, bits=64, size=len(data), needs=needs)


def package(target, files, name="demo"):
    """A package whose aarch64 wheel holds *files*, and whose x86_64 wheel nothing that is native."""
    x86, arm = (
        replace(
            side(parse_target(target).on(architecture), (X86, ARM)),
            contents=ArchiveContents(files=1, packed=1, unpacked=1, natives=held),
        )
        for architecture, held in (("x86_64", ()), ("aarch64", tuple(files)))
    )
    return replace(subject(x86, arm), name=name)


def notes(target, *files):
    return list(loading_notes([package(target, files)]))


SMALL_PAGES = native("demo/_c.so", second_alignment=0x1000)  # as patchelf adds it
LARGE_PAGES = native("demo/_d.so")


def test_pages_of_64_kib():
    (note,) = notes("rhel8:python3.9", SMALL_PAGES, LARGE_PAGES)
    assert note.startswith("rhel8's own kernels for aarch64 have pages of 64 KiB")
    assert " less: demo/_c.so;" in note
    assert "_d.so" not in note


@pytest.mark.parametrize("target", [AL2, "rhel9:python3.11", "debian12:python3.11", "glibc2.28:python3.9"])
def test_other_kernels_have_small_pages(target):
    assert notes(target, SMALL_PAGES) == []


@pytest.mark.parametrize(
    "file",
    [
        LARGE_PAGES,
        native("demo/_c.so", "x86_64", alignment=0x1000),
        NativeFile(path="demo/_c.so", format="elf", machine="aarch64", bits=64, size=1),
    ],
)
def test_what_is_aligned_or_not_for_aarch64_or_was_not_read(file):
    assert notes("rhel8:python3.9", file) == []


def test_of_many_files_five_are_named():
    files = [native(f"demo/_{n}.so", alignment=0x1000) for n in range(7)]
    (note,) = notes("rhel8:python3.9", *files)
    assert "demo/_4.so and 2 more;" in note


@pytest.mark.parametrize(
    ("sizes", "total"),
    [
        ((1544,), None),  # with libgomp's 120 bytes just enough
        ((1545,), "1,665"),
        ((800, 800), "1,720"),
        ((3026,), None),  # pyarrow's libarrow.so is larger than what there is, and so takes nothing of it
    ],
)
def test_thread_local_variables(sizes, total):
    others = [native(f"demo/_{n}.so", thread_data=size) for n, size in enumerate(sizes)]
    found = notes(AL2, native(GOMP, thread_data=120), *others)
    told = (
        f"libraries that are imported together may want {total} bytes of the 1,664 that glibc 2.26 has "
        f"for thread-local variables on aarch64; where loading {GOMP} then fails with 'cannot allocate "
        "memory in static TLS block', import that first or name the file in LD_PRELOAD"
    )
    assert found == ([] if total is None else [told])


@pytest.mark.parametrize(
    ("target", "fails"),
    [
        (AL2, True),
        ("rhel8:python3.9", True),
        ("glibc2.31:python3.9", True),
        ("glibc2.32:python3.9", False),
        ("debian11:python3.9", False),  # its 2.31 has 2.32's change
        ("lambda:python3.12", False),
        ("musl1.2:python3.11", False),
    ],
)
def test_glibc_before_2_32(target, fails):
    files = native(GOMP, thread_data=120), native("demo/_c.so", thread_data=1600)
    assert bool(notes(target, *files)) is fails


def test_without_a_file_that_cannot_do_without_nothing_fails():
    large = native("demo/_c.so", thread_data=1600), native("demo/_d.so", thread_data=1600)
    assert notes(AL2, *large) == []
    flagged = native("demo/_e.so", thread_data=8, flags=STATIC_TLS)
    assert "demo/_e.so" in notes(AL2, *large, flagged)[0]


def test_one_libgomp_of_two_packages_is_loaded_once():
    """auditwheel names it by its contents: scikit-learn's and xgboost's of one year are the same."""
    both = [package(AL2, [native(GOMP, thread_data=900)], name) for name in ("a", "b")]
    assert list(loading_notes(both)) == []


def test_real_wheels_have_what_readelf_says():
    said = {
        ("faiss_cpu-1.15.1-cp310-abi3-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl", "libgomp-"): 0x78,
        ("xgboost-3.4.1-py3-none-manylinux_2_28_aarch64.whl", "libxgboost.so"): 0x3000,
    }
    for (wheel, start), size in said.items():
        (file,) = [each for each in natives(wheel) if each.path.rpartition("/")[2].startswith(start)]
        assert file.needs.thread_data == size
        assert not file.needs.static_tls


def test_nothing_of_nothing():
    assert list(loading_notes([])) == []
