"""What the set comes to, and the least way to ship it; the limits are those of AWS's developer guide."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.shipping.loads import LARGE, brought, sizes_of
from archcheck.judge.shipping.words import mebibytes, reasons
from archcheck.model import Contents, Limits, Result, Status
from archcheck.platforms.targets import parse_target
from tests.report.examples import package

MIB = 1_048_576
UPLOAD, UNZIPPED, IMAGE = 52_428_800, 262_144_000, 10_737_418_240
LAMBDA, DEBIAN = parse_target("lambda:python3.13"), parse_target("debian12:python3.12")
UNREAD = Contents(reason="the index answers no ranges")


def result(architecture, sizes, status=Status.WHEEL):
    packed, unpacked = sizes
    read = Contents(unpacked=unpacked) if isinstance(unpacked, int) else unpacked
    return Result(architecture=architecture, version="1", status=status, size=packed, contents=read)


def row(name, arm, x86=None, *, status=Status.WHEEL, by=(), line=1):
    """Return a package of which each architecture's file has these sizes: packed and unpacked, in bytes."""
    made = package(name, "1", status, status, by=by, line=line)
    return replace(made, results=(result("x86_64", x86 or arm, status), result("aarch64", arm, status)))


def ways(*rows, ship=None, target=LAMBDA):
    sizes = sizes_of(rows, target, ship)
    return sizes.x86_64.way, sizes.aarch64.way


@pytest.mark.parametrize(
    ("sizes", "said", "as_zip", "as_image"),
    [
        ((0, 0), "zip", "zip", "image"),
        ((UPLOAD, UNZIPPED), "zip", "zip", "image"),
        ((UPLOAD + 1, UPLOAD + 2), "zip-layers", "zip-layers", "image"),
        ((UPLOAD, UNZIPPED + 1), "image", None, "image"),
        ((UPLOAD, IMAGE), "image", None, "image"),
        ((UPLOAD, IMAGE + 1), None, None, None),
    ],
)
def test_at_each_limit_and_one_byte_over_it(sizes, said, as_zip, as_image):
    one = row("a", sizes)
    assert ways(one) == (said, said)
    assert ways(one, ship="zip") == (as_zip, as_zip)
    assert ways(one, ship="image") == (as_image, as_image)
    assert sizes_of([one], LAMBDA).limits == Limits(upload=UPLOAD, unzipped=UNZIPPED, layers=5, image=IMAGE)


def test_other_targets_have_no_limits_and_sums_all_the_same():
    sizes = sizes_of([row("boto3", (3, IMAGE + 1), (2, 5))], DEBIAN, "zip")
    assert (sizes.limits, sizes.x86_64.way, sizes.aarch64.way) == (None, None, None)
    assert (sizes.aarch64.packed, sizes.aarch64.unpacked, sizes.x86_64.unpacked) == (3, IMAGE + 1, 5)
    assert sizes.aarch64.provided == ()


AGENTS = replace(DEBIAN, base="agentcore")


@pytest.mark.parametrize(
    ("sizes", "way"),
    [
        ((250 * MIB, 750 * MIB), "zip"),
        ((250 * MIB + 1, 750 * MIB), "image"),  # it has no layers, and its zip comes from S3 anyway
        ((250 * MIB, 750 * MIB + 1), "image"),
        ((250 * MIB, 2048 * MIB + 1), None),
    ],
)
def test_the_limits_of_agentcore(sizes, way):
    assert ways(row("a", sizes), target=AGENTS) == (way, way)
    assert sizes_of([row("boto3", (1, 1))], AGENTS).aarch64.provided == ()


def test_each_architecture_stands_for_itself():
    one = row("opencv-python-headless", (34 * MIB, 90 * MIB), (55 * MIB, 159 * MIB))
    assert ways(one) == ("zip-layers", "zip")


@pytest.mark.parametrize(
    ("rows", "way", "layer"),
    [
        ([("a", 40 * MIB, LARGE), ("b", 30 * MIB, LARGE)], "zip-layers", ("a",)),
        ([("a", 40 * MIB, LARGE - 1), ("b", 30 * MIB, LARGE)], "zip-s3", ()),
        ([("a", 60 * MIB, LARGE), ("b", 55 * MIB, LARGE), ("c", 1, 1)], "zip-layers", ("a", "b")),
        ([("a", 26 * MIB, LARGE), ("b", 25 * MIB, LARGE)], "zip-layers", ("a",)),
        ([("b", 26 * MIB, LARGE), ("a", 26 * MIB, LARGE)], "zip-layers", ("a",)),
        ([(f"p{n:02}", 6 * MIB, 9 * MIB) for n in range(10)], "zip-s3", ()),
    ],
)
def test_a_layer_takes_the_fewest_large_ones(rows, way, layer):
    sizes = sizes_of([row(name, (packed, unpacked)) for name, packed, unpacked in rows], LAMBDA)
    assert (sizes.aarch64.way, sizes.aarch64.layer) == (way, layer)


