"""The range that is written for a version: a pin stays a pin, a range one of the same kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.remedy.plans.ranges import range_for

CASES = [
    # stated, what it is now, what it is to be, what is written
    ("==1.0", "1.0", "1.1", "==1.1"),
    ("===1.0", "1.0", "1.1", "==1.1"),
    ("==2.5.1+cu124", "2.5.1+cu124", "2.5.1", "==2.5.1"),
    ("", "6.12.0", "6.8.0.2", "<=6.8.0.2"),
    ("", "1.0", "1.1", ">=1.1"),
    ("", None, "1.1", "==1.1"),
    (">=1,<3", "2.5", "2.1", ">=1,<=2.1"),
    (">=1,!=1.5", "2.5", "2.1", ">=1,!=1.5,<=2.1"),
    ("<2", "1.9", "2.1", ">=2.1,<3"),
    ("<=1.9", "1.9", "2.1.3", ">=2.1.3,<3"),
    (">=1.17,<2", "1.23", "1.13.1", "<=1.13.1"),
    (">=3", "3.5", "2.9", "<=2.9"),
    ("~=1.4", "1.9", "2.1", "~=2.1"),
    ("~=1.4.2", "1.4.9", "1.5.3", "~=1.5.3"),
    ("==1.*", "1.9", "2.1", "==2.*"),
    ("==1.4.*", "1.4.9", "1.6.1", "==1.6.*"),
]


@pytest.mark.parametrize(("stated", "now", "then", "written"), CASES)
def test_a_range_stays_of_its_kind(stated, now, then, written):
    found = range_for(SpecifierSet(stated), Version(then), Version(now) if now else None)
    assert found == SpecifierSet(written)


NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(lambda each: ".".join(map(str, each)))


@given(
    st.sampled_from(["==", ">=", "<=", "<", ">", "!=", ""]),
    NUMBERS,
    st.sampled_from(["", "<9", "!=3"]),
    NUMBERS,
    NUMBERS,
)
def test_what_is_written_admits_the_version(operator, bound, more, now, then):
    stated = SpecifierSet(",".join(filter(None, [f"{operator}{bound}" if operator else "", more])))
    assert range_for(stated, Version(then), Version(now)).contains(then)
