"""What a finder says of a project's page: what installs, what does not, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.index.model import Project
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.manifest import FormatControl, ReleaseControl
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import MissKind
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Options

ARM = parse_target("glibc2.34:python3.11").on("aarch64")
ALL = frozenset({":all:"})
VERSIONS = ("1.0", "2.0rc1", "3.0+cpu")
TAGS = (
    "py3-none-any",
    "cp311-cp311-manylinux_2_17_aarch64",
    "cp311-cp311-manylinux_2_39_aarch64",
    "cp311-cp311-win_amd64",
)


@st.composite
def files(draw: st.DrawFn) -> IndexFile:
    version = draw(st.sampled_from(VERSIONS))
    tag = draw(st.sampled_from([None, *TAGS]))
    name = f"demo-{version}.tar.gz" if tag is None else f"demo-{version}-{tag}.whl"
    return IndexFile(
        filename=name,
        url=f"https://index.example/{name}",
        hashes=draw(st.sampled_from([(), ("sha256:0",), ("sha256:1",)])),
        requires_python=draw(st.sampled_from([None, ">=3.12"])),
        upload_time="2026-01-01T00:00:00Z",
        yanked=draw(st.booleans()),
    )


FORMATS = (FormatControl(), FormatControl(only_binary=ALL), FormatControl(no_binary=ALL))
RELEASES = (ReleaseControl(), ReleaseControl(all_releases=ALL), ReleaseControl(only_final=ALL))


@st.composite
def options(draw: st.DrawFn) -> Options:
    return Options(
        pre=draw(st.booleans()),
        prefer_binary=draw(st.booleans()),
        formats=draw(st.sampled_from(FORMATS)),
        releases=draw(st.sampled_from(RELEASES)),
    )


@given(listed=st.lists(files(), min_size=1), admitted=options(), hashed=st.booleans())
def test_what_is_pinned_is_what_a_search_for_it_finds_first(listed, admitted, hashed):
    project = Project(name=canonicalize_name("demo"), files=tuple(listed))
    hashes = frozenset({"sha256:0"} if hashed else ())
    finder = Finder(ARM, admitted)
    for version in project.releases:
        pin = SpecifierSet(f"==={version}")
        searched = [*finder.picks(project, pin, hashes), *finder.rejected(project, pin, hashes)]
        assert said(finder.pinned(project, version, hashes)) == said(searched[0])


def said(pick):
    return pick.version, pick.file, pick.release, pick.fit, pick.problem


@given(listed=st.lists(files(), min_size=1), admitted=options(), hashed=st.booleans())
def test_what_is_taken_is_not_shut_out(listed, admitted, hashed):
    project = Project(name=canonicalize_name("demo"), files=tuple(listed))
    hashes = frozenset({"sha256:0"} if hashed else ())
    finder = Finder(ARM, admitted)
    taken = list(finder.picks(project, SpecifierSet(), hashes))
    refused = list(finder.rejected(project, SpecifierSet(), hashes))
    versions = [pick.version for pick in (*taken, *refused)]
    assert len(set(versions)) == len(versions)
    assert all(pick.installs for pick in taken)
    assert not any(pick.installs for pick in refused)


def distribution(tag, version="1.0", **about):
    name = f"demo-{version}.tar.gz" if tag == "sdist" else f"demo-{version}-{tag}.whl"
    return IndexFile(filename=name, url=f"https://index.example/{name}", **about)


SDIST = distribution("sdist")
WINDOWS, NEWER_LIBC = (
    distribution("cp311-cp311-win_amd64"),
    distribution("cp311-cp311-manylinux_2_39_aarch64"),
)


@pytest.mark.parametrize(
    ("listed", "shown", "near", "problem"),
    [
        (
            [WINDOWS, NEWER_LIBC],
            NEWER_LIBC,
            MissKind.LIBC_TOO_NEW,
            "no wheel fits (the nearest is for glibc 2.39)",
        ),
        (
            [SDIST, WINDOWS],
            WINDOWS,
            MissKind.SYSTEM,
            "no wheel fits (the nearest is for win_amd64); sdists are not allowed",
        ),
        ([SDIST], SDIST, None, "sdists are not allowed"),
        (
            [distribution("py3-none-any", requires_python=">=3.12"), NEWER_LIBC, SDIST],
            NEWER_LIBC,
            MissKind.LIBC_TOO_NEW,
            "no wheel fits; requires Python >=3.12; sdists are not allowed",
        ),
    ],
)
def test_a_version_that_does_not_install_shows_its_nearest_wheel_and_all_reasons(
    listed, shown, near, problem
):
    project = Project(name=canonicalize_name("demo"), files=tuple(listed))
    finder = Finder(ARM, Options(formats=FormatControl(only_binary=ALL)))
    (pick,) = finder.rejected(project, SpecifierSet())
    assert (pick.file, pick.problem, pick.release) == (shown, problem, tuple(listed))
    assert (pick.fit and pick.fit.kind) is near


def page(*files):
    """Return a project of *files*: tag, version and what its page tells of the hash."""
    found = [replace(distribution(tag, version), hashes=hashes) for tag, version, *hashes in files]
    return Project(name=canonicalize_name("demo"), files=tuple(found))


KNOWN, OTHER = "sha256:0", "sha256:1"
COMPILED = "cp311-cp311-manylinux_2_17_aarch64"


@pytest.mark.parametrize(
    ("hashes", "prefer_binary", "taken"),
    [
        (
            (),
            False,
            ["demo-4.0.tar.gz", "demo-3.0-py3-none-any.whl", "demo-2.0.tar.gz", f"demo-1.0-{COMPILED}.whl"],
        ),
        (
            (),
            True,
            ["demo-3.0-py3-none-any.whl", f"demo-1.0-{COMPILED}.whl", "demo-4.0.tar.gz", "demo-2.0.tar.gz"],
        ),
        ((KNOWN,), False, ["demo-2.0.tar.gz", "demo-1.0-py3-none-any.whl", "demo-4.0.tar.gz"]),
        ((KNOWN,), True, ["demo-1.0-py3-none-any.whl", "demo-2.0.tar.gz", "demo-4.0.tar.gz"]),
        ((OTHER,), True, ["demo-3.0-py3-none-any.whl", f"demo-1.0-{COMPILED}.whl", "demo-4.0.tar.gz"]),
    ],
)
def test_what_has_a_hash_that_is_told_goes_before_what_is_newer_or_fits_better(hashes, prefer_binary, taken):
    """pip's order is: a hash that is told and given, a wheel under --prefer-binary, the version, the tag."""
    project = page(
        ("py3-none-any", "1.0", KNOWN),
        (COMPILED, "1.0"),
        ("sdist", "2.0", KNOWN),
        ("py3-none-any", "3.0", OTHER),
        ("sdist", "4.0"),
    )
    finder = Finder(ARM, Options(prefer_binary=prefer_binary))
    picks = finder.picks(project, SpecifierSet(), frozenset(hashes))
    assert [pick.file.filename for pick in picks] == taken


@pytest.mark.parametrize("hashes", [(), (KNOWN,)])
def test_versions_that_nobody_asks_for_are_not_looked_at(hashes):
    project = page(*(("py3-none-any", f"1.{number}", KNOWN) for number in range(1000)))
    finder = Finder(ARM, Options(prefer_binary=True))
    assert str(next(finder.picks(project, SpecifierSet(), frozenset(hashes))).version) == "1.999"
    assert len(finder._releases) == 1