@pytest.mark.parametrize(
    ("status", "contents"),
    [
        (Status.WHEEL, None),  # --no-inspect
        (Status.PURE_WHEEL, UNREAD),
        (Status.PURE_SDIST, None),
        (Status.NATIVE_SDIST, Contents(unpacked=77)),  # of an sdist's own files nothing is said
        (Status.MISSING, None),
        (Status.UNKNOWN, None),
    ],
)
def test_what_nobody_read_is_named_and_counts_for_nothing(status, contents):
    load = sizes_of([row("a", (9, 20)), row("b", (7, contents), status=status)], LAMBDA).aarch64
    wheel = status in {Status.WHEEL, Status.PURE_WHEEL}
    assert (load.unknown, load.unpacked, load.packed) == (("b",), 20, 16 if wheel else 9)


def test_what_is_not_required_takes_nothing():
    one = package("a", "1", Status.WHEEL, Status.NOT_REQUIRED)
    sizes = sizes_of([replace(one, results=(result("x86_64", (5, 8)), one.results[1]))], LAMBDA)
    assert (sizes.aarch64.unpacked, sizes.aarch64.unknown, sizes.x86_64.unpacked) == (0, (), 8)


def test_a_wheel_that_was_not_read_holds_no_less_than_it_is_long():
    assert ways(row("torch", (UNZIPPED + 1, None))) == ("image", "image")


SDK = (
    row("boto3", (1, 2)),
    row("botocore", (10, 20), by=("boto3",), line=None),
    row("s3transfer", (100, 200), by=("boto3",), line=None),
    row("jmespath", (1000, 2000), by=("boto3", "botocore"), line=None),
)


@pytest.mark.parametrize(
    ("more", "aside"),
    [
        ((), set()),
        ((row("urllib3", (5, 6), by=("botocore",), line=None),), {"urllib3"}),
        ((row("urllib3", (5, 6), by=("botocore", "requests"), line=None), row("requests", (1, 1))), set()),
        ((row("urllib3", (5, 6), by=("botocore",)),), set()),  # the project's own wish
        (
            (
                row("python-dateutil", (5, 6), by=("botocore",), line=None),
                row("six", (5, 6), by=("python-dateutil",), line=None),
            ),
            {"python-dateutil", "six"},
        ),
        (
            (
                row("python-dateutil", (5, 6), by=("botocore", "pandas"), line=None),
                row("six", (5, 6), by=("python-dateutil",), line=None),
            ),
            set(),
        ),
    ],
)
def test_what_the_runtime_brings_stands_apart(more, aside):
    names = {"boto3", "botocore", "jmespath", "s3transfer"}
    load = sizes_of([*SDK, *more], LAMBDA).aarch64
    assert brought([*SDK, *more], LAMBDA) == names | aside == set(load.provided)
    assert load.provided_unpacked == 2222 + 6 * len(aside)
    assert load.provided_packed == 1111 + 5 * len(aside)
    assert load.unpacked == sum(each.results[1].contents.unpacked for each in more if each.name not in aside)


def test_the_six_of_others_is_not_the_runtimes():
    assert brought([row("six", (1, 1), by=("a",), line=None), row("a", (1, 1))], LAMBDA) == frozenset()


@pytest.mark.parametrize(
    ("arm", "x86", "ship", "words"),
    [
        (UNZIPPED, UNZIPPED, None, []),
        (UNZIPPED + 1, UNZIPPED + 1, None, ["as a container image"]),
        (UNZIPPED + 1, 1, None, ["as a container image"]),
        (UNZIPPED + 1, 1, "image", []),
        (UNZIPPED + 1, 1, "zip", []),
        (UNZIPPED, UNZIPPED + 1, None, ["only on aarch64"]),
        (UNZIPPED, UNZIPPED + 1, "zip", ["only on aarch64"]),
    ],
)
def test_the_recommendation_says_what_is_not_to_be_taken_for_granted(arm, x86, ship, words):
    said = reasons(sizes_of([row("a", (1, arm), (1, x86))], LAMBDA, ship))
    assert [reason.startswith(word) for reason, word in zip(said, words, strict=True)] == [True] * len(words)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 MiB"),
        (1, "0.1 MiB"),
        (UNZIPPED, "250 MiB"),
        (UNZIPPED + 1, "250.1 MiB"),
        (2**53, "8,589,934,592 MiB"),
    ],
)
def test_what_is_over_a_limit_never_reads_as_at_it(size, text):
    assert mebibytes(size) == text
