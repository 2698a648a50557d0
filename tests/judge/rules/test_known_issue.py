"""AC012: what is known to fail, and what that does to remedies, counts and recommendation."""

from __future__ import annotations

from datetime import date

import pytest

from archcheck.data.advisories import Advisory
from archcheck.index.model import Project
from archcheck.judge import findings as judge
from archcheck.judge.packages import package_row, summary
from archcheck.judge.recommend import recommend
from archcheck.model import Severity
from archcheck.remedy.first_remedy import first_remedy
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Options
from tests.judge.comparisons import (
    ANY,
    ARM,
    SDIST,
    X86,
    both,
    found,
    index_file,
)

PAIR = f"{X86} {ARM}"


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
                newest="1.2",
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


def test_no_version_is_looked_at_below_the_nearest_sound_one(advise, monkeypatch):
    advise(v1_0="fails", v0_9="limited")
    one = both(PAIR)
    ((_, problem),) = judge.problems([one])
    versions = ("1.0", "0.9", "0.8", "0.7", "0.6")
    files = tuple(index_file(tag, version) for version in versions for tag in PAIR.split())
    looked = []
    evaluate = Finder._evaluate

    def counted(self, project, version, hashes):
        looked.append(str(version))
        return evaluate(self, project, version, hashes)

    monkeypatch.setattr(Finder, "_evaluate", counted)
    change = first_remedy(one, problem, Project(name=one.name, files=files))
    assert (change.version, looked) == ("0.8", ["1.0", "0.9", "0.8"])


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
