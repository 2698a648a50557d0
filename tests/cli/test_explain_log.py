"""`archcheck explain-log`: files and standard input, for people and for programs."""

from __future__ import annotations

import json

LOG = "FROM python:3.12-slim-bookworm\nCollecting psycopg2==2.9.9\nError: pg_config executable not found.\n"


def test_for_people(archcheck):
    archcheck.write("build.log", LOG)
    done = archcheck("explain-log", "build.log")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("on  debian12:python3.12")
    assert "psycopg2 2.9.9: there is no wheel that fits, and what building it takes is not there" in done.out
    assert "  missing  pg_config\n  found    line 3: pg_config executable not found\n" in done.out
    assert "archcheck psycopg2==2.9.9 --target debian12:python3.12" in done.out
    assert archcheck("explain-log", "-", stdin=LOG).out == done.out


def test_for_programs(archcheck):
    done = archcheck("explain-log", "-", "--json", stdin=LOG)
    found = json.loads(done.out)
    assert found["log"] == "-"
    assert found["where"] == {"python": "3.12", "architecture": None, "target": "debian12:python3.12"}
    assert [(each["package"], each["reason"]) for each in found["failures"]] == [("psycopg2", "missing-tool")]


def test_nothing_known_and_nothing_there(archcheck):
    done = archcheck("explain-log", "-", stdin="all is well\n")
    assert (done.code, done.err) == (1, "")
    assert "nothing in this log is known" in done.out
    done = archcheck("explain-log", "gone.log")
    assert (done.code, done.out) == (2, "")
    assert "gone.log: cannot be read: No such file or directory" in done.err
    assert archcheck("explain-log", "/dev/zero").code == 2


def test_of_a_long_log_the_end_counts(archcheck):
    done = archcheck("explain-log", "-", stdin=LOG + "x" * 70 + "\n" + ("y" * 1000 + "\n") * 17_000 + LOG)
    assert done.code == 0
    assert "only the last 16 MiB were read" in done.err
