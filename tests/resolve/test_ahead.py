"""How often the resolver has to wait for the index, and what it asks for in vain."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from archcheck.platforms.targets import ARCHITECTURES, parse_target
from archcheck.resolve import prefetch
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.search.remembering import Search
from tests.resolve.cases import Case, index_of, manifest_of, options_of, read_cases, run, shown
from tests.resolve.late import LateIndex


def waves(case: Case, *, seconds: float = 0.1) -> tuple[int, set[str], dict[str, str]]:
    """Return how often somebody waited, which files' metadata was asked for, and what was found on aarch64.

    Each wait takes *seconds*.
    """
    index = index_of(case)
    late = LateIndex(index=index)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefetch, "monotonic", lambda: late.waves * seconds)
        _, arm = resolve_both(manifest_of(case), parse_target(case.target), late, options_of({}))
    asked = {question for question in index.asked if question.startswith("metadata")}
    return late.waves, asked, shown(arm)


def going_back(steps: int) -> Case:
    """Return a set like boto3 and aiobotocore: the newest client that will do is *steps* behind."""
    clients = {f"1.{n}": {"requires": [f"core==1.{n}"]} for n in range(100)}
    return Case(
        name="boto3",
        requirements=["bridge", "client"],
        packages={
            "bridge": {"1": {"requires": [f"core<1.{100 - steps}"]}},
            "client": clients,
            "core": {f"1.{n}": {} for n in range(100)},
        },
    )


def test_what_is_tried_version_after_version_is_asked_for_many_at_a_time() -> None:
    waited, asked, found = waves(going_back(80))
    assert found == {"bridge": "1", "client": "1.19", "core": "1.19"}
    assert waited <= 10
    assert len(asked) <= 80 + 50 + 5


def test_a_few_at_a_time_are_enough_where_answers_come_at_once() -> None:
    _, asked, found = waves(going_back(80), seconds=0.001)
    assert found == {"bridge": "1", "client": "1.19", "core": "1.19"}
    assert len(asked) <= 80 + 5 + 5


def test_no_more_is_asked_for_than_was_used_where_the_first_will_do() -> None:
    _, asked, found = waves(going_back(0))
    assert found == {"bridge": "1", "client": "1.99", "core": "1.99"}
    assert len(asked) == len(found)


def test_nothing_is_asked_ahead_of_a_search_that_the_cache_can_answer() -> None:
    case = going_back(20)
    index = index_of(case)  # it answers at once, as the cache does
    resolve_both(manifest_of(case), parse_target(case.target), index, options_of({}))
    assert len({question for question in index.asked if question.startswith("metadata")}) == 21 + 2


def test_a_chain_is_followed_without_the_resolver() -> None:
    packages = {f"p{n}": {"1": {"requires": [f"p{n + 1}"]}} for n in range(10)}
    requirements = ["p0", "q"]
    waited, _, _ = waves(
        Case(name="chain", requirements=requirements, packages={**packages, "p10": {"1": {}}, "q": {"1": {}}})
    )
    assert waited <= 2 * 11 + 1


@pytest.mark.parametrize(
    "method",
    [
        "_is_current_pin_satisfying",
        "_get_preference",
        "_add_to_criteria",
        "_patch_criteria",
        "_remove_information_from_criteria",
    ],
)
@pytest.mark.no_cover
def test_what_is_remembered_of_a_search_changes_nothing(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [going_back(20), *read_cases()]
    remembered = [{machine: shown(found) for machine, found in run(case).items()} for case in cases]
    # As if resolvelib had renamed it: nobody calls ours, and its own is what counts.
    monkeypatch.delattr(Search, method)
    assert [{machine: shown(found) for machine, found in run(case).items()} for case in cases] == remembered


@pytest.mark.parametrize("question", ["project q1", "metadata q1-1-py3-none-any.whl"])
@pytest.mark.parametrize("kind", ["in the answer", "while it is followed"])
def test_a_fault_of_ours_is_heard(question: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the resolver itself never looks at what was asked for ahead in vain: q 2 needs q1, and does not do."""
    packages = {
        "p": {"1": {"requires": ["q<2"]}},
        "q": {"1": {}, "2": {"requires": ["q1"]}},
        "q1": {"1": {}},
    }
    case = Case(name="fault", requirements=["q", "p<9"], packages=packages)
    index = index_of(case)
    fault = ZeroDivisionError("of all things")
    if kind == "in the answer":
        asked = question.partition(" ")[0]
        ask = getattr(index, asked)

        def faulty(*arguments: Any, **named: Any) -> Future[Any]:
            found = ask(*arguments, **named)
            if index.asked[-1] == question:
                found = Future()
                found.set_exception(fault)
            return found

        monkeypatch.setattr(index, asked, faulty)
    else:
        method = "_on_project" if question.startswith("project") else "_on_metadata"

        def raising(*_: object) -> None:
            raise fault

        monkeypatch.setattr(prefetch.Prefetcher, method, raising)
    with pytest.raises(ZeroDivisionError, match="of all things"):
        resolve_both(manifest_of(case), parse_target(case.target), index, options_of({}))


def test_an_index_that_is_closed_is_no_fault_of_the_prefetcher() -> None:
    closed: Future[Any] = Future()
    closed.set_exception(CancelledError())
    case = going_back(1)
    machines = [parse_target(case.target).on(each) for each in ARCHITECTURES]
    ahead = prefetch.Prefetcher(index_of(case), machines, options_of({}), {})
    assert ahead._came(closed) is None
    ahead.raise_fault()
