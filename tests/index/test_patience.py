"""The patience of a run: what uses it up, what pays it back, and what is left for others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.index.http.patience import Patience

ONE, OTHER = "one.example", "other.example"


class Clock:
    """Seconds that pass where a test says so."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def patience(clock):
    return Patience(30, clock)


def test_time_counts_where_something_is_owed(patience, clock):
    clock.now += 100
    assert patience.left(ONE) == 30
    with patience.owed(ONE):
        clock.now += 10
    clock.now += 100
    assert (patience.left(ONE), patience.left(OTHER)) == (20, 30)


def test_fifty_that_wait_at_once_wait_no_longer_than_one(patience, clock):
    with patience.owed(ONE), patience.owed(ONE), patience.owed(ONE):
        clock.now += 10
    assert patience.left(ONE) == 20


def test_a_byte_a_second_is_no_progress(patience, clock):
    with patience.owed(ONE):
        for _ in range(31):
            clock.now += 1
            patience.received(ONE, 1)
        assert patience.left(ONE) == 0


@pytest.mark.parametrize("size", [1024, 100_000])
def test_a_slow_line_is_waited_for_as_long_as_it_takes(patience, clock, size):
    with patience.owed(ONE):
        for _ in range(10_000):
            clock.now += 1
            patience.received(ONE, size)
            assert patience.left(ONE) >= 29


def test_many_documents_share_a_slow_line(patience, clock):
    """Each of 50 comes with 40 bytes a second: the line is what counts."""
    with patience.owed(ONE), patience.owed(ONE):
        for _ in range(1000):
            clock.now += 1
            for _ in range(50):
                patience.received(ONE, 40)
    assert patience.left(ONE) == 30


def test_short_answers_pay_for_themselves(patience, clock):
    """A far index that answers 304 after three seconds, a hundred times in a row."""
    for _ in range(100):
        with patience.owed(ONE):
            clock.now += 3
            patience.answered(ONE)
    assert patience.left(ONE) == 30


def test_what_is_paid_back_is_no_credit(patience, clock):
    with patience.owed(ONE):
        patience.received(ONE, 10**9)
        clock.now += 31
    assert patience.left(ONE) == 0


def test_a_byte_that_comes_after_the_end_does_not_undo_it(patience, clock):
    """Between the look at the clock and the end of the question another answer may go on dripping."""
    with patience.owed(ONE):
        clock.now += 30
        assert patience.is_used_up(ONE)
        patience.received(ONE, 64)
    assert patience.use_up(ONE, "numpy") == patience.reason(ONE)


def test_an_answer_that_comes_after_the_end_is_one(patience, clock):
    with patience.owed(ONE):
        clock.now += 30
        assert patience.is_used_up(ONE)
        patience.answered(ONE)
    assert not patience.is_used_up(ONE)
    assert patience.left(ONE) == 5


def test_a_host_that_used_it_up_is_not_asked_again_and_leaves_others_a_share(patience, clock):
    with patience.owed(ONE):
        clock.now += 30
    reason = patience.use_up(ONE, "numpy")
    assert reason.startswith("one.example did not send numpy within 30 s")
    assert patience.reason(ONE) == patience.use_up(ONE, "another") == reason
    assert patience.reason(OTHER) is None
    assert patience.left(OTHER) == 3
    with patience.owed(OTHER):
        clock.now += 3
    assert patience.use_up(OTHER, "idna").startswith("other.example did not send idna within 3 s")


def test_a_host_that_has_answered_is_heard_on_once(patience, clock):
    """One page of it may hang, and be asked for by several at once."""
    patience.answered(ONE)
    with patience.owed(ONE):
        clock.now += 30
    assert patience.left(ONE) == 0
    first, second = patience.use_up(ONE, "numpy"), patience.use_up(ONE, "idna")
    assert first == second.replace("idna", "numpy")
    assert (patience.reason(ONE), patience.left(ONE)) == (None, 3)
    with patience.owed(ONE):
        clock.now += 2
        patience.answered(ONE)
        clock.now += 3
    assert "within 3 s" in patience.use_up(ONE, "numpy")
    assert patience.reason(ONE)
    assert patience.left(ONE) == 0


@given(st.lists(st.sampled_from([ONE, OTHER, "third.example"]), min_size=1, max_size=30))
def test_hosts_that_never_answer_end_a_run(hosts):
    """However they are asked one after the other: all of it for one, and a share for each of the others."""
    clock = Clock()
    patience = Patience(30, clock)
    began = clock.now
    for host in hosts:
        with patience.owed(host):
            clock.now += patience.left(host)
        if patience.reason(host) is None:
            patience.use_up(host, "x")
    assert clock.now - began == 30 + 3 * (len(set(hosts)) - 1)
