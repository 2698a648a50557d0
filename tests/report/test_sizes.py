"""What is downloaded for arm64, and what a change makes of it; what is not known is counted, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.model import Status
from archcheck.report.sections.diff import compare
from archcheck.report.sections.sizes import Effect, download, effect, shown, told
from tests.report.examples import READY, audit, package, report

KNOWN = st.integers(0, 10**9)


def wheel(name, version, size, status=Status.WHEEL):
    file = f"{name}-{version}-cp313-cp313-manylinux2014_aarch64.whl" if status is Status.WHEEL else None
    return package(name, version, status, status, files=(None, file), size=size)


def changed(before, after):
    (pair,) = compare(report(audit(READY, tuple(before))), report(audit(READY, tuple(after)))).audits
    return pair


A, B, C = wheel("a", "1", 12_400_000), wheel("b", "1", 300_000), wheel("c", "1", None)
MOVED = wheel("a", "2", 10_000_000)
NOT_THERE = package("d", None, Status.NOT_REQUIRED, Status.NOT_REQUIRED)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([B], [A, B], "+12.4 MB, from 300 kB to 12.7 MB"),
        ([A, B], [MOVED, B], "-2.4 MB, from 12.7 MB to 10.3 MB"),
        ([A, C], [MOVED, C], "-2.4 MB, from 12.4 MB and 1 package of unknown size to 10.0 MB and 1 package of unknown size"),
        ([A], [A, C], "1 package of unknown size, from 12.4 MB to 12.4 MB and 1 package of unknown size"),
        ([A], [wheel("a", "2", None)], "1 package of unknown size, from 12.4 MB to 1 package of unknown size"),
        ([A], [wheel("a", "2", None, Status.MISSING), B], "+300 kB and 1 package of unknown size, from 12.4 MB to 300 kB and 1 package of unknown size"),
        ([A], [], "-12.4 MB, from 12.4 MB to 0 kB"),
        ([A, B, C], [A, B, C], None),
        ([A], [A, NOT_THERE], None),
        ([], [], None),
    ],
)  # fmt: skip
def test_the_effect_of_a_change(before, after, sentence):
    assert told(changed(before, after)) == ((sentence and f"download for arm64: {sentence}") or "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), (audit(READY, (A,)),)),
        ((audit(READY, (A,)),), ()),
        ((audit(READY, (A,)),), (audit(READY, (), complete=False),)),
        ((audit(READY, (), complete=False),), (audit(READY, (A,)),)),
    ],
)
def test_what_is_not_there_or_broke_off_tells_no_effect(before, after):
    (pair,) = compare(report(*before), report(*after)).audits
    assert effect(pair) is None
    assert not told(pair)


@given(st.dictionaries(st.sampled_from("abcde"), KNOWN), st.dictionaries(st.sampled_from("abcde"), KNOWN))
def test_where_all_is_known_it_is_the_difference_of_the_totals(before, after):
    pair = changed(
        *([wheel(name, str(size), size) for name, size in each.items()] for each in (before, after))
    )
    difference = download(pair.after).size - download(pair.before).size
    assert effect(pair) == Effect(size=difference, unknown=0)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (1001, "2 kB"),
        (999_001, "1.0 MB"),
        (999_999, "1.0 MB"),
        (12_350_000, "12.3 MB"),
        (1_234_567_890, "1,234.6 MB"),
        (2**53 - 1, "9,007,199,254.7 MB"),
    ],
)
def test_sizes_are_shown_as_pip_counts_them(size, text):
    assert shown(size) == text
