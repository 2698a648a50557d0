"""What bases lack, held to the lists of packages and files that their distributor publishes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archcheck.data import libraries
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


@pytest.mark.parametrize("base", ["glibc2.28", "musl1.2", "ubuntu26.04", "rhel10", "nothing"])
def test_of_other_bases_nothing_is_known(base):
    assert (lacking(base, "3.12"), libstdcxx(base, "3.12")) == (None, None)


@pytest.mark.parametrize(
    ("base", "files"), [("debian13", ["debian13", "debian12"]), ("debian12", ["debian12"]), ("glibc2.34", [])]
)
def test_the_files_of_other_bases_are_not_read(base, files, monkeypatch):
    read = []
    load = libraries.load

    def counted(filename, kind):
        read.append(filename)
        return load(filename, kind)

    monkeypatch.setattr(libraries, "load", counted)
    lacking.cache_clear()
    libraries._of.cache_clear()
    lacking(base, "3.13")
    assert read == [f"libraries/{name}.toml" for name in files]


PARTLY = ("lambda", "rhel8", "rhel9", "ubuntu20.04", "ubuntu22.04", "ubuntu24.04")
"""Bases of which only some libraries are judged."""


@pytest.mark.parametrize("base", PARTLY)
def test_what_is_there_is_not_lacking(base):
    known = lacking(base, "3.12")
    assert known is not None
    assert known.present is not None
    assert known.present & known.absent.keys() == set()
    assert known.judges("libGL.so.1")
    assert not known.judges("libexotic.so.7")


@pytest.mark.parametrize("base", [base for base in PARTLY if base.startswith("ubuntu")])
def test_ubuntu_names_packages_as_debian_does(base):
    """A library's package is named after its soname (Debian's policy, 8.1); 2024's 64-bit time added t64 to some."""
    known = lacking(base, "3.12")
    assert known is not None
    said = [SAID[debian]["packages"] for debian in SAID]
    others = {
        soname: package
        for soname, package in known.absent.items()
        if package.replace("t64", "")
        not in {name.replace("t64", "") for packages in said for name in packages.get(soname, ())}
    }
    pixbuf = {"libgdk_pixbuf-2.0.so.0": "libgdk-pixbuf2.0-0"} if base == "ubuntu20.04" else {}
    assert others == {"libjpeg.so.8": "libjpeg-turbo8"} | pixbuf


@pytest.mark.parametrize(
    ("base", "soname", "package"),
    [
        # what apt-get printed when it got them on each
        ("ubuntu22.04", "libodbc.so.2", "libodbc2"),
        ("ubuntu22.04", "libGL.so.1", "libgl1"),
        ("ubuntu22.04", "libXt.so.6", "libxt6"),
        ("ubuntu24.04", "libXt.so.6", "libxt6t64"),
        ("ubuntu24.04", "libglib-2.0.so.0", "libglib2.0-0t64"),
        # Red Hat's images bring GLib, which dnf needs, and 9's libgomp, which rpm does
        ("rhel8", "libglib-2.0.so.0", None),
        ("rhel9", "libgomp.so.1", None),
        ("rhel8", "libX11.so.6", "libX11"),
        ("rhel9", "libtiff.so.5", None),
        ("rhel9", "libodbc.so.2", "unixODBC"),
    ],
)
def test_what_brings_it(base, soname, package):
    known = lacking(base, "3.12")
    assert known is not None
    assert known.absent.get(soname) == package


@pytest.mark.parametrize("base", ["alpine3.13", "alpine3.24"])
def test_every_alpine_lacks_the_compilers_own_libraries(base):
    known = lacking(base, "3.12")
    assert known is not None
    assert (known.absent["libstdc++.so.6"], known.installs) == ("libstdc++", "apk add")
