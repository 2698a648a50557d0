"""AC012: the advisories as they stand, and what they do to findings, remedies, counts and recommendation."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.data import advisories as table
from archcheck.data.advisories import Advisory, advised, advisories
from archcheck.index.model import Project
from archcheck.judge import findings as judge
from archcheck.judge.advisories import issues
from archcheck.judge.packages import package_row, summary
from archcheck.judge.recommend import recommend
from archcheck.model import Severity
from archcheck.remedy.first_remedy import first_remedy
from archcheck.resolve.model import Options
from tests.judge.comparisons import ANY, ARM, SDIST, X86, both, found, index_file

PAIR = f"{X86} {ARM}"


@pytest.mark.parametrize("name", sorted(advised()))
def test_each_advisory_can_be_checked(name):
    assert name == canonicalize_name(name)
    assert advisories(name)
    for one in advisories(name):
        SpecifierSet(one.versions)
        assert urlsplit(one.source).scheme == "https"
        assert date(2026, 1, 1) < one.checked
        assert not one.says.endswith(".")


# By the issues that the files name: reported with the first, mended with the second.
@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("torch", ["2.0.0", "2.0.1", "2.1.1"], ["1.13.1", "2.1.2", "2.2.0"]),
        ("onnxruntime", ["1.10.0", "1.14.1", "1.23.1", "1.25.1"], ["1.13.1", "1.26.0"]),
        ("psycopg2-binary", ["2.9", "2.9.2", "2.9.5"], ["2.8.6", "2.9.6", "2.9.10"]),
        ("speechrecognition", ["3.8.1", "3.14.3"], []),
        ("numpy", [], ["1.26.4"]),
    ],
)
def test_versions(name, bad, good):
    target = "lambda:python3.11"
    assert [version for version in (*bad, *good) if issues(name, Version(version), target)] == bad


@pytest.mark.parametrize(("target", "known"), [("lambda:python3.11", 1), ("debian12:python3.11", 0)])
def test_targets(target, known):
    assert len(issues("torch", Version("2.0.0"), target)) == known


def test_only_the_files_of_the_set_are_read(monkeypatch):
    monkeypatch.setattr(table, "load", lambda *_: pytest.fail("a file was read"))
    assert issues("requests", Version("2.0"), "lambda:python3.13") == ()


@pytest.fixture
def advise(monkeypatch):
    """Let demo have advisories of these effects, by version."""

    def put(**effects):
        known = tuple(
            Advisory(
                versions=f"=={version[1:].replace('_', '.')}",
                effect=effect,
                says=f"it is {effect}",
                source="https://forge.example/1",
                checked=date(2026, 11, 23),
            )
            for version, effect in effects.items()
        )
        monkeypatch.setattr(
            "archcheck.judge.advisories.advisories", lambda name: known if name == "demo" else ()
        )

    return put


def test_what_fails_is_a_blocker_and_what_is_limited_a_warning(advise):
    advise(v1_0="fails")
    problem = found(both(PAIR))["AC012"]
    assert (problem.severity, problem.message) == (Severity.BLOCKER, "it is fails")
    assert problem.evidence.detail == ("https://forge.example/1 (checked on 2026-11-23)",)
    advise(v1_0="limited")
    assert found(both(PAIR))["AC012"].severity is Severity.WARNING
    assert set(found(both(ANY))) == {"AC012"}


@pytest.mark.parametrize("tags", [X86, f"{X86} {SDIST}", SDIST])
def test_what_does_not_come_as_a_wheel_is_not_spoken_of(advise, tags):
    advise(v1_0="fails")
    assert "AC012" not in found(both(tags))


@pytest.mark.parametrize(
    ("effects", "remedy"),
    [
        ({"v1_0": "fails"}, "1.1"),
        ({"v1_0": "fails", "v1_1": "limited"}, "1.2"),
        ({"v1_0": "limited", "v1_1": "limited", "v1_2": "limited"}, None),
        ({"v1_0": "fails", "v1_1": "fails", "v1_2": "fails"}, None),
    ],
)
def test_the_remedy_is_a_version_of_which_nothing_is_known(advise, effects, remedy):
    advise(**effects)
    one = both(PAIR)
    ((_, problem),) = judge.problems([one])
    files = tuple(index_file(tag, version) for version in ("1.0", "1.1", "1.2") for tag in PAIR.split())
    change = first_remedy(one, problem, Project(name=one.name, files=files), options=Options())
    assert (change.version if change else None) == remedy
    (finding,) = judge.findings([(one, problem)], {one.name: change} if change else {}, {}, "in.txt")
    assert finding.remedy == change


def test_no_remedy_leads_to_what_is_known_to_fail(advise):
    advise(v1_1="fails", v1_2="limited")
    one = both(X86)
    ((_, problem),) = judge.problems([one])
    files = tuple(index_file(ARM, version) for version in ("1.1", "1.2"))
    assert first_remedy(one, problem, Project(name=one.name, files=files)).version == "1.2"


@pytest.mark.parametrize(("effect", "code", "blocked"), [("fails", "no-remedy", 1), ("limited", "ready", 0)])
def test_what_is_known_to_fail_is_not_ready(advise, effect, code, blocked):
    advise(v1_0=effect)
    one = both(PAIR)
    made = judge.findings(judge.problems([one]), {}, {}, "in.txt")
    assert recommend(made, complete=True, empty=False).code == code
    counted = summary([package_row(one, (), None)], made)
    assert (counted.ready, counted.blocked) == (1 - blocked, blocked)
