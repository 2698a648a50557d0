"""Names that many deployables have in common: told once in JSON, and read as they were."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.errors import InputError
from archcheck.model import Common, Fleet, Replacement
from archcheck.report.json import from_json, to_json
from tests.report.examples import deployed, report

LINE = Replacement(path="t.yaml", first=1, last=1, old="x86_64\n", new="arm64\n")


def of(*deployables):
    return replace(report(), deployables=deployables, fleet=Fleet(folder="."))


def all_together(count):
    """Return *count* functions that move together, of which the first three do not as they wait for the others."""
    names = sorted(f"F{number}" for number in range(count))
    return of(
        *(
            deployed(
                name,
                "t.yaml",
                1,
                together=tuple(each for each in names if each != name),
                waits=tuple(each for each in names if each != name) if name in names[:3] else (),
                common=Common(own=LINE, lines=(LINE,), heirs=tuple(names)),
            )
            for name in names
        )
    )


def test_each_names_twenty_and_the_group_of_all():
    document = json.loads(to_json(all_together(30)))
    names = sorted(f"F{number}" for number in range(30))
    first = document["deployables"][0]
    assert document["fleet"]["groups"] == [names]
    assert (first["together"], first["together_group"]) == (names[1:21], 0)
    assert (first["waits"], first["waits_group"]) == (names[1:21], 0)
    assert (first["common"]["heirs"], first["common"]["heirs_group"]) == (names[:20], 0)
    assert {each["together_group"] for each in document["deployables"]} == {0}


def test_twenty_others_need_no_group():
    document = json.loads(to_json(all_together(21)))
    assert [len(each["together"]) for each in document["deployables"]] == [20] * 21
    assert {each["together_group"] for each in document["deployables"]} == {None}


def test_a_document_grows_by_as_much_for_each_hundred():
    """Each function adds what it says itself, and its name to each group."""
    sizes = [len(to_json(all_together(count))) for count in (100, 200, 300)]
    assert sizes[2] - sizes[1] == pytest.approx(sizes[1] - sizes[0], rel=0.05)


def test_those_that_wait_and_those_that_move_name_one_group():
    names = sorted(f"F{number}" for number in range(60))
    slow = names[:30]
    whole = of(
        *(deployed(name, "t.yaml", 1, waits=tuple(each for each in slow if each != name)) for name in names)
    )
    document = json.loads(to_json(whole))
    assert document["fleet"]["groups"] == [slow]
    assert {each["waits_group"] for each in document["deployables"]} == {0}
    assert from_json(to_json(whole)) == whole


NAMES = st.lists(st.sampled_from([f"F{number}" for number in range(40)]), max_size=60).map(tuple)
DEPLOYED = st.builds(
    lambda name, together, waits, heirs: deployed(
        name,
        "t.yaml",
        1,
        together=together,
        waits=waits,
        common=Common(own=LINE, lines=(), heirs=heirs) if heirs else None,
    ),
    st.sampled_from(["F1", "F2", "other"]),
    NAMES | NAMES.map(lambda names: tuple(sorted(set(names)))),
    NAMES,
    NAMES,
)


@given(st.lists(DEPLOYED, max_size=5).map(tuple))
def test_what_is_read_is_what_was_written(deployables):
    whole = of(*deployables)
    assert from_json(to_json(whole)) == whole
    assert from_json(to_json(replace(whole, fleet=None))) == replace(whole, fleet=None)


@pytest.mark.parametrize("place", [1, -1, 10**30])
def test_a_group_that_is_not_there_is_no_result(place):
    text = re.sub(r'"together_group": 0', f'"together_group": {place}', to_json(all_together(30)), count=1)
    with pytest.raises(InputError, match=r"fleet\.groups|not a result"):
        from_json(text, path="r.json")


def test_a_document_that_would_name_too_many_is_refused():
    """30,000 functions of one group of 2,000 names would be 60 million names, of one megabyte."""
    document = json.loads(to_json(all_together(30)))
    document["fleet"]["groups"][0] = [f"F{number}" for number in range(2_000)]
    document["deployables"] = [document["deployables"][0]] * 30_000
    with pytest.raises(InputError, match="more than 33,554,432 names"):
        from_json(json.dumps(document), path="r.json")
