"""Which deployables move at once, and by which lines: of Globals where all who inherit from them move."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.app.repositories.moving import planned_moves
from archcheck.model import Common, Deployable, Place, Recommendation, Replacement

READY = Recommendation(
    architecture="arm64", when="now", effort="none", confidence="high", reasons=(), code="ready"
)
STUCK = replace(READY, architecture="x86_64", effort=None, code="no-remedy")


def line(number, new="arm64\n"):
    return Replacement(path="t.yaml", first=number, last=number, old="x86_64\n", new=new)


GLOBAL = line(1)


def one(name, *edits, heirs=(), together=(), recommendation=READY, architecture="x86_64"):
    common = Common(own=edits[0], lines=(GLOBAL,), heirs=tuple(heirs)) if heirs else None
    return Deployable(
        name=name,
        kind="function",
        tool="sam",
        platform="lambda",
        source=Place(path="t.yaml", line=2),
        architecture=architecture,
        recommendation=recommendation,
        edits=edits,
        together=tuple(together),
        common=common,
    )


def planned(*deployables):
    """Return the lines, what moves together and what waits, of each; planned twice it is the same."""
    found = planned_moves(deployables)
    assert planned_moves(found) == found
    assert all(each.common is None for each in found)
    return {each.name: ([edit.first for edit in each.edits], each.together, each.waits) for each in found}


def test_what_all_inherit_changes_once():
    layers = line(8)
    assert planned(
        one("F", line(5), layers, heirs="FG"), one("G", line(6), heirs="FG"), one("H", line(7))
    ) == {
        "F": ([1, 8], ("G",), ()),
        "G": ([1], ("F",), ()),
        "H": ([7], (), ()),
    }


@pytest.mark.parametrize(
    "other",
    [
        one("G", line(6), heirs="FG", recommendation=STUCK),
        one("G", recommendation=READY),
        one("G", line(6), heirs="FG", together="L"),
    ],
    ids=["cannot", "nothing-to-change", "waits"],
)
def test_where_one_who_inherits_stays_each_has_a_line_of_its_own(other):
    assert planned(one("F", line(5), heirs="FG"), other)["F"] == ([5], (), ())


def test_what_moves_only_with_others_waits_for_them_and_so_does_what_waits_for_it():
    found = planned(
        one("F", line(5), together="L"),
        one("L", line(6), together="FS"),
        one("S", line(7), recommendation=STUCK),
    )
    assert found == {"F": ([], ("L",), ("L",)), "L": ([], ("F", "S"), ("F", "S")), "S": ([7], (), ())}


def test_what_is_on_arm64_takes_its_layers_with_those_who_move():
    there = one("T", line(5), together="F", architecture="arm64")
    assert planned(there, one("F", line(5)))["T"] == ([5], ("F",), ())
    assert planned(there, one("F", line(5), recommendation=STUCK))["T"] == ([], ("F",), ("F",))


def test_two_that_write_different_things_into_one_line_do_not_move_at_once():
    first, second = planned_moves([one("F", line(5, "a\n")), one("G", line(5, "b\n"))])
    assert (first.edits, second.edits) == ((line(5, "a\n"),), ())
    assert (
        second.change
        == "others change the same line: once that is written, archcheck fix . changes it for this one"
    )


def test_how_each_stands_is_told_by_what_moves():
    waiting = one("F", line(5), together="S")
    found = planned_moves(
        [one("M", line(4)), waiting, one("S", line(7), recommendation=STUCK), one("A", architecture="arm64")]
    )
    assert [each.standing for each in found] == ["now", "after-changes", "stays", "already"]


def test_names_hold_in_their_file_of_terraform_in_the_folder():
    elsewhere = replace(one("L", line(6)), source=Place(path="a/u.yaml", line=1))
    assert planned(one("F", line(5), together="L"), elsewhere)["F"] == ([], ("L",), ("L",))
    beside = [
        replace(each, tool="terraform", source=Place(path=path, line=1))
        for each, path in ((one("F", line(5), together="L"), "a/f.tf"), (one("L", line(6)), "a/l.tf"))
    ]
    assert planned(*beside)["F"] == ([5], ("L",), ())
