"""The sets of `fixtures/sets/` on the targets that tell them apart: the facts by hand, the report as a snapshot.

`SNAPSHOT_UPDATE=1 pytest tests/e2e` writes the reports anew, to be read in the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).with_name("snapshots")

# Versions change when the pages are recorded again; what is at fault, and for whom, does not.
# On each: the exit code, the recommendation's code, and the packages of each rule.
CASES = {
    ("seed", "lambda:python3.13"): (0, "ready", {}),
    ("legacy", "lambda:python3.8"): (
        1,
        "remedies-known",
        {
            "AC002": {"cryptography", "numpy", "pandas", "psycopg2-binary", "lxml", "grpcio"},
        },
    ),
    ("legacy", "lambda:python3.9"): (
        1,
        "remedies-known",
        {
            "AC002": {"cryptography", "psycopg2-binary"},
            "AC013": {"grpcio", "lxml", "numpy", "pandas"},
        },
    ),
    ("psycopg", "lambda:python3.9"): (0, "ready", {"AC012": {"psycopg2-binary"}}),
    ("trio", "lambda:python3.11"): (0, "no-worse", {"AC013": {"numpy", "psycopg2"}}),
    ("trio", "lambda:python3.13"): (0, "no-worse", {"AC013": {"psycopg2"}}),
    ("web", "lambda:python3.13"): (0, "ready", {}),
}
REMEDIES = {
    ("legacy", "lambda:python3.8"): {
        "cryptography": "3.1",
        "grpcio": "1.37.0",
        "lxml": "4.5.2",
        "numpy": "1.21.1",
        "pandas": "1.1.3",
        "psycopg2-binary": "2.9.6",
    },
    ("legacy", "lambda:python3.9"): {"cryptography": "3.1", "psycopg2-binary": "2.9.6"},
    ("psycopg", "lambda:python3.9"): {"psycopg2-binary": "2.9.6"},
}


@pytest.mark.parametrize("case", CASES, ids=" on ".join)
def test_set(line, case):
    name, target = case
    code, recommendation, rules = CASES[case]
    done = line(f"{name}.txt", "--json", "--target", target)
    (audit,) = done.report["audits"]
    found: dict[str, set[str]] = {}
    for finding in audit["findings"]:
        found.setdefault(finding["rule"], set()).add(finding["package"])
    assert (done.code, done.err, audit["complete"]) == (code, "", True)
    assert (audit["recommendation"]["code"], found) == (recommendation, rules)
    remedies = {
        each["package"]: each["remedy"]["version"]
        for each in audit["findings"]
        if each["remedy"] and each["rule"] != "AC013"
    }
    assert remedies == REMEDIES.get(case, {})
    matches(f"{name}.{target.replace(':', '-')}.txt", line(f"{name}.txt", "-v", "--target", target).out)


def matches(name: str, text: str) -> None:
    """Fail unless *text* is what the snapshot *name* holds."""
    file = SNAPSHOTS / name
    if os.environ.get("SNAPSHOT_UPDATE"):
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_the_seed_s_own_set_pulls_in_compiled_packages(line):
    (audit,) = line("seed.txt", "--json", "--target", "lambda:python3.13").report["audits"]
    compiled = {each["name"] for each in audit["packages"] if each["results"][1]["status"] == "wheel"}
    direct = {each["name"] for each in audit["packages"] if each["direct"]}
    assert direct == {"aioboto3", "aiofiles"}
    assert {"aiohttp", "multidict", "yarl"} <= compiled
    assert not direct & compiled


def test_why_numpy_is_built_where_the_glibc_is_old(line):
    (audit,) = line("trio.txt", "--json", "--target", "lambda:python3.11").report["audits"]
    (finding,) = (each for each in audit["findings"] if each["package"] == "numpy")
    assert finding["severity"] == "warning"
    assert finding["evidence"]["has"] == "glibc 2.26"
    assert finding["evidence"]["needs"].startswith("glibc 2.2")


def test_a_wheel_between_two_policies_is_seen(line):
    (audit,) = line("psycopg.txt", "--json", "--target", "lambda:python3.9").report["audits"]
    (package,) = audit["packages"]
    assert "manylinux_2_24_aarch64" in package["results"][1]["file"]
