"""A version that is pinned by itself: found without a search, and the same as with one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.index.model import Project
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.manifest import FormatControl, ReleaseControl
from archcheck.platforms.targets import parse_target
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
