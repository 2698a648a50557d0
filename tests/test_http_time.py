"""Times in HTTP header fields, against RFC 9110."""

from __future__ import annotations

from time import tzset

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.http_time import moment, retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.fixture(params=["UTC", "Asia/Kathmandu"])
def _zone_of_the_host(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    tzset()
    yield
    monkeypatch.undo()
    tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30),  # RFC 850's form
        ("Tue Nov 14 22:13:50 2023", 30),  # that of C's asctime(), which is in GMT too
        ("Tue, 14 Nov 2023 22:13:50 -0000", 30),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("٣", None),
        ("Tue, 32 Nov 2023 22:13:50 GMT", None),
        ("Tue, 14 Nov 99999999999999 22:13:50 GMT", None),
        ("99999999999999999999999", 999999999999),
    ],
)
@pytest.mark.usefixtures("_zone_of_the_host")
def test_retry_after(text, seconds):
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_without_a_retry_after_nothing_is_asked():
    assert retry_after({"date": "Tue, 14 Nov 2023 22:13:50 GMT"}, NOW) is None


@given(st.text())
def test_nothing_that_a_server_sends_makes_it_fail_or_wait_for_the_past(text):
    waiting = retry_after({"retry-after": text}, NOW)
    assert waiting is None or waiting >= 0
    moment(text)
