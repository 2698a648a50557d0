import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from archcheck.platforms.targets import ARCHITECTURES, Libc, parse_target
from archcheck.platforms.wheel_tags import Fit, Miss, MissKind, fit, fits, nearest, other_pythons

LIBC_TOO_NEW, OTHER_LIBC, PYTHON_OR_ABI, ARCHITECTURE, SYSTEM, UNREADABLE = MissKind


def on(target, architecture="aarch64"):
    return parse_target(target).on(architecture)


def wheel(tags):
    return f"pkg-1.0-{tags}.whl"


def glibc(minor, major=2):
    return Libc(family="glibc", major=major, minor=minor)


def musl(minor):
    return Libc(family="musl", major=1, minor=minor)


@pytest.mark.parametrize(
    ("tags", "target", "tag"),
    [
        ("cp313-cp313-manylinux_2_28_aarch64", "lambda:python3.13", None),
        ("cp39-cp39-manylinux_2_24_aarch64", "lambda:python3.9", None),
        ("cp39-cp39-manylinux2014_aarch64", "lambda:python3.9", None),
        (
            "cp39-cp39-manylinux2014_aarch64.manylinux_2_17_aarch64",
            "lambda:python3.9",
            "cp39-cp39-manylinux_2_17_aarch64",
        ),
        ("cp39-cp39-linux_aarch64", "lambda:python3.9", None),
        ("cp36-abi3-manylinux_2_17_aarch64", "lambda:python3.13", None),
        ("cp313-abi3-manylinux_2_17_aarch64", "lambda:python3.13", None),
        ("cp313-none-manylinux_2_17_aarch64", "lambda:python3.13", None),
        ("py3-none-manylinux_2_17_aarch64", "lambda:python3.13", None),
        ("py310-none-manylinux_2_17_aarch64", "lambda:python3.13", None),
        ("py2.py3-none-any", "lambda:python3.13", "py3-none-any"),
        ("cp313-none-any", "lambda:python3.13", None),
        ("CP313-CP313-Linux_AArch64", "lambda:python3.13", "cp313-cp313-linux_aarch64"),
        ("cp313-cp313t-manylinux_2_17_aarch64", "debian12:python3.13t", None),
        ("cp315-abi3t-manylinux_2_17_aarch64", "debian12:python3.15t", None),
        (
            "cp315-abi3.abi3t-manylinux_2_17_aarch64",
            "debian12:python3.15t",
            "cp315-abi3t-manylinux_2_17_aarch64",
        ),
        (
            "cp315-abi3.abi3t-manylinux_2_17_aarch64",
            "debian12:python3.15",
            "cp315-abi3-manylinux_2_17_aarch64",
        ),
        ("cp313-cp313-musllinux_1_1_aarch64", "alpine3.22:python3.13", None),
        ("cp313-cp313-linux_aarch64", "alpine3.22:python3.13", None),
    ],
)
def test_what_fits(tags, target, tag):
    machine = on(target)
    found = fit(wheel(tags), machine)
    assert isinstance(found, Fit)
    assert found.tag == (tag or tags)
    assert found.rank == machine.ranks[found.tag]
    assert found.pure == tags.endswith("any")
    assert found.build == ()


