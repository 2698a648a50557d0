"""What each finding rests on, in full: files, what they need, what the target has, and what else is told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.comparison import side_of
from archcheck.manifest.manifest import FormatControl
from archcheck.model import Evidence
from archcheck.platforms.targets import parse_target
from archcheck.policy import Assumption
from archcheck.resolve.model import Chosen, Pick
from tests.judge.comparisons import (
    AL2,
    ANY,
    ARM,
    NAME,
    SDIST,
    X86,
    absent,
    both,
    edge,
    found,
    index_file,
    pointed_at,
    side,
    subject,
    unknown,
)

AL2_X86, AL2_ARM = (parse_target(AL2).on(each) for each in ("x86_64", "aarch64"))
NEWER_LIBC = {each: f"cp311-cp311-manylinux_2_28_{each}" for each in ("x86_64", "aarch64")}
WINDOWS = "cp311-cp311-win_amd64"


def named(*tags, version="1.0"):
    return tuple(f"demo-{version}.tar.gz" if tag == SDIST else f"demo-{version}-{tag}.whl" for tag in tags)


# --- AC001 to AC005


def test_of_many_files_five_are_named_by_their_names():
    pythons = [f"cp3{minor}-cp3{minor}-manylinux2014_aarch64" for minor in (10, 9, 8, 7, 6, 5)]
    evidence = found(both(" ".join([X86, *pythons])))["AC004"].evidence
    assert evidence == Evidence(
        files=tuple(sorted(named(*pythons)))[:5],
        needs="cp35–cp310",
        has="cp311",
        detail=(f"x86_64 installs {named(X86)[0]}",),
    )


def test_what_is_taken_for_compiled_code_has_to_be_built():
    pick = Pick(name=NAME, version=None)
    chosen = Chosen(pick=pick, wanted_by=(), assumed=Assumption(kind="native", source="archcheck.toml"))
    problem = found(subject(*(side_of(machine, chosen) for machine in (AL2_X86, AL2_ARM))))["AC002"]
    assert problem.severity == "build"
    assert problem.message.startswith("it is assumed to be compiled code without an aarch64 wheel")
    assert problem.evidence == Evidence()


# --- AC006 and AC007


def test_the_versions_that_differ_are_named_with_their_files():
    one = subject(side(AL2_X86, (X86,), version="2.0"), side(AL2_ARM, (ARM,), version="1.9"))
    assert found(one)["AC006"].evidence == Evidence(
        files=(*named(X86, version="2.0"), *named(ARM, version="1.9")), needs="2.0", has="1.9"
    )


def test_what_x86_64_does_not_install_is_no_version_to_drift_from():
    assert not found(subject(side(AL2_X86, (WINDOWS,), version="2.0"), side(AL2_ARM, (ARM,))))


def test_both_files_of_a_slow_fallback_are_named():
    assert found(both(f"{X86} {ANY}"))["AC007"].evidence == Evidence(files=named(X86, ANY))


# --- AC008


def test_the_file_that_is_pointed_at_is_named():
    problem = found(subject(pointed_at(AL2_X86, X86), pointed_at(AL2_ARM, X86)))["AC008"]
    assert problem.evidence == Evidence(files=named(X86), needs="x86_64", has="aarch64")
    assert named(X86)[0] in problem.message


# --- AC009


def doubted(machine, **doubt):
    """Return a package that installs and of which something is not known."""
    there = side(machine, (X86, ARM))
    return side_of(machine, replace(there.chosen, **doubt))


def test_of_what_is_not_known_the_dependencies_are_told_apart():
    one = subject(side(AL2_X86, (X86, ARM)), doubted(AL2_ARM, unknown=True, doubt="the server answered 500"))
    problem = found(one)["AC009"]
    assert problem.message == "its dependencies are not known: the server answered 500"
    assert problem.evidence == Evidence(detail=("on aarch64",))
    on_x86 = found(subject(doubted(AL2_X86, unknown=True), side(AL2_ARM, (X86, ARM))))["AC009"]
    assert on_x86.message == "its dependencies are not known: nothing says what it is"
    assert on_x86.evidence == Evidence(detail=("on x86_64",))


def test_a_doubt_alone_is_no_finding():
    assert not found(
        subject(side(AL2_X86, (X86, ARM)), doubted(AL2_ARM, doubt="as another wheel states them"))
    )


def test_what_could_not_be_read_is_told_by_its_doubt_else_by_its_reason():
    arm = unknown(AL2_ARM)
    assert found(subject(unknown(AL2_X86), arm))["AC009"].message == "a VCS checkout is not read"
    told = side_of(AL2_ARM, replace(arm.chosen, doubt="nobody asked"))
    assert found(subject(unknown(AL2_X86), told))["AC009"].message == "nobody asked"
    untold = side_of(AL2_ARM, replace(arm.chosen, doubt=None))
    assert found(subject(unknown(AL2_X86), untold))["AC009"].message == "a VCS checkout is not read"


def unasked(machine, *tags):
    there = side(machine, tags)
    return replace(there, chosen=replace(there.chosen, unasked="no network"))


def test_the_wheels_that_a_lock_has_are_named_where_nobody_knows_of_others():
    evidence = found(subject(side(AL2_X86, (X86,)), unasked(AL2_ARM, X86, SDIST)))["AC009"].evidence
    assert evidence == Evidence(files=named(X86))


def test_nobody_need_be_asked_about_what_is_no_worse():
    assert not found(subject(side(AL2_X86, (ANY,)), unasked(AL2_ARM, ANY)))


# --- AC013

NEITHER = f"neither architecture can install it on {AL2}"


@pytest.mark.parametrize(
    ("tags", "about", "message", "evidence"),
    [
        (
            " ".join(NEWER_LIBC.values()),
            {},
            f"{NEITHER}: its x86_64 wheels need glibc 2.28; {AL2} has glibc 2.26",
            Evidence(
                files=named(NEWER_LIBC["x86_64"]),
                needs="glibc 2.28",
                has="glibc 2.26",
                detail=("no wheel fits (the nearest is for glibc 2.28)",),
            ),
        ),
        (
            NEWER_LIBC["aarch64"],
            {},
            f"{NEITHER}: its aarch64 wheels need glibc 2.28; {AL2} has glibc 2.26",
            Evidence(
                files=named(NEWER_LIBC["aarch64"]),
                needs="glibc 2.28",
                has="glibc 2.26",
                detail=("no wheel fits (the nearest is for glibc 2.28)",),
            ),
        ),
        (
            WINDOWS,
            {},
            f"{NEITHER}: no wheel fits (the nearest is for win_amd64)",
            Evidence(detail=("no wheel fits (the nearest is for win_amd64)",)),
        ),
        (
            SDIST,
            {"formats": FormatControl(only_binary=frozenset({":all:"}))},
            f"{NEITHER}: sdists are not allowed",
            Evidence(detail=("sdists are not allowed",)),
        ),
        (
            SDIST,
            {},
            "must be built on both architectures: it is published as source alone",
            Evidence(files=named(SDIST)),
        ),
        (
            f"{WINDOWS} {SDIST}",
            {},
            "must be built on both architectures: it has no wheel for Linux",
            Evidence(files=named(SDIST)),
        ),
        (
            f"{ARM} {SDIST}",
            {"hashes": (SDIST,)},
            "must be built on both architectures: the input leaves its aarch64 wheel out",
            Evidence(files=named(SDIST)),
        ),
        (
            f"{NEWER_LIBC['aarch64']} {SDIST}",
            {},
            f"must be built on both architectures: its aarch64 wheels need glibc 2.28; {AL2} has glibc 2.26",
            Evidence(files=named(NEWER_LIBC["aarch64"]), needs="glibc 2.28", has="glibc 2.26"),
        ),
    ],
)
def test_what_neither_architecture_has(tags, about, message, evidence):
    problem = found(both(tags, **about))["AC013"]
    assert problem.message == message
    assert problem.evidence == evidence


# --- AC014 and AC015


@pytest.mark.parametrize(
    ("kind", "words"), [("pure-sdist", ""), ("fallback-sdist", "without its compiled part ")]
)
def test_an_sdist_beside_a_wheel_is_told_with_what_was_seen_in_it(kind, words):
    problem = found(subject(side(AL2_X86, (X86,)), side(AL2_ARM, (SDIST,), looked_into=kind)))["AC014"]
    assert problem.message == f"aarch64 installs it {words}from the sdist, x86_64 from a wheel"
    assert problem.evidence == Evidence(files=named(X86, SDIST), detail=("somebody looked",))


def test_what_the_input_leaves_out_is_named_with_why():
    evidence = found(both(f"{X86} {ARM}", hashes=(X86,)))["AC015"].evidence
    why = "no wheel fits; its hash is not among those given"
    assert evidence == Evidence(files=named(ARM), detail=(why,))


def test_where_one_file_is_pointed_at_no_other_one_is_left_out():
    """A lock may list several files of a package that it has from an address."""
    there = pointed_at(AL2_ARM, X86)
    release = (*there.chosen.pick.release, index_file(ARM))
    arm = side_of(AL2_ARM, replace(there.chosen, pick=replace(there.chosen.pick, release=release)))
    assert set(found(subject(pointed_at(AL2_X86, X86), arm))) == {"AC008"}


# --- AC016

FOR_X86 = "platform_machine == 'x86_64'"


def asked_for(*markers):
    """Return what x86_64 has, asked for under each of *markers*."""
    wanted_by = tuple(edge(marker=each, parent=f"parent{n}") for n, each in enumerate(markers))
    return side(AL2_X86, (X86, ARM), wanted_by=wanted_by)


def test_each_wish_whose_marker_shuts_aarch64_out_is_told():
    one = subject(asked_for(FOR_X86, None, f"{FOR_X86} and python_version >= '3'"), absent(AL2_ARM))
    assert found(one)["AC016"].evidence.detail == (
        'demo; platform_machine == "x86_64"',
        'demo; platform_machine == "x86_64" and python_version >= "3"',
    )


@pytest.mark.parametrize(
    "marker",
    [
        "platform_machine in 'x86_64 aarch64'",
        f"{FOR_X86} and extra == 'a' or extra == 'b'",
        "platform_machine != 'armv7l' and extra == 'cuda'",
    ],
)
def test_a_marker_that_aarch64_may_meet_shuts_nothing_out(marker):
    """Then it is the parent that aarch64 does without."""
    assert not found(subject(asked_for(marker), absent(AL2_ARM)))


def test_what_aarch64_needs_as_well_is_no_finding():
    assert not found(subject(asked_for(FOR_X86, None), side(AL2_ARM, (X86, ARM))))


def test_what_nobody_needs_is_no_finding():
    assert not found(subject(absent(AL2_X86), absent(AL2_ARM)))
