"""What bases lack, held to the lists of packages and files that their distributor publishes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archcheck.data.libraries import lacking, libstdcxx

SAID = json.loads((Path(__file__).parents[2] / "fixtures" / "oracle" / "libraries.json").read_text())["bases"]


@pytest.mark.parametrize("base", sorted(SAID))
def test_what_is_lacking_is_not_in_the_image(base):
    known = lacking(base, "3.12")
    assert known is not None
    assert known.absent.keys() & set(SAID[base]["image"]) == set()
    assert len(known.absent) > 100


@pytest.mark.parametrize("base", sorted(SAID))
def test_each_package_holds_the_library_that_it_is_named_for(base):
    known = lacking(base, "3.12")
    assert known is not None
    packages = SAID[base]["packages"]
    assert [
        (soname, package)
        for soname, package in known.absent.items()
        if package not in packages.get(soname, ())
    ] == []


@pytest.mark.parametrize("base", sorted(SAID))
def test_libstdcxx_is_as_new_as_readelf_says_on_both_architectures(base):
    known = libstdcxx(base, "3.12")
    assert known is not None
    assert list(SAID[base]["libstdc++"].values()) == [{"GLIBCXX": known.glibcxx, "CXXABI": known.cxxabi}] * 2


def test_lambda_is_what_its_runtime_stands_on():
    old, new = lacking("lambda", "3.11"), lacking("lambda", "3.12")
    assert old is not None
    assert new is not None
    assert ("libodbc.so.2" in old.absent, "libodbc.so.2" in new.absent) == (True, False)
    assert libstdcxx("lambda", "3.11") == libstdcxx("amazonlinux2", "3.11")
    assert libstdcxx("lambda", "3.12") == libstdcxx("amazonlinux2023", "3.12")


@pytest.mark.parametrize("base", ["glibc2.28", "musl1.2", "ubuntu22.04", "rhel9", "nothing"])
def test_of_other_bases_nothing_is_known(base):
    assert (lacking(base, "3.12"), libstdcxx(base, "3.12")) == (None, None)


@pytest.mark.parametrize("base", ["alpine3.13", "alpine3.24"])
def test_every_alpine_lacks_the_compilers_own_libraries(base):
    known = lacking(base, "3.12")
    assert known is not None
    assert (known.absent["libstdc++.so.6"], known.installs) == ("libstdc++", "apk add")
