"""The small parts of findings: spans of Pythons, ways in, places, fingerprints."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from archcheck.judge.findings import fingerprint, place_of
from archcheck.judge.misses import span
from archcheck.judge.paths import MAX_PATHS, shortest
from archcheck.manifest.manifest import Location
from archcheck.model import Place
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Miss, fit

MACHINE = parse_target("lambda:python3.13").on("aarch64")


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("cp39-cp39 cp310-cp310 cp311-cp311", "cp39–cp311"),
        ("cp36-cp36m cp37-cp37m cp38-cp38", "cp36–cp38"),
        ("cp38-cp38 cp310-cp310", "cp38, cp310"),
        ("cp312-cp312 pp310-pypy310_pp73", "cp312, PyPy"),
        ("cp314-abi3 cp312-cp312 cp314-cp314t", "cp312, cp314-abi3, cp314t"),
        ("cp39-cp39 cp39-cp39", "cp39"),
    ],
)
def test_spans_of_pythons(tags, words):
    misses = [fit(f"demo-1-{tag}-manylinux2014_aarch64.whl", MACHINE) for tag in tags.split()]
    assert all(isinstance(miss, Miss) for miss in misses)
    assert span(misses) == words


def graph(text: str) -> dict:
    """Return who asks for whom: `a>b` is a asking for b, `>a` the manifest asking for a."""
    above: dict = {}
    for arrow in text.split():
        parent, _, child = arrow.partition(">")
        above.setdefault(canonicalize_name(child), []).append(canonicalize_name(parent) if parent else None)
    return above


@pytest.mark.parametrize(
    ("arrows", "paths"),
    [
        (">z", ["z"]),
        (">a a>z", ["a z"]),
        (">a >z a>z", ["z", "a z"]),
        (">a a>b b>a b>z z>z", ["a b z"]),
        (">a >b a>z b>c c>z", ["a z", "b c z"]),
        ("a>z", []),
    ],
)
def test_the_shortest_ways_in(arrows, paths):
    assert [" ".join(path) for path in shortest(canonicalize_name("z"), graph(arrows))] == paths


def test_ways_in_are_not_without_number():
    arrows = " ".join(f">p{number} p{number}>z" for number in range(100))
    assert len(shortest(canonicalize_name("z"), graph(arrows))) == MAX_PATHS


def test_a_finding_stands_where_its_path_starts():
    name, other = canonicalize_name("a"), canonicalize_name("z")
    places = {name: (Location(path="r.txt", line=3),), other: (Location(path="pyproject.toml"),)}
    assert place_of((name, other), places) == Place(path="r.txt", line=3)
    assert place_of((other,), places) == Place(path="pyproject.toml", line=None)
    assert place_of((canonicalize_name("b"),), places) is None


def test_fingerprints_differ_by_all_they_are_made_of():
    prints = {
        fingerprint(*parts)
        for parts in (
            ("r.txt", "lambda:python3.13", "demo", "AC001"),
            ("s.txt", "lambda:python3.13", "demo", "AC001"),
            ("r.txt", "lambda:python3.12", "demo", "AC001"),
            ("r.txt", "lambda:python3.13", "other", "AC001"),
            ("r.txt", "lambda:python3.13", "demo", "AC002"),
        )
    }
    assert len(prints) == 5
