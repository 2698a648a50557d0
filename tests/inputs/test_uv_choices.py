"""uv.lock with extras that exclude each other: every choice among them, as uv installs it, and no others."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.inputs.uv.choices import MAX_CHOICES, MAX_EXTRAS, _largest
from archcheck.manifest.manifest import Selection

from .locks import LOCKS, answers, installed, machine, read
from .test_uv_lock import CLASH, EXTRAS, HEAD, ROOT, package

ALL = Selection(all_extras=True)


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_each_choice_is_what_uv_installs_with_that_extra(architecture: str) -> None:
    folder = LOCKS / "uv" / "conflict"
    said = answers(folder / "answers.json")["answers"]
    of_extra = {tuple(each["selection"]["extras"]): each for each in said if not each["selection"]["groups"]}
    first = read((folder / "uv.lock").read_bytes(), "uv.lock", ALL)
    found = {lock.extras: lock for lock in (first, *first.others)}
    assert list(found) == [("new",), ("old",)]
    for extras, lock in found.items():
        answer = of_extra[extras]
        assert installed(lock, machine(answer["python"], architecture)) == answer["installs"][architecture]


def conflicting(sets: list[list[str]], more: str = "", extras: str = "") -> str:
    items = [[f'{{ package = "app", extra = "{extra}" }}' for extra in each] for each in sets]
    written = ", ".join(f"[{', '.join(each)}]" for each in items)
    names = sorted({extra for each in sets for extra in each})
    tables = "".join(f'{extra} = [{{ name = "a" }}]\n' for extra in names)
    root = f"{ROOT}\n[package.optional-dependencies]\n{tables}{extras}"
    return f"{HEAD}conflicts = [{written}]\n{root}{package('a')}{more}"


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([["cpu", "cuda", "rocm"]], ["cpu", "cuda", "rocm"]),
        ([["a1", "a2"], ["b1", "b2"]], ["a1 b1", "a1 b2", "a2 b1", "a2 b2"]),
        ([["a", "b"], ["b", "c"]], ["a c", "b"]),
        ([["alone"]], [""]),
    ],
)
def test_choices(sets: list[list[str]], expected: list[str]) -> None:
    lock = read(conflicting(sets, extras='free = [{ name = "b" }]\n', more=package("b")), "uv.lock", ALL)
    assert [" ".join(each.extras) for each in (lock, *lock.others)] == expected
    assert all("b" in installed(each, machine("3.13", "aarch64")) for each in (lock, *lock.others))
    assert not lock.skipped


def test_more_choices_than_are_audited_are_told() -> None:
    lock = read(conflicting([[f"{letter}1", f"{letter}2"] for letter in "abcde"]), "uv.lock", ALL)
    assert len(lock.others) == MAX_CHOICES - 1
    assert [each.reason for each in lock.skipped] == [
        f"audited are the first {MAX_CHOICES}; name the extras of any other with --extra"
    ]


def test_many_extras_that_exclude_each_other_are_told() -> None:
    lock = read(conflicting([[f"e{number:03}" for number in range(MAX_EXTRAS + 1)]]), "uv.lock", ALL)
    assert len(lock.skipped) == 1


def test_a_group_that_was_asked_for_bars_extras() -> None:
    text = HEAD + CLASH + ROOT + EXTRAS + package("a")
    lock = read(text, "uv.lock", Selection(all_extras=True, groups=frozenset({"dev"})))
    assert lock.warnings == ("uv.lock: left out, as the lock's conflicts exclude it: 'new', 'old'",)
    assert (lock.extras, lock.others) == ((), ())
    assert [each.name for each in lock.requirements] == ["a"]


def test_an_extra_of_two_members_that_exclude_it_of_each_other_is_left_out() -> None:
    extra = '[package.optional-dependencies]\ngpu = [{ name = "a" }]\n'
    text = f"""{HEAD}
conflicts = [[{{ package = "app", extra = "gpu" }}, {{ package = "web", extra = "gpu" }}]]
[manifest]
members = ["app", "web"]
{ROOT}{extra}{package("web", more=extra, source='editable = "web"')}{package("a")}"""
    lock = read(text, "uv.lock", ALL)
    assert lock.warnings[-1] == "uv.lock: left out, as the lock's conflicts exclude it: 'gpu'"
    assert lock.requirements == ()


@given(st.lists(st.frozensets(st.integers(0, 5), max_size=3), max_size=7))
def test_the_largest_choices_are_all_of_them_and_in_order(seats: list[frozenset[int]]) -> None:
    names = [f"e{number}" for number in range(len(seats))]
    by_name = dict(zip(names, seats, strict=True))
    possible = [
        each
        for size in range(len(names) + 1)
        for each in combinations(names, size)
        if all(not by_name[one] & by_name[other] for one, other in combinations(each, 2))
    ]
    largest = [each for each in possible if not any(set(each) < set(other) for other in possible)]
    assert list(_largest(names, by_name)) == sorted(largest)
