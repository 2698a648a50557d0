"""What is read further, within a budget: a function of the wheels alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.binaries.members import DEEP_FRONT, FRONT
from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.index.model import IndexFile
from archcheck.inspect.plan import Plan, beginnings, loading, what_is_left

MANYLINUX = "cp312-cp312-manylinux_2_28_aarch64"
MUSLLINUX = "cp312-cp312-musllinux_1_2_aarch64"
MIB = 2**20
MOVED = Needs(partial=True)
KNOWN = Needs(partial=True, at_most=("libm.so.6", "mylibGL.so.1"))
READ = Needs(libraries=("libGL.so.1",))


def wheel(name: str, *natives: tuple[str, int], tag: str = MANYLINUX, form: str = "elf", needs=None):
    """A wheel with *natives*: paths and packed sizes in bytes."""
    filename = f"{name}-1.0-{tag}.whl"
    found = [
        NativeFile(
            path=path, format=form, machine="aarch64", bits=64, size=3 * packed, packed=packed, needs=needs
        )
        for path, packed in natives
    ]
    contents = ArchiveContents(files=9, packed=10**6, unpacked=10**6, natives=tuple(found))
    return IndexFile(filename=filename, url=f"https://index.example/{filename}"), contents


def told(plan: Plan) -> dict[str, str]:
    """How far each file is read that is read further, by its path."""
    return {
        each.path: "whole" if each.whole else "deep" if each.deep else "front"
        for wanted in plan.wanted.values()
        for each in wanted
    }


@pytest.mark.parametrize(
    ("wheels", "budget", "found"),
    [
        ([wheel("a", ("a.so", 10_000))], 9_999, {}),
        ([wheel("a", ("a.so", 10_000))], 10_000, {"a.so": "whole"}),
        ([wheel("a", ("a.so", 10_000_000))], FRONT - 1, {}),
        ([wheel("a", ("a.so", 10_000_000))], FRONT, {"a.so": "front"}),
        ([wheel("a", ("a.so", 10_000_000), needs=MOVED)], MIB, {}),
        # small ones first, whichever wheel they are in
        (
            [wheel("a", ("a.so", 900_000)), wheel("b", ("b.so", 800_000))],
            FRONT,
            {"b.so": "front"},
        ),
        # nobody has looked into b
        (
            [wheel("a", ("a.libs/z.so", 500_000)), wheel("b", ("b.so", 800_000))],
            FRONT,
            {"b.so": "front"},
        ),
        ([wheel("a", ("a.so", 70_000), tag=MUSLLINUX)], MIB, {}),
        ([wheel("a", ("a.exe", 10), form="pe")], MIB, {}),
        ([wheel("a")], MIB, {}),
        ([], MIB, {}),
    ],
)
def test_beginnings(wheels, budget: int, found: dict[str, str]) -> None:
    assert told(beginnings(wheels, budget)) == found


@pytest.mark.parametrize(
    ("wheels", "budget", "found"),
    [
        ([wheel("a", ("a.so", 70_000))], 70_000, {"a.so": "whole"}),
        ([wheel("a", ("a.so", 70_000))], 69_999, {}),
        ([wheel("a", ("a.so", 9_000_000))], DEEP_FRONT, {"a.so": "deep"}),
        ([wheel("a", ("a.so", 9_000_000))], DEEP_FRONT - 1, {}),
        ([wheel("a", ("a.so", 9_000_000), needs=MOVED)], 10 * MIB, {}),
        # nothing but the end of a file tells which libc it is for
        ([wheel("a", ("a.so", 900_000), tag=MUSLLINUX)], MIB, {"a.so": "whole"}),
    ],
)
def test_what_the_beginning_does_not_tell(wheels, budget: int, found: dict[str, str]) -> None:
    assert told(what_is_left(wheels, budget)) == found


@pytest.mark.parametrize(
    ("path", "needs", "names", "found"),
    [
        ("a.so", MOVED, {"libGL.so.1"}, {"a.so": "whole"}),
        ("a.so", MOVED, {}, {}),
        ("a.so", KNOWN, {"libX11.so.6"}, {}),
        ("a.so", KNOWN, {"libX11.so.6", "libGL.so.1"}, {"a.so": "whole"}),
        ("a.so", READ, {"libGL.so.1"}, {}),
        ("a.so", None, {"libGL.so.1"}, {}),
        ("bin/a", MOVED, {"libGL.so.1"}, {}),
    ],
)
def test_what_may_need_a_library_is_read_to_its_end(path, needs, names, found) -> None:
    wheels = [wheel("a", (path, 900_000), needs=needs)]
    assert told(loading(wheels, names, "aarch64", MIB)) == found
    assert told(loading(wheels, names, "aarch64", 899_999)) == {}
    assert told(loading(wheels, names, "x86_64", MIB)) == {}


def test_what_may_load_a_library_for_another_machine_is_read_to_its_end() -> None:
    """As in open3d 0.18.0 for aarch64, which has a libEGL.so.1 for x86_64."""
    file, contents = wheel("a", ("a.so", 900_000), ("a/libEGL.so.1", 800_000), needs=MOVED)
    natives = [replace(each, machine="x86_64") if "EGL" in each.path else each for each in contents.natives]
    torn = replace(contents, natives=tuple(natives))
    assert told(loading([(file, torn)], (), "aarch64", MIB)) == {"a.so": "whole"}
    assert told(loading([(file, contents)], (), "aarch64", MIB)) == {}


WHEELS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.lists(st.integers(1, 900_000), max_size=5),
        st.sampled_from([MANYLINUX, MUSLLINUX, "py3-none-any", "cp312-cp312-linux_aarch64"]),
        st.sampled_from([None, MOVED, KNOWN, READ]),
    ),
    max_size=6,
    unique_by=lambda each: each[0],
)
PLANS = (
    beginnings,
    what_is_left,
    lambda wheels, budget: loading(wheels, {"libGL.so.1"}, "aarch64", budget),
)


@given(WHEELS, st.sampled_from(PLANS), st.integers(0, 2_000_000), st.integers(0))
def test_a_plan_keeps_to_its_budget_in_any_order(drawn, plan, budget: int, seed: int) -> None:
    wheels = [
        wheel(
            f"w{number}", *((f"w{number}/{n}.so", size) for n, size in enumerate(sizes)), tag=tag, needs=needs
        )
        for number, sizes, tag, needs in drawn
    ]
    found = plan(wheels, budget)
    sizes = {native.path: native.packed for _, contents in wheels for native in contents.natives}
    wanted = [each for one in found.wanted.values() for each in one]
    costs = [
        sizes[each.path] if each.whole else min(sizes[each.path], DEEP_FRONT if each.deep else FRONT)
        for each in wanted
    ]
    assert found.left == budget - sum(costs) >= 0
    shuffled = random.Random(seed).sample(wheels, len(wheels))
    assert plan([*shuffled, *shuffled], budget) == found
