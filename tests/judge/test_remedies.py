"""The first remedy from the page at hand: which version, inside or beyond the range, or a build."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from archcheck.index.model import Project
from archcheck.judge.findings import problems
from archcheck.judge.obstacles import is_obstacle
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import FormatControl, Manifest
from archcheck.platforms.targets import parse_target
from archcheck.remedy.first_remedy import declared_range, first_remedy
from archcheck.remedy.lock_setting import with_setting
from archcheck.resolve.model import Options
from tests.judge.comparisons import AL2, ARM, NAME, SDIST, X86, edge, index_file, pointed_at, side, subject

TOO_NEW = "cp311-cp311-manylinux_2_28_aarch64"
X86_64, AARCH64 = (parse_target(AL2).on(each) for each in ("x86_64", "aarch64"))


def page(**versions: str) -> Project:
    """Return a page; `v1_9="sdist py3-none-any"` is version 1.9 with two files."""
    return Project(
        name=NAME,
        files=tuple(
            index_file(tag, version[1:].replace("_", "."))
            for version, tags in versions.items()
            for tag in tags.split()
        ),
    )


def remedy_of(project: Project | None, *ranges: str, tags: str = X86, constraint: str | None = None, **about):
    """Return the first remedy for demo 1.5, of which aarch64 has nothing, or an sdist."""
    asked = tuple(edge(specifier, parent="up") for specifier in ranges)
    one = subject(
        *(side(machine, tuple(tags.split()), version="1.5", wanted_by=asked) for machine in (X86_64, AARCH64))
    )
    (obstacle,) = (problem for _, problem in problems([one]) if is_obstacle(problem))
    bound = None if constraint is None else SpecifierSet(constraint)
    return first_remedy(one, obstacle, project, constraint=bound, **about)


@pytest.mark.parametrize(
    ("ranges", "versions", "expected"),
    [
        # newer inside the range, the nearest first
        (
            ["<2"],
            {"v1_4": ARM, "v1_6": X86, "v1_7": ARM, "v1_8": ARM, "v2_0": ARM},
            ("1.7", "within", "newer"),
        ),
        ([""], {"v1_6": ARM}, ("1.6", "within", "newer")),
        # then newer beyond it, before any older one
        (["<2"], {"v1_4": ARM, "v1_6": TOO_NEW, "v2_0": ARM, "v2_1": ARM}, ("2.0", "beyond", "newer")),
        (["==1.5"], {"v1_4": ARM, "v1_6": ARM}, ("1.6", "beyond", "newer")),
        # then the nearest older one
        (["<2"], {"v1_3": ARM, "v1_4": ARM, "v1_6": TOO_NEW}, ("1.4", "within", "older")),
        (["==1.5"], {"v1_3": ARM}, ("1.3", "beyond", "older")),
        # who asks through other packages counts as well as the manifest
        (["", "<1.7"], {"v1_7": ARM, "v1_8": ARM}, ("1.7", "beyond", "newer")),
        (["", ">=1.8"], {"v1_7": ARM, "v1_8": ARM}, ("1.8", "within", "newer")),
        # an `any` wheel will do; a pre-release, a yanked or a source-only version will not
        ([""], {"v1_6": "py3-none-any"}, ("1.6", "within", "newer")),
        ([""], {"v1_6rc1": ARM, "v1_7": ARM}, ("1.7", "within", "newer")),
        ([""], {"v1_6": SDIST, "v1_7": ARM}, ("1.7", "within", "newer")),
        ([""], {"v1_6": "cp312-cp312-manylinux2014_aarch64", "v1_7": ARM}, ("1.7", "within", "newer")),
    ],
)
def test_nearest_version(ranges, versions, expected):
    remedy = remedy_of(page(v1_5=X86, **versions), *ranges)
    assert (remedy.kind, remedy.version, remedy.range, remedy.direction) == ("version", *expected)
    assert remedy.version in remedy.message
    assert "demo 1.5" in remedy.message
    assert not remedy.verified


def test_the_first_version_that_ever_fitted_is_told():
    remedy = remedy_of(page(v1_1=TOO_NEW, v1_2=ARM, v1_3=ARM, v1_6=ARM))
    assert (remedy.version, remedy.first_version, remedy.file) == ("1.6", "1.2", f"demo-1.6-{ARM}.whl")


def test_a_build_without_a_version_is_none():
    """Like duckdb's 0.0.0."""
    remedy = remedy_of(page(v0_0_0=ARM, v1_2=ARM, v1_6=ARM))
    assert remedy.first_version == "1.2"
    assert remedy_of(page(v0_0_0=ARM)) is None


def test_a_constraint_narrows_the_range():
    assert remedy_of(page(v1_6=ARM), "<2", constraint="<1.6").range == "beyond"


def test_a_range_that_is_left_is_named_unless_it_is_a_pin():
    assert "outside <1.6" in remedy_of(page(v1_6=ARM), "<1.6").message
    assert "outside" not in remedy_of(page(v1_6=ARM), "==1.5").message
    assert "outside" not in remedy_of(page(v1_6=ARM), "<2").message


