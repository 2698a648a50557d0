"""The versions of a long page that a range admits, found without looking at all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.model import Project
from archcheck.index.pages.entries import Entry
from archcheck.index.pages.listing import ListedFiles
from archcheck.index.pages.packing import listed
from archcheck.resolve.versions import Versions

NAME = canonicalize_name("demo")
_NUMBERS = st.sampled_from(["0", "1", "1.0.1", "1.1", "2", "2.0.1", "3"])
_VERSIONS = st.builds(
    str.__add__,
    _NUMBERS,
    st.sampled_from(["", ".dev1", "a1", "rc1", ".post1", ".post1.dev2", "+cpu", ".post1+cpu"]),
)
_PUBLIC = st.builds(lambda version: version.partition("+")[0], _VERSIONS)
_RANGES = (
    st.builds("{}{}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "==="]), _PUBLIC)
    | st.builds("{}{}".format, st.sampled_from(["==", "!="]), _VERSIONS)
    | st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), _NUMBERS)
    | st.builds("~={}.0".format, _NUMBERS)
)


def page(versions: list[str]) -> Project:
    entries = [
        Entry(filename=f"demo-{version}-py3-none-any.whl", url=f"demo-{version}-py3-none-any.whl")
        for version in versions
    ]
    listing = listed(entries, url="https://index.example/simple/demo/", name=NAME)
    return Project(name=NAME, files=ListedFiles(listing))


@given(st.lists(_VERSIONS, unique=True), st.lists(_RANGES, max_size=3))
def test_they_are_those_that_packaging_finds_one_by_one(versions: list[str], ranges: list[str]) -> None:
    project, specifier = page(versions), SpecifierSet(",".join(ranges))
    expected = list(specifier.filter(sorted(map(Version, versions), reverse=True), prereleases=True))
    assert list(Versions().admitted(project, specifier)) == expected


def test_a_pin_reads_a_few_versions_of_thousands() -> None:
    project = page([f"1.{number}" for number in range(3000)])
    assert list(Versions().admitted(project, SpecifierSet("==1.42"))) == [Version("1.42")]
    read = [version for version in project.releases._versions if version is not None]
    assert len(read) < 30