@pytest.mark.parametrize(
    ("tags", "target", "kind", "needs", "libc"),
    [
        ("cp311-cp311-manylinux_2_28_aarch64", "lambda:python3.11", LIBC_TOO_NEW, "glibc 2.28", glibc(28)),
        ("cp36-abi3-manylinux_2_28_aarch64", "lambda:python3.11", LIBC_TOO_NEW, "glibc 2.28", glibc(28)),
        ("py3-none-manylinux_2_39_aarch64", "lambda:python3.14", LIBC_TOO_NEW, "glibc 2.39", glibc(39)),
        (
            "cp311-cp311-manylinux_2_31_aarch64.manylinux_2_28_aarch64",
            "lambda:python3.11",
            LIBC_TOO_NEW,
            "glibc 2.28",
            glibc(28),
        ),
        (
            "cp311-cp311-manylinux_3_1_aarch64",
            "lambda:python3.11",
            LIBC_TOO_NEW,
            "glibc 3.1",
            glibc(1, major=3),
        ),
        ("cp313-cp313-musllinux_1_2_aarch64", "musl1.1:python3.13", LIBC_TOO_NEW, "musl 1.2", musl(2)),
        ("cp313-cp313-musllinux_1_2_aarch64", "lambda:python3.13", OTHER_LIBC, "musllinux_1_2", musl(2)),
        (
            "cp313-cp313-manylinux_2_17_aarch64",
            "alpine3.22:python3.13",
            OTHER_LIBC,
            "manylinux_2_17",
            glibc(17),
        ),
        (
            "cp313-cp313-manylinux2014_aarch64",
            "alpine3.22:python3.13",
            OTHER_LIBC,
            "manylinux2014",
            glibc(17),
        ),
        ("cp39-cp39-manylinux_2_17_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp39", None),
        ("cp39-cp39-manylinux_2_28_aarch64", "lambda:python3.11", PYTHON_OR_ABI, "cp39", glibc(28)),
        ("cp39-cp39-musllinux_1_2_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp39", musl(2)),
        ("cp39-none-manylinux_2_17_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp39", None),
        ("cp314-abi3-manylinux_2_17_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp314-abi3", None),
        ("cp38-cp38m-manylinux_2_17_aarch64", "lambda:python3.8", PYTHON_OR_ABI, "cp38m", None),
        ("cp313-cp313t-manylinux_2_17_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp313t", None),
        ("cp313-abi3t-manylinux_2_17_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp313-abi3t", None),
        ("cp313-cp313-manylinux_2_17_aarch64", "debian12:python3.13t", PYTHON_OR_ABI, "cp313", None),
        ("cp39-abi3-manylinux_2_17_aarch64", "debian12:python3.13t", PYTHON_OR_ABI, "cp39-abi3", None),
        (
            "pp310-pypy310_pp73-manylinux_2_17_aarch64",
            "lambda:python3.10",
            PYTHON_OR_ABI,
            "pp310-pypy310_pp73",
            None,
        ),
        ("py2-none-any", "lambda:python3.13", PYTHON_OR_ABI, "py2", None),
        ("py314-none-any", "lambda:python3.13", PYTHON_OR_ABI, "py314", None),
        ("cp39.cp310-cp39.cp310-linux_aarch64", "lambda:python3.13", PYTHON_OR_ABI, "cp310", None),
        ("cp313-cp313-manylinux_2_17_x86_64", "lambda:python3.13", ARCHITECTURE, "x86_64", None),
        ("cp313-cp313-manylinux1_i686", "lambda:python3.13", ARCHITECTURE, "i686", None),
        ("cp313-cp313-linux_armv7l", "lambda:python3.13", ARCHITECTURE, "armv7l", None),
        ("py3-none-manylinux_2_17_ppc64le", "lambda:python3.13", ARCHITECTURE, "ppc64le", None),
        ("cp39-cp39-musllinux_1_2_x86_64", "lambda:python3.13", ARCHITECTURE, "x86_64", None),
        ("cp313-cp313-win_amd64", "lambda:python3.13", SYSTEM, "win_amd64", None),
        ("cp313-cp313-win_arm64", "lambda:python3.13", SYSTEM, "win_arm64", None),
        ("cp313-cp313-macosx_11_0_arm64", "lambda:python3.13", SYSTEM, "macosx_11_0_arm64", None),
        ("cp313-cp313-macosx_10_13_universal2", "lambda:python3.13", SYSTEM, "macosx_10_13_universal2", None),
        ("cp313-cp313-manylinux1_aarch64", "lambda:python3.13", UNREADABLE, "manylinux1_aarch64", None),
    ],
)
def test_what_does_not_fit_and_why(tags, target, kind, needs, libc):
    found = fit(wheel(tags), on(target))
    assert isinstance(found, Miss)
    assert (found.kind, found.needs) == (kind, needs)
    assert found.libc == libc
    if "." not in tags:
        assert f"{found.python}-{found.abi}-{found.platform}" == tags


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("cp313-cp313-manylinux_2_17_x86_64.manylinux_2_39_aarch64", LIBC_TOO_NEW),
        ("cp313-cp313-musllinux_1_2_aarch64.manylinux_2_39_aarch64", LIBC_TOO_NEW),
        ("cp312.cp313-cp313-musllinux_1_2_aarch64.manylinux_2_17_x86_64", OTHER_LIBC),
        ("cp312-cp312-win_amd64.manylinux_2_17_aarch64", PYTHON_OR_ABI),
        ("cp312-cp312-win_amd64.linux_x86_64", ARCHITECTURE),
        ("cp312-cp312-win_amd64.manylinux1_aarch64", SYSTEM),
    ],
)
def test_a_wheel_of_several_tags_misses_by_the_nearest(tags, kind):
    assert fit(wheel(tags), on("lambda:python3.13")).kind is kind


