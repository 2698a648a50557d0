"""Ranges in the hand of whoever wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from archcheck.inputs.parsing.poetry_constraint import translate
from archcheck.remedy.edits.ranges import pep440, pipenvs, poetrys


@pytest.mark.parametrize(
    ("was", "wanted", "written"),
    [
        ("==1.19.0", "==1.21.2", "==1.21.2"),
        ("== 1.19.0", "==1.21.2", "== 1.21.2"),
        (">=1.2,<2", "<3,>=2.1", ">=2.1,<3"),
        (">= 1.2 , < 2", "<3,>=2.1", ">= 2.1 , < 3"),
        ("<2,>=1.2", "<3,>=2.1", "<3,>=2.1"),
        (">=1.2,!=1.5,<2", "!=1.5,<2,>=1.7", ">=1.7,!=1.5,<2"),
        (">=1.2.0,<2", "<=1.4,>=1.2", ">=1.2.0,<=1.4"),
        ("~=1.2", ">=2", ">=2"),
        ("", "==2", "==2"),
        ("", "<3,>=2", ">=2,<3"),
        ("==1.0", "==1", "==1.0"),
        ("==1.19.0", "", ""),
        ("===1.0", "==1.1", "==1.1"),
        ("==1.2.*", "==1.4.*", "==1.4.*"),
    ],
)
def test_pep_440(was, wanted, written):
    assert pep440(was, wanted) == written


@pytest.mark.parametrize(
    ("was", "wanted", "written"),
    [
        ("^1.2", "<3,>=2.3.1", "^2.3.1"),
        ("^1.2", "<2.0,>=1.5", "^1.5"),
        ("^ 1.2", "<3,>=2.3.1", "^ 2.3.1"),
        ("^0.2.3", "<0.5,>=0.4.1", "^0.4.1"),
        ("^1.2", "<=1.1", "<=1.1"),
        ("^1.2", "==2.0", "==2.0"),
        ("~1.2", "<2.4,>=2.3.1", "~2.3.1"),
        ("~1.2", "<3,>=2.3.1", ">=2.3.1,<3"),
        ("1.2.3", "==1.4.0", "1.4.0"),
        ("=1.2.3", "==1.4.0", "=1.4.0"),
        ("==1.2.3", "==1.4.0", "==1.4.0"),
        ("1.2.*", "==1.4.*", "1.4.*"),
        ("*", ">=2", ">=2"),
        ("^1.0 || ^2.0", "==3.1", "==3.1"),
        (">=1.2 <2", "<3,>=2.1", ">=2.1,<3"),
        (">=1.2, <2", "<3,>=2.1", ">=2.1, <3"),
        ("^1.2", "", "*"),
    ],
)
def test_poetrys_own_words_are_kept_where_they_mean_the_same(was, wanted, written):
    assert poetrys(was, wanted) == written
    assert translate(written).specifier == SpecifierSet(wanted)


@pytest.mark.parametrize(
    ("was", "wanted", "written"),
    [("*", "==1.2", "==1.2"), ("1.2", "==1.4", "1.4"), ("==1.2", "==1.4", "==1.4"), (">=1", "", "*")],
)
def test_pipenvs(was, wanted, written):
    assert pipenvs(was, wanted) == written


VERSIONS = st.lists(st.integers(0, 20), min_size=1, max_size=4).map(lambda each: ".".join(map(str, each)))
CLAUSES = st.builds(str.__add__, st.sampled_from(["==", ">=", "<=", "<", ">", "!="]), VERSIONS)
RANGES = st.lists(CLAUSES, min_size=1, max_size=3, unique_by=lambda each: each.rstrip("0123456789."))


@given(RANGES, RANGES, st.sampled_from([",", ", ", " ,", " , "]))
def test_what_is_written_means_what_was_wanted_and_is_written_once(old, new, comma):
    was, wanted = comma.join(old), str(SpecifierSet(",".join(new)))
    written = pep440(was, wanted)
    assert SpecifierSet(written) == SpecifierSet(wanted)
    assert pep440(written, wanted) == written
