"""HTTP freshness, against RFC 9111."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.index.http.freshness import fresh_until

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"etag": '"x"', "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT"}, 0),
        ({"cache-control": "max-age=600, public"}, 600),
        ({"cache-control": 'Max-Age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600", "age": "soon"}, 600),
        ({"cache-control": "max-age=600, max-age=60"}, 60),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "s-maxage=9000, max-age=60"}, 60),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": "max-age=600", "vary": "*"}, 0),
        ({"cache-control": "max-age=600", "vary": "Accept"}, 600),
        ({"cache-control": "max-age=365000000, immutable, public"}, 365 * 86400),
        ({"cache-control": "public", "expires": "Tue, 14 Nov 2023 22:23:20 GMT"}, 600),
        ({"expires": "Tue, 14 Nov 2023 22:23:20 GMT", "date": "Tue, 14 Nov 2023 22:22:20 GMT"}, 60),
        ({"expires": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        ({"cache-control": "max-age=60", "expires": "Tue, 14 Nov 2023 23:13:20 GMT"}, 60),
    ],
)
def test_fresh_until(headers, seconds):
    assert fresh_until(headers, NOW) == (None if seconds is None else NOW + seconds)


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age", "vary"]), st.text()))
def test_no_header_makes_it_fail_or_go_back_in_time(headers):
    until = fresh_until(headers, NOW)
    assert until is None or NOW <= until <= NOW + 366 * 86400