@pytest.mark.parametrize(
    "filename",
    [
        "",
        ".whl",
        "pkg.whl",
        "pkg-1.0.tar.gz",
        "pkg-1.0-py3-none-any",
        "pkg-1.0-py3-none-any.WHL",
        "pkg-1.0-py3-none-any.zip",
        "pkg-1.0-none-any.whl",
        "pkg-not.a.version-py3-none-any.whl",
        "pkg-1.0-x1-py3-none-any.whl",
        "pkg-1.0-1-2-py3-none-any.whl",
        "p kg-1.0-py3-none-any.whl",
        "p__kg-1.0-py3-none-any.whl",
        "-1.0-py3-none-any.whl",
        "pkg-1.0-py3..py2-none-any.whl",
        "pkg-1.0-py3-none..abi3-any.whl",
        "pkg-1.0-py3-none-any..whl",
        "pkg-1.0-py3-none-.any.whl",
        "pkg-1.0-3-none-any.whl",
        "pkg-1.0--none-any.whl",
        f"pkg-1.0-{'9' * 5000}-py3-none-any.whl",
        f"pkg-{'9' * 5000}-py3-none-any.whl",
    ],
)
def test_names_that_no_installer_takes_for_a_wheels(filename):
    found = fit(filename, on("lambda:python3.13"))
    assert isinstance(found, Miss)
    assert found.kind is UNREADABLE


def test_a_short_name_that_means_millions_of_tags_is_not_expanded():
    fewer = ".".join(f"py{number}" for number in range(4, 1003))
    assert isinstance(fit(wheel(f"py3.{fewer}-none-any"), on("lambda:python3.13")), Fit)
    assert fit(wheel(f"py3.{fewer}.py1003-none-any"), on("lambda:python3.13")).kind is UNREADABLE


def test_build_tags_are_packagings():
    machine = on("lambda:python3.13")
    for build in ("1", "20240101", "3post1", "0b"):
        filename = f"pkg-1.0-{build}-cp313-cp313-linux_aarch64.whl"
        found = fit(filename, machine)
        assert isinstance(found, Fit)
        assert found.build == parse_wheel_filename(filename)[2]
        assert found.rank == 0


def test_a_build_tag_makes_no_wheel_fit():
    found = fit("pkg-1.0-1-cp312-cp312-linux_aarch64.whl", on("lambda:python3.13"))
    assert (found.kind, found.needs) == (PYTHON_OR_ABI, "cp312")