@pytest.mark.parametrize("project", [None, page(), page(v1_6=X86)])
def test_where_no_version_fits_an_sdist_can_be_built(project):
    remedy = remedy_of(project, tags=f"{X86} {SDIST}")
    assert (remedy.kind, remedy.version) == ("build", None)
    assert "python:3.11-arm64" in remedy.message
    assert remedy_of(project) is None


def test_wheels_refused_by_the_input_stay_refused_but_a_fit_is_a_fit():
    only = Options(formats=FormatControl(only_binary=frozenset({":all:"})))
    assert remedy_of(page(v1_6=ARM), options=only).version == "1.6"


@pytest.mark.parametrize(
    ("tags", "options", "kind"),
    [
        (f"{X86} {SDIST}", {}, "build"),
        (X86, {}, None),
        (f"{X86} {SDIST}", {"require_hashes": True}, None),
    ],
)
def test_an_sdist_that_pip_may_not_build_can_be_built_before(tags, options, kind):
    only = FormatControl(only_binary=frozenset({":all:"}))
    sides = (side(machine, tuple(tags.split()), formats=only) for machine in (X86_64, AARCH64))
    one = subject(*sides)
    ((_, obstacle),) = problems([one])
    remedy = first_remedy(one, obstacle, None, options=Options(formats=only, **options))
    assert (remedy.kind if remedy else None) == kind
    assert remedy is None or "--find-links" in remedy.message


def test_a_lock_that_leaves_a_wheel_out_is_made_again():
    one = subject(*(side(machine, (X86, ARM), hashes=(X86,)) for machine in (X86_64, AARCH64)))
    ((_, obstacle),) = problems([one])
    assert first_remedy(one, obstacle, page(v1_6=ARM)).kind == "relock"
    assert "--exclude-newer" not in first_remedy(one, obstacle, None).message
    dated = Options(exclude_newer=datetime(2024, 6, 1, tzinfo=UTC))
    assert "--exclude-newer" in first_remedy(one, obstacle, None, options=dated).message


@pytest.mark.parametrize(
    ("project", "version"), [(page(v1_0=ARM), "1.0"), (page(v1_1=ARM), None), (None, None)]
)
def test_one_file_is_replaced_by_the_same_version_or_not_at_all(project, version):
    one = subject(*(pointed_at(machine, X86) for machine in (X86_64, AARCH64)))
    ((_, obstacle),) = problems([one])
    remedy = first_remedy(one, obstacle, project)
    assert (remedy.version if remedy else None) == version


def test_declared_range_is_what_all_together_admit():
    asked = (edge(">=1"), edge("<2", parent="up"), edge(parent="another"))
    one = subject(side(X86_64, (X86,)), side(AARCH64, (X86,), wanted_by=asked))
    assert declared_range(one) == SpecifierSet(">=1,<2")
    assert declared_range(one, SpecifierSet("!=1.5")) == SpecifierSet(">=1,!=1.5,<2")


ARM_LINUX = "sys_platform == 'linux' and platform_machine == 'aarch64'"
SETTING = (
    f'; with required-environments = ["{ARM_LINUX}"] in [tool.uv], a new lock takes such a version by itself'
)


@pytest.mark.parametrize(
    ("kind", "demanded", "specifier", "tags", "expected"),
    [
        # what uv 0.13.9 does: without an sdist it takes the newest version with a wheel for any machine, and
        # with the setting an older one on aarch64
        ("uv", "", "<2", X86, SETTING),
        ("uv", "platform_machine == 'arm64' and sys_platform == 'darwin'", "<2", X86, SETTING),
        ("uv", ARM_LINUX, "<2", X86, ""),
        ("uv", "", "==1.5", X86, ""),  # nothing else is admitted
        ("uv", "", "<2", f"{X86} {SDIST}", ""),  # the sdist is enough for uv
        ("uv", "", "<2", f"{X86} {TOO_NEW}", ""),  # so is a wheel for any libc
        ("poetry", "", "<2", X86, ""),
    ],
)
def test_the_setting_by_which_uv_takes_another_version(kind, demanded, specifier, tags, expected):
    asked = (edge(specifier, parent="up"),)
    one = subject(
        *(side(machine, tuple(tags.split()), version="1.5", wanted_by=asked) for machine in (X86_64, AARCH64))
    )
    (obstacle,) = (problem for _, problem in problems([one]) if is_obstacle(problem))
    remedy = first_remedy(one, obstacle, page(v1_4=ARM))
    markers = (Marker(demanded),) if demanded else ()
    lock = Lock(path="uv.lock", kind=kind, sha256="0", demanded=markers)
    assert with_setting(remedy, obstacle, one, lock).message == remedy.message + expected
    manifest = Manifest(path="pyproject.toml", kind="pyproject", sha256="0")
    assert with_setting(remedy, obstacle, one, manifest) == remedy
