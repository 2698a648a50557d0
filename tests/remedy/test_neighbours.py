"""Other targets, the nearest first; other distributions, each entry well-formed."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.app.audit import audit_input
from archcheck.data import load
from archcheck.data.replacements import _Replacements, replacements_for
from archcheck.index.model import IndexFile
from archcheck.platforms.targets import parse_target
from archcheck.remedy.plans.neighbours import elsewhere, neighbours
from archcheck.resolve.model import Options, Pick
from tests.resolve.cases import Case, index_of, manifest_of

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


ON_311 = "demo-1.0-cp311-cp311-manylinux_2_17_aarch64.whl"
ON_312 = "demo-1.0-cp312-cp312-manylinux_2_17_aarch64.whl"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        # As psycopg2-binary 2.9.9: nothing for the guess, and wheels for older Pythons.
        (
            (("demo-1.0.tar.gz", ON_312),),
            "all of it has wheels on python3.12; none of it has wheels on python3.14, python3.11, python3.10",
        ),
        ((("demo-1.0-py3-none-any.whl",), (ON_312, ON_311)), "all of it has wheels on python3.12 and python3.11; 1 of 2"),
        ((("demo-1.0-py3-none-any.whl",),), "all of it has wheels on python3.14, python3.12, python3.11,"),
        # An sdist for every Python, or no file: as everywhere else.
        ((("demo-1.0.tar.gz",),), ""),
        (((),), ""),
        ((), ""),
    ],
)  # fmt: skip
def test_what_is_said_of_the_other_runtimes_is_what_their_wheels_say(names, said):
    picks = [
        Pick(
            name=canonicalize_name("demo"),
            version=Version("1.0"),
            release=tuple(IndexFile(filename=name, url=f"https://index.example/{name}") for name in release),
        )
        for release in names
    ]
    found = elsewhere(picks, parse_target("lambda:python3.13"))
    assert found.startswith(f"at these versions {said}") if said else not found
    assert found.endswith(" too") == ("py3-none-any" in str(names) and len(names) == 1)


def test_a_target_that_was_named_is_kept_where_that_leaves_no_more():
    """Two lines to change count less than another Python only where nobody asked for this one."""
    linux = "manylinux_2_17"
    x86, arm, *older = (
        f"{python}-{python}-{linux}_{machine}"
        for python in ("cp312", "cp311")
        for machine in ("x86_64", "aarch64")
    )
    case = Case(
        name="",
        requirements=["a==1", "b==1", "c==1"],
        packages={name: {"1": {"wheels": [x86, *older]}, "2": {"wheels": [x86, arm]}} for name in "abc"},
    )  # fmt: skip

    def kinds(*, named):
        audit = audit_input(
            manifest_of(case), parse_target("lambda:python3.12"), index_of(case), Options(), named=named
        )
        return [{change.kind for change in plan.changes} for plan in audit.plans]

    assert kinds(named=False) == [{"target"}]
    assert kinds(named=True) == [{"version"}, {"target"}]