@pytest.mark.parametrize(
    ("policy", "minor"),
    [("manylinux1", 5), ("manylinux2010", 12), ("manylinux2014", 17), ("manylinux_2_28", 28)],
)
def test_a_policy_stands_for_a_glibc(policy, minor):
    """PEP 513, 571 and 599 name theirs by other numbers."""
    found = fit(wheel(f"cp313-cp313-{policy}_x86_64"), on("alpine3.22:python3.13", "x86_64"))
    assert (found.kind, found.needs, found.libc) == (OTHER_LIBC, policy, glibc(minor))


def test_better_tags_rank_better():
    machine = on("lambda:python3.13")
    order = (
        "cp313-cp313-manylinux_2_34_aarch64",
        "cp313-cp313-manylinux_2_17_aarch64",
        "cp313-abi3-manylinux_2_28_aarch64",
        "cp312-abi3-manylinux_2_28_aarch64",
        "py3-none-manylinux_2_17_aarch64",
        "py3-none-any",
    )
    ranks = [fit(wheel(tags), machine).rank for tags in order]
    assert ranks == sorted(set(ranks))


def test_the_nearest_of_many_files():
    machine = on("lambda:python3.11")
    files = (
        "cp311-cp311-win_amd64",
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp38-cp38-manylinux_2_17_aarch64",
        "cp310-cp310-manylinux_2_17_aarch64",
        "cp312-cp312-manylinux_2_28_aarch64",
        "cp311-cp311-musllinux_1_2_aarch64",
        "cp311-cp311-manylinux_2_31_aarch64",
        "cp311-cp311-manylinux_2_28_aarch64",
    )
    misses = [fit(wheel(tags), machine) for tags in files]
    named = []
    while found := nearest(misses):
        named.append(found.needs)
        misses.remove(found)
    assert named == [
        "glibc 2.28",
        "glibc 2.31",
        "musllinux_1_2",
        "cp310",
        "cp38",
        "cp312",
        "x86_64",
        "win_amd64",
    ]


def test_of_other_pythons_the_newest_is_the_nearest():
    machine = on("lambda:python3.13")
    tags = ("cp27-cp27m", "cp312-cp312", "jython-none", "cp39-cp39", "py2-none", "cp314-cp314", "cp310-cp310")
    misses = [fit(wheel(f"{each}-manylinux_2_17_aarch64"), machine) for each in tags]
    named = [miss.needs for miss in sorted(misses, key=lambda miss: nearest_first(misses, miss))]
    assert named == ["cp314", "cp312", "cp310", "cp39", "cp27m", "py2", "jython"]


def nearest_first(misses, miss):
    """Return how many of *misses* are nearer than *miss*."""
    return sum(nearest([other, miss]) is other for other in misses if other is not miss)


def test_nearest_of_none_is_none():
    assert nearest(()) is None


def test_the_pythons_that_the_wheels_are_for():
    machine = on("lambda:python3.13")
    tags = (
        "cp310-cp310",
        "cp39-cp39",
        "cp311-cp311",
        "cp314-abi3",
        "pp310-pypy310_pp73",
        "cp39-cp39",
        "cp313-cp313t",
    )
    misses = [fit(wheel(f"{tag}-manylinux_2_17_aarch64"), machine) for tag in tags]
    misses += [
        fit(wheel("cp38-cp38-win_amd64"), machine),
        fit(wheel("cp313-cp313-manylinux_2_39_aarch64"), machine),
    ]
    assert other_pythons(misses) == ("cp39", "cp310", "pp310-pypy310_pp73", "cp311", "cp313t", "cp314-abi3")
    assert other_pythons(reversed(misses)) == other_pythons(misses)


# Properties: names as publishers make them, and names as nobody does.

