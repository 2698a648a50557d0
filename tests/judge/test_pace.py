"""How rarely what a layer holds is released, and which of the large packages it takes."""

from __future__ import annotations

import pytest

from archcheck.judge.shipping.loads import LARGE, OFTEN, sizes_of
from archcheck.judge.shipping.pace import pace_note, releases_until
from tests.judge.test_shipping import LAMBDA, MIB, row

END = "2026-06-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("uploads", "count"),
    [
        ([["2026-05-01T00:00:00Z"], ["2025-07-01T00:00:00Z"], ["2025-05-01T00:00:00Z"]], 2),
        ([["2026-05-01T00:00:00Z", "2020-01-01T00:00:00Z"]], 0),  # a wheel that was added years later
        ([["2026-07-01T00:00:00Z"]], 0),  # after the newest file of the set
        ([["2026-05-01T00:00:00Z"], [None]], None),
        ([["2026-05-01T00:00:00Z"], []], None),
        ([["yesterday"]], None),
        ([["2026-05-01"]], None),  # no time zone
        ([], None),
    ],
)
def test_releases_of_a_year(uploads, count):
    assert releases_until(uploads, END) == count
    assert releases_until(uploads, "") is None


def test_a_layer_takes_what_changes_rarely_where_that_suffices():
    rows = [row("big", (40 * MIB, LARGE)), row("steady", (30 * MIB, LARGE)), row("small", (1, 1))]

    def layer(**releases):
        load = sizes_of(rows, LAMBDA, releases=releases).aarch64
        return load.way, load.layer

    assert layer() == layer(big=OFTEN) == ("zip-layers", ("big",))
    assert layer(big=OFTEN + 1) == ("zip-layers", ("steady",))
    assert layer(big=OFTEN + 1, steady=OFTEN + 1) == ("zip-layers", ("big",))


def test_as_it_is_told():
    start = "a layer is for what changes rarely: releases in the year up to 2026-06-01: "
    assert pace_note(["a", "b"], {"a": 1, "b": 4}, END) == f"{start}a (1) and b (4)"
    assert pace_note(["a", "b"], {"a": 1}, END) == f"{start}a (1)"
    assert pace_note(["a"], {}, END) == ""
