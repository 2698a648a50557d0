"""Other targets, the nearest first; other distributions, each entry well-formed."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.data import load
from archcheck.data.replacements import _Replacements, replacements_for
from archcheck.platforms.targets import parse_target
from archcheck.remedy.plans.neighbours import neighbours

ALL = load("replacements.toml", _Replacements).replacement


@pytest.mark.parametrize(
    ("target", "first"),
    [
        # The next Python before the last, as long as AWS documents it.
        ("lambda:python3.11", ["lambda:python3.12", "lambda:python3.10", "lambda:python3.13"]),
        ("lambda:python3.14", ["lambda:python3.13", "lambda:python3.12"]),
        # The next release of the base before another Python.
        ("debian12:python3.12", ["debian13:python3.12", "debian12:python3.13", "debian12:python3.11"]),
        ("ubuntu24.04:python3.12", ["ubuntu24.04:python3.13", "ubuntu24.04:python3.11"]),
        ("glibc2.28:python3.12", ["glibc2.28:python3.13", "glibc2.28:python3.11"]),
    ],
)
def test_the_nearest_come_first(target, first):
    found = [each.id for each in neighbours(parse_target(target))]
    assert found[: len(first)] == first
    assert target not in found


def test_nobody_is_led_to_a_runtime_that_is_not_documented():
    assert not any("3.15" in each.id for each in neighbours(parse_target("lambda:python3.14")))


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: f"{entry.package}-{entry.by}")
def test_every_replacement_is_well_formed(entry):
    assert entry.package == canonicalize_name(entry.package)
    assert Requirement(f"{entry.by}{entry.since}").name == entry.by
    assert not (entry.same and entry.since)
    assert SpecifierSet(entry.since) is not None
    assert entry in replacements_for(entry.package)
    assert canonicalize_name(entry.by) not in {each.package for each in ALL}  # none leads on to another