PYTHONS = ("cp38", "cp39", "cp313", "cp314", "py2", "py3", "py39", "pp310")
ABIS = ("none", "abi3", "abi3t", "cp38", "cp38m", "cp39", "cp313", "cp313t", "cp314", "pypy310_pp73")
PLATFORMS = (
    "any",
    "win_amd64",
    "macosx_11_0_arm64",
    *(
        f"{policy}_{architecture}"
        for policy in (
            "linux",
            "manylinux1",
            "manylinux2014",
            "manylinux_2_17",
            "manylinux_2_28",
            "musllinux_1_1",
        )
        for architecture in ("x86_64", "aarch64", "i686")
    ),
)
TARGETS = (
    "lambda:python3.9",
    "lambda:python3.13",
    "debian13:python3.13t",
    "alpine3.22:python3.14",
    "musl1.0:python3.8",
)


def compressed(words):
    return st.lists(st.sampled_from(words), min_size=1, max_size=3).map(".".join)


TAGS = st.tuples(compressed(PYTHONS), compressed(ABIS), compressed(PLATFORMS)).map("-".join)
MACHINES = st.builds(on, st.sampled_from(TARGETS), st.sampled_from(ARCHITECTURES))


@given(TAGS, MACHINES)
def test_agrees_with_packaging(tags, machine):
    common = parse_wheel_filename(wheel(tags))[3].intersection(machine.tags)
    found = fit(wheel(tags), machine)
    assert isinstance(found, Fit) == bool(common)
    if isinstance(found, Fit):
        assert found.rank == min(map(machine.tags.index, common))
        assert found.tag == str(machine.tags[found.rank])


@given(TAGS, st.sampled_from(ARCHITECTURES), st.integers(17, 60), st.integers(0, 30))
def test_what_fits_a_glibc_fits_every_newer_one(tags, architecture, minor, newer):
    older = fit(wheel(tags), on(f"glibc2.{minor}:python3.13", architecture))
    if isinstance(older, Fit):
        assert isinstance(fit(wheel(tags), on(f"glibc2.{minor + newer}:python3.13", architecture)), Fit)
    elif older.kind is LIBC_TOO_NEW:
        wanted = f"glibc2.{older.libc.minor}:python3.13"
        assert isinstance(fit(wheel(tags), on(wanted, architecture)), Fit)


@given(TAGS, MACHINES)
def test_a_miss_names_a_tag_of_the_wheel_and_a_reason_that_is_true(tags, machine):
    found = fit(wheel(tags), machine)
    if isinstance(found, Fit):
        return
    sets = [part.split(".") for part in tags.split("-")]
    assert [found.python in sets[0], found.abi in sets[1], found.platform in sets[2]] == [True] * 3
    own = found.platform == "any" or found.platform.endswith(f"linux_{machine.architecture}")
    for_it = own or ("linux" in found.platform and found.platform.endswith(machine.architecture))
    assert (found.kind in {LIBC_TOO_NEW, OTHER_LIBC, PYTHON_OR_ABI, UNREADABLE}) == for_it
    assert (
        (found.libc is None)
        or found.libc.family != machine.target.libc.family
        or found.libc > machine.target.libc
    )


@given(st.sampled_from(TARGETS), st.sampled_from(ARCHITECTURES))
def test_a_pure_wheel_fits_every_target(target, architecture):
    found = fit(wheel("py3-none-any"), on(target, architecture))
    assert isinstance(found, Fit)
    assert found.pure


@given(
    st.one_of(
        st.text(),
        st.text().map(wheel),
        st.text(alphabet="cp3-._any1t").map("pkg-1.0-{}.whl".format),
        st.text(alphabet="aZ0_.-1").map("{}-py3-none-any.whl".format),
    ),
    MACHINES,
)
def test_any_text_gets_an_answer_and_packagings_where_it_has_one(filename, machine):
    found = fit(filename, machine)
    assert fits(filename, machine) == (found if isinstance(found, Fit) else None)
    try:
        tags = parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        assert isinstance(found, Miss)
        assert found.kind is UNREADABLE
    else:
        assert isinstance(found, Fit) == bool(tags.intersection(machine.tags))
