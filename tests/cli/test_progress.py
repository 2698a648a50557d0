"""What a terminal is told while the work lasts; nothing here waits, and no clock is looked at."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import pytest

from archcheck.app.perform import Step, numbered
from archcheck.cli.console import Console
from archcheck.cli.output import watched
from archcheck.cli.progress import STILL, Line, Moved, display, line, waited_for
from archcheck.index.http.messages import Asked, Stats

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("step", "stats", "seconds", "expected"),
    [
        (None, Stats(), 0.6, Line("reading", 0, 0, "0 requests, 1 s")),
        (
            Step("a.txt on lambda:python3.13"),
            Stats(requests=1, found={"a", "b"}, answered={"a"}),
            12.2,
            Line("a.txt on lambda:python3.13", 1, 2, "1 of 2 packages, 1 request, 12 s"),
        ),
        (
            Step("a.txt", 3, 12),
            Stats(requests=7, found={"a"}, answered={"a"}),
            3.0,
            Line("a.txt", 2, 12, "3 of 12 inputs, 1 of 1 package, 7 requests, 3 s"),
        ),
        (Step("\x1b[2J"), Stats(requests=2), 3.0, Line("\\x1b[2J", 0, 0, "2 requests, 3 s")),
    ],
)
def test_what_the_line_says(step, stats, seconds, expected):
    assert line(step, stats, seconds) == expected


def asked(what, since):
    return Asked(host="index.example", what=what, since=since)


@pytest.mark.parametrize(
    ("what", "project"),
    [
        ("pandas", "pandas"),
        ("python-dateutil", "python-dateutil"),
        ("python_dateutil-2.9.0-py2.py3-none-any.whl", "python_dateutil"),
        ("pandas-2.2.0-cp312-cp312-manylinux_2_17_aarch64.whl.metadata", "pandas"),
        ("python-dateutil-2.9.0.tar.gz", "python-dateutil"),
        ("pandas/2.2.0/json", "pandas"),
        ("", ""),
        ("x" * 500, "x" * 60),
    ],
)
def test_of_what_is_waited_for_the_oldest_is_named(what, project):
    waiting = [asked("young", 109.0), asked(what, 100.0), asked("young", 108.0)]
    expected = f"waiting for the index: 3 requests, the oldest 12 s, {project} (index.example)"
    assert waited_for(waiting, 112.0) == expected
    assert waited_for([], 112.0) == ""


def test_what_is_waited_for_is_said_when_nothing_moves():
    moved = Moved(0.0)
    assert not moved.still("asked 1", 0.1)
    assert not moved.still("asked 1", 0.1 + STILL / 2)
    assert moved.still("asked 1", 0.1 + STILL)
    assert not moved.still("asked 2", 0.2 + STILL)


def test_of_several_inputs_it_is_said_which_one():
    heard = []

    def watch(step, index):
        heard.append((step, index, str(step)))

    for number in (1, 2):
        numbered(watch, number, 2)(Step("a.txt"), number)
    numbered(watch, 1, 1)(Step("b.txt"), 3)
    assert heard == [
        (Step("a.txt", 1, 2), 1, "1 of 2: a.txt"),
        (Step("a.txt", 2, 2), 2, "2 of 2: a.txt"),
        (Step("b.txt"), 3, "b.txt"),
    ]
    assert numbered(None, 1, 2) is None


def drawn(encoding="utf-8", *, interrupted=False):
    """Return all that is written for two lines, the second of which waits."""
    stream = Terminal()
    stream.encoding = encoding
    console = Console(out=stream, err=stream, environ={})
    with suppress(KeyboardInterrupt), display(console) as draw:
        draw(Line("[bold]a.txt", 0, 4, "0 of 4 packages, 1 s"))
        draw(Line("[bold]a.txt", 3, 4, "3 of 4 packages, 2 s", "waiting for the index"))
        if interrupted:
            raise KeyboardInterrupt
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_it_is_a_bar_with_a_count_and_below_it_what_is_waited_for():
    bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn())
    first, second, below = dict.fromkeys(each.strip() for each in bare.splitlines() if each.strip())
    assert re.fullmatch(r"\S \[bold\]a\.txt ━{20} 0 of 4 packages, 1 s", first)
    assert re.fullmatch(r"\S \[bold\]a\.txt [━╸╺]{20} 3 of 4 packages, 2 s", second)
    assert below == "waiting for the index"


@pytest.mark.parametrize("interrupted", [False, True])
def test_it_leaves_nothing_on_the_terminal(interrupted):
    written = drawn(interrupted=interrupted)
    assert (written.count(HIDE), written.count(SHOW)) == (1, 1)
    after = written.rpartition("waiting for the index")[2]
    assert after.count("\x1b[1A\x1b[2K") == 2, (
        "both lines are erased, and the cursor stands where the first was"
    )
    assert re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]", "", after) == ""


def test_a_narrow_terminal_shortens_what_is_done_alone(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    with display(Console(out=stream, err=stream, environ={})) as draw:
        draw(Line("services/a/requirements.txt on lambda:python3.13", 3, 4, "3 of 4 packages, 2 s"))
    bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert re.match(r"\S services/a/req\S*… [━╸╺]{20} 3 of 4 packages, 2 s", bare)


@pytest.mark.parametrize(("term", "written"), [("xterm", "\r\x1b[2K"), ("dumb", "\n")])
def test_what_is_said_after_ctrl_c_begins_a_line(term, written):
    stream, piped = Terminal(), io.StringIO()
    for each in (stream, piped):
        Console(out=each, err=each, environ={"TERM": term}).begin_line()
    assert (stream.getvalue(), piped.getvalue()) == (written, "")


def test_a_terminal_without_unicode_gets_ascii():
    assert drawn("ascii").isascii()


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [(io.StringIO(), {}, True), (Terminal(), {}, False), (Terminal(), {"TERM": "dumb"}, True)],
)
def test_nobody_is_told_where_nobody_watches(stream, environ, wanted):
    with watched(Console(out=stream, err=stream, environ=environ), wanted=wanted) as watch:
        assert watch is None
    assert stream.getvalue() == ""


def test_a_run_that_is_over_before_patience_is_shows_nothing(monkeypatch):
    monkeypatch.setattr("archcheck.cli.progress.PATIENCE", 10_000.0)
    stream = Terminal()
    with watched(Console(out=stream, err=stream, environ={}), wanted=True) as watch:
        watch(Step("a.txt"), None)
    assert stream.getvalue() == ""
