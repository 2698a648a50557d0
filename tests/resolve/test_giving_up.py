"""A search that goes on and on: it ends, says what it went round with, and answers what does not hang on that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archcheck.app.audit import audit_input
from archcheck.platforms.targets import parse_target
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Resolution
from archcheck.resolve.search.provider import Provider
from tests.resolve.cases import Case, index_of, manifest_of, options_of, run, shown
from tests.resolve.universes import entangled

if TYPE_CHECKING:
    from archcheck.resolve.model import Outcome

MANY = [str(number) for number in range(1, 31)]
# Three that can never be installed together, whichever of their versions are taken.
ROUND: dict[str, dict[str, dict[str, Any]]] = {
    "boto": {each: {"requires": [f"core=={each}", "jmes>=1"]} for each in MANY},
    "s3fs": {each: {"requires": ["aio", "fsspec<3"]} for each in MANY},
    "aio": {each: {"requires": [f"core=={each}.1"]} for each in MANY},
    "core": {each: {} for number in MANY for each in (number, f"{number}.1")},
    "jmes": {"1": {}, "2": {"wheels": ["cp312-cp312-manylinux_2_17_x86_64"]}},
    "fsspec": {"1": {}, "2": {}, "3": {}},
}


def cut_off(monkeypatch: pytest.MonkeyPatch, **about: Any) -> dict[str, Outcome]:
    monkeypatch.setattr(Provider.__init__, "__defaults__", (1_000,))
    about["packages"] = {**ROUND, **about.get("packages", {})}
    return run(Case(name="round", **about))


def test_what_the_others_are_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {
        "pandas": {"1": {"wheels": ["py3-none-win32"]}, "2": {"requires": ["numpy<2"]}},
        "numpy": {"1": {}, "2": {}},
    }
    found = cut_off(monkeypatch, requirements=["boto", "s3fs", "pandas"], packages=packages)
    expected = {"aio": "unknown", "boto": "unknown", "core": "unknown", "s3fs": "unknown"}
    assert shown(found["x86_64"]) == expected | {"jmes": "2", "numpy": "1", "pandas": "2"} | {
        "fsspec": "unknown"
    }
    assert shown(found["aarch64"])["jmes"] == "1"


def test_it_says_what_it_went_round_with(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cut_off(monkeypatch, requirements=["boto", "s3fs"])["aarch64"]
    assert isinstance(found, Resolution)
    assert found.gave_up is not None
    assert found.gave_up.startswith("it went round with aio, core, boto: ")
    assert found.gave_up in str(found.packages["core"].pick.problem)


def test_who_asks_for_one_of_them_is_open_too_unless_the_input_pins_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packages = {
        "wrangler": {"1": {}, "2": {"requires": ["boto"]}},
        "lake": {"1": {}, "2": {"requires": ["s3fs"]}},
    }
    found = cut_off(monkeypatch, requirements=["wrangler", "lake==2"], packages=packages)["aarch64"]
    assert {name: shown(found)[name] for name in ("wrangler", "lake")} == {"wrangler": "unknown", "lake": "2"}


def test_what_does_not_install_is_told_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {"win": {"1": {"wheels": ["py3-none-win32"]}}}
    found = cut_off(monkeypatch, requirements=["boto", "s3fs", "win"], packages=packages)["aarch64"]
    assert shown(found)["win"] == "1 missing"


def test_pins_that_come_and_go_in_a_circle_are_left() -> None:
    """None is rejected: each of the three makes another one's version invalid, and pip goes on for hours."""
    packages = {
        name: {version: {"requires": [f"{other}!={version}", "z>99"]} for version in MANY[:14]}
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    packages["z"] = {"1": {}, "100": {"python": ">=3.13", "requires": ["a<1"]}}
    found = run(Case(name="circle", requirements=["a", "b", "c", "d"], packages={**packages, "d": {"1": {}}}))
    assert shown(found["aarch64"]) == {**dict.fromkeys("abcz", "unknown"), "d": "1"}


def test_thousands_of_versions_each_of_which_needs_another_package() -> None:
    many = range(1, 1_501)
    packages: dict[str, dict[str, dict[str, Any]]] = {
        "a": {str(number): {"requires": [f"b{number}"]} for number in many},
        **{f"b{number}": {"1": {"requires": ["c<1"]}} for number in many},
        "c": {"1": {}},
        "d": {"1": {}},
    }
    case = Case(name="thousands", requirements=["a", "c==1", "d"], packages=packages)
    index = index_of(case)
    _, arm = resolve_both(manifest_of(case), parse_target(case.target), index, options_of({}))
    assert shown(arm) == {"a": "unknown", "c": "1", "d": "1"}
    assert len(set(index.asked)) < 3 * 1_100


def test_the_report_has_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provider.__init__, "__defaults__", (1_000,))
    packages: dict[str, dict[str, dict[str, Any]]] = {**ROUND, "pandas": {"1": {}}}
    case = Case(name="report", requirements=["boto", "s3fs", "pandas"], packages=packages)
    found = audit_input(manifest_of(case), parse_target(case.target), index_of(case), options_of({}))
    assert not found.complete
    assert found.recommendation.architecture == "undetermined"
    [error] = {error.message.partition(": ")[2].partition(": ")[0] for error in found.errors}
    assert error == "the search for versions was given up; it went round with aio, core, boto"
    status = {package.name: package.on("aarch64").status.value for package in found.packages}
    assert status["pandas"] == "pure-wheel"
    assert status["core"] == "unknown"


@pytest.mark.parametrize("case", entangled((2, 4)), ids=lambda case: case.name)
def test_no_universe_is_searched_without_end(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip goes through these for minutes: 80,000 and 120,000 rounds."""
    monkeypatch.setattr(Provider.__init__, "__defaults__", (20_000,))
    for outcome in run(case).values():
        assert isinstance(outcome, Resolution)
        assert outcome.gave_up is not None
