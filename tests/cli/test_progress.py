from __future__ import annotations

import pytest

from archcheck.app.perform import numbered
from archcheck.cli.progress import STILL, Moved, told


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("", 0, 0.6), ("reading", "0 requests · 1 s")),
        (("a.txt on lambda:python3.13", 1, 12.2), ("a.txt on lambda:python3.13", "1 request · 12 s")),
        (("\x1b[2J", 2, 3.0), ("\\x1b[2J", "2 requests · 3 s")),
        (
            ("a.txt", 7, 3.0, ("index.example", "files.example", "index.example")),
            ("a.txt", "7 requests · 3 s · waiting for index.example, files.example"),
        ),
    ],
)
def test_what_the_line_says(given, expected):
    assert told(*given) == expected


def test_what_is_waited_for_is_said_when_nothing_moves():
    moved = Moved(0.0)
    assert not moved.still("asked 1", 0.1)
    assert not moved.still("asked 1", 0.1 + STILL / 2)
    assert moved.still("asked 1", 0.1 + STILL)
    assert not moved.still("asked 2", 0.2 + STILL)


def test_of_several_inputs_it_is_said_which_one():
    heard = []

    def watch(what, index):
        heard.append((what, index))

    for number in (1, 2):
        numbered(watch, number, 2)("a.txt", number)
    numbered(watch, 1, 1)("b.txt", 3)
    assert heard == [("1 of 2: a.txt", 1), ("2 of 2: a.txt", 2), ("b.txt", 3)]
    assert numbered(None, 1, 2) is None
