"""`archcheck targets`: each row is a target, and its standing is that of the day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from archcheck.data.runtimes import runtimes
from archcheck.platforms.catalogue import catalogue, identifiers
from archcheck.platforms.targets import parse_target


def test_every_row_is_a_target():
    rows = catalogue(date(2026, 11, 26))
    for row in rows:
        target = parse_target(row.id)
        assert (target.id, target.base, str(target.libc), target.title) == (
            row.id,
            row.base,
            row.libc,
            row.title,
        )
        assert all(parse_target(f"{alias}:python3.12").base == row.base for alias in row.aliases)
    assert tuple(row.id for row in rows) == identifiers()
    named = {row.id.partition(":")[0]: row for row in rows}
    assert {*named} == {"lambda", "agentcore", "fargate", "eks", *runtimes().bases}
    assert [name for name, row in named.items() if row.arm64_alone] == ["agentcore"]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 10, 30), "supported"),
        (date(2026, 10, 31), "deprecated"),
        (date(2027, 3, 2), "deprecated"),
        (date(2027, 3, 3), "blocked"),
    ],
)
def test_the_status_is_that_of_the_day(day, status):
    """AWS: python3.10 is deprecated on 31 October 2026, and updates are blocked from 3 March 2027."""
    rows = {row.id: row.status for row in catalogue(day)}
    assert rows["lambda:python3.10"] == status
    assert rows["lambda:python3.15"] == "undocumented"
    assert rows["debian12:python3.10"] is None


def test_the_list_for_people(archcheck):
    done = archcheck("targets", environ={"SOURCE_DATE_EPOCH": "1792800000"})  # 2026-10-24
    assert (done.code, done.err) == (0, "")
    lines = {
        line.split()[0]: line for line in done.out.splitlines() if line.startswith(("lambda:", "debian"))
    }
    assert "Amazon Linux 2, glibc 2.26" in lines["lambda:python3.10"]
    assert lines["lambda:python3.10"].split()[-3:] == ["supported", "2026-10-31", "2027-03-03"]
    assert lines["lambda:python3.8"].split()[-3:] == ["deprecated", "2024-10-14", "2027-03-03"]
    assert "Debian 12, glibc 2.36" in lines["debian12:pythonX.Y"]
    assert max(map(len, done.out.splitlines())) <= 100


def test_the_list_for_programs(archcheck):
    found = json.loads(archcheck("targets", "--json").out)
    first = found["targets"][0]
    assert first["id"] == "lambda:python3.8"
    assert (first["deprecated"], first["blocked"], first["libc"]) == (
        "2024-10-14",
        "2027-03-03",
        "glibc 2.26",
    )
    assert found["patterns"] == ["alpine3.N:pythonX.Y", "glibc2.N:pythonX.Y", "musl1.N:pythonX.Y"]
