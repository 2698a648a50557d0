"""How reports tell the way that a set is shipped, and its largest packages as bars."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.shipping.loads import LARGE, sizes_of
from archcheck.report.formats.html import to_html
from archcheck.report.formats.text import to_text
from archcheck.report.layout import View
from archcheck.report.sections.sizes import largest, shipping
from tests.judge.test_shipping import DEBIAN, LAMBDA, MIB, SDK, UNZIPPED, UPLOAD, row
from tests.report.examples import READY, audit, report


def shipped(*rows, ship=None, target=LAMBDA):
    return replace(audit(READY, rows), sizes=sizes_of(rows, target, ship))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("a", (MIB, 2 * MIB))], "ships as a zip: 2 MiB unzipped, 1 MiB zipped on aarch64"),
        (
            [row("a", (34 * MIB, 90 * MIB), (55 * MIB, 159 * MIB))],
            (
                "ships as a zip: 90 MiB unzipped, 34 MiB zipped on aarch64; "
                "on x86_64 as a zip with a layer of a: 159 MiB unzipped, 55 MiB zipped"
            ),
        ),
        (
            [row("a", (MIB, MIB), (MIB, UNZIPPED + 1))],
            (
                "ships as a zip: 1 MiB unzipped, 1 MiB zipped on aarch64; "
                "on x86_64 as a container image: 250.1 MiB unzipped, 1 MiB zipped"
            ),
        ),
        (
            [row(name, (60 * MIB, LARGE)) for name in "abcd"],
            "ships as a zip with a layer of a, b, c and 1 more: 240 MiB unzipped, 240 MiB zipped on aarch64",
        ),
        (
            [row(f"p{n}", (9 * MIB, 9 * MIB)) for n in range(6)],
            "ships as a zip by way of S3: 54 MiB unzipped, 54 MiB zipped on aarch64",
        ),
        (
            [row("a", (MIB, None)), row("b", (MIB, None))],
            "ships as a zip: at least 2 MiB zipped on aarch64; not known is what a and b add",
        ),
        ([row("a", (None, None))], ""),
        ([], ""),
    ],
)
def test_the_way_in_one_sentence(rows, sentence):
    assert shipping(shipped(*rows)) == sentence


def test_what_has_to_be_left_out_for_it_is_named():
    full = shipped(row("a", (UPLOAD, UPLOAD)), *SDK)
    assert (
        "zipped on aarch64 without boto3, botocore, s3transfer and 1 more, which the runtime has"
        in shipping(full)
    )
    assert "without" not in shipping(shipped(row("a", (UPLOAD - 2000, UPLOAD)), *SDK))


def test_nothing_is_said_where_nothing_is_known_or_nothing_carries_it():
    assert not shipping(audit(READY, (row("a", (1, 1)),)))
    assert not shipping(shipped(row("a", (1, 1)), target=DEBIAN))
    assert not shipping(shipped(row("a", (1, UNZIPPED + 1)), ship="zip"))


def test_the_largest_come_first_and_small_ones_not_at_all():
    rows = [row(f"p{n}", (1, n * MIB)) for n in range(1, 11)]
    bars = largest(shipped(*rows, row("small", (1, MIB - 1)), row("unread", (99 * MIB, None))))
    assert [bar.name for bar in bars] == [f"p{n}" for n in range(10, 2, -1)]
    assert [bar.share for bar in bars][:3] == [1.0, 0.9, 0.8]
    assert largest(shipped(row("small", (1, 1)))) == ()


def test_bars_in_text_are_as_long_as_their_shares():
    one = report(shipped(row("a", (1, 24 * MIB)), row("b", (1, 12 * MIB), (1, 2 * MIB))))
    lines = to_text(one, View(verbose=True, ascii_only=True)).splitlines()
    drawn = [line for line in lines if line.endswith("#")]
    assert [(line.split()[0], line.count("#")) for line in drawn] == [("a", 24), ("b", 12)]
    assert "2 MiB" in drawn[1]
    assert "12 MiB" in drawn[1]


def test_bars_in_html_are_as_long_as_their_shares():
    page = to_html(report(shipped(row("a", (1, 24 * MIB)), row("b<i>", (1, 12 * MIB), (1, 2 * MIB)))))
    assert page.index('width="1000.0" height="24"') < page.index('width="500.0" height="24"')
    assert '<th scope="row">b&lt;i&gt;</th><td>2 MiB</td><td>12 MiB</td>' in page
    assert "It ships as a zip: 36 MiB unzipped" in page
