"""What is read further, within a budget: a function of the wheels alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.binaries.archive import FRONT
from archcheck.binaries.model import ArchiveContents, NativeFile
from archcheck.index.model import IndexFile
from archcheck.inspect.plan import plan

MANYLINUX = "cp312-cp312-manylinux_2_28_aarch64"
KIB = 1024


def wheel(name: str, *natives: tuple[str, int], tag: str = MANYLINUX, form: str = "elf"):
    """A wheel with *natives*: paths and packed sizes in bytes."""
    filename = f"{name}-1.0-{tag}.whl"
    found = [
        NativeFile(path=path, format=form, machine="aarch64", bits=64, size=3 * packed, packed=packed)
        for path, packed in natives
    ]
    contents = ArchiveContents(files=9, packed=10**6, unpacked=10**6, natives=tuple(found))
    return IndexFile(filename=filename, url=f"https://index.example/{filename}"), contents


def planned(*wheels, budget: int) -> dict[str, bool]:
    """Whether each file that is read further is read as a whole, by its path."""
    return {each.path: each.whole for wanted in plan(wheels, budget).values() for each in wanted}


@pytest.mark.parametrize(
    ("wheels", "budget", "found"),
    [
        ([wheel("a", ("a.so", 10_000))], 9_999, {}),
        ([wheel("a", ("a.so", 10_000))], 10_000, {"a.so": True}),
        ([wheel("a", ("a.so", 10_000_000))], FRONT, {"a.so": False}),
        ([wheel("a", ("a.so", 10_000_000))], 10_000_000, {"a.so": True}),
        ([wheel("a", ("a.so", 10_000_000))], 9_999_999, {"a.so": False}),
        # small ones first, whichever wheel they are in
        (
            [wheel("a", ("a.so", 900_000)), wheel("b", ("b.so", 800_000))],
            900_000,
            {"a.so": False, "b.so": True},
        ),
        # every beginning goes before any whole file
        (
            [wheel("a", ("a.so", 70_000)), wheel("b", ("b.so", 80_000))],
            2 * FRONT,
            {"a.so": False, "b.so": False},
        ),
        # nobody has looked into b
        (
            [wheel("a", ("a.libs/z.so", 500_000)), wheel("b", ("b.so", 800_000))],
            2 * FRONT + 800_000,
            {"a.libs/z.so": False, "b.so": True},
        ),
        ([wheel("a", ("a.so", 70_000), tag="cp312-cp312-musllinux_1_2_aarch64")], FRONT, {}),
        ([wheel("a", ("a.so", 70_000), tag="cp312-cp312-musllinux_1_2_aarch64")], 70_000, {"a.so": True}),
        ([wheel("a", ("a.exe", 10), form="pe")], 10**6, {}),
        ([wheel("a")], 10**6, {}),
        ([], 10**6, {}),
    ],
)
def test_plans(wheels, budget: int, found: dict[str, bool]) -> None:
    assert planned(*wheels, budget=budget) == found


WHEELS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.lists(st.integers(1, 500_000), max_size=5),
        st.sampled_from([MANYLINUX, "py3-none-any", "cp312-cp312-linux_aarch64"]),
    ),
    max_size=6,
    unique_by=lambda each: each[0],
)


@given(WHEELS, st.integers(0, 2_000_000), st.integers(0))
def test_a_plan_keeps_to_its_budget_in_any_order(drawn, budget: int, seed: int) -> None:
    wheels = [
        wheel(f"w{number}", *((f"w{number}/{n}.so", size) for n, size in enumerate(sizes)), tag=tag)
        for number, sizes, tag in drawn
    ]
    found = plan(wheels, budget)
    sizes = {native.path: native.packed for _, contents in wheels for native in contents.natives}
    wanted = [each for one in found.values() for each in one]
    assert sum(sizes[each.path] if each.whole else min(sizes[each.path], FRONT) for each in wanted) <= budget
    shuffled = random.Random(seed).sample(wheels, len(wheels))
    assert plan([*shuffled, *shuffled], budget) == found
