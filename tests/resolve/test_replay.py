"""A search that both machines would make alike is made once, and tells of both what two would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck.resolve import both_machines
from archcheck.resolve.passes import resolve
from archcheck.resolve.search import remembering
from archcheck.resolve.search.provider import Provider
from tests.resolve.cases import Case, files, read_cases, run, shown
from tests.resolve.universes import entangled, universes

if TYPE_CHECKING:
    import pytest

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Outcome
    from archcheck.resolve.search.replay import Searched


def test_it_tells_what_the_search_itself_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provider.__init__, "__defaults__", (3_000,))
    replayed = searched = given_up = 0
    cases = [*read_cases(), *universes(range(200)), *map(_of_platforms, entangled(range(16)))]
    for case in cases:
        with monkeypatch.context() as patch:
            searches = _counted(patch)
            once = _answers(run(case))
            patch.setattr(both_machines, "resolve", _unlike)
            before = len(searches)
            assert _answers(run(case)) == once, case.name
            twice = len(searches) - before
        searched += twice
        replayed += twice - before
        given_up += any(gave_up for gave_up, _, _ in once)
    assert replayed > 20
    assert searched - 2 * replayed > 30  # and many are not alike
    assert given_up > 3


def _of_platforms(case: Case) -> Case:
    """Return *case* with wheels for each platform, one of which aarch64 lacks: there the searches differ."""
    wheels = [f"cp312-cp312-manylinux_2_17_{each}" for each in ("x86_64", "aarch64")]
    packages = {
        name: {version: {**facts, "wheels": wheels} for version, facts in versions.items()}
        for name, versions in case.packages.items()
    }
    if case.name.endswith(("0", "5")):
        packages["p05"]["8"]["wheels"] = wheels[:1]
    return Case(name=case.name, requirements=case.requirements, packages=packages)


def test_what_differs_for_one_machine_is_searched_for_there() -> None:
    """As torch does: its wheels state other requirements for each machine."""
    packages: dict[str, dict[str, dict[str, Any]]] = {
        "a": {str(number): {"requires": ["b<2"]} for number in range(5)},
        "b": {"1": {}, "2": {}},
        "torch": {"1": {"requires": ["b", "cuda; platform_machine == 'x86_64'"]}},
        "cuda": {"1": {}},
    }
    found = run(Case(name="torch", requirements=["torch", "b", "a"], packages=packages))
    assert shown(found["x86_64"]) == {"a": "4", "b": "1", "cuda": "1", "torch": "1"}
    assert shown(found["aarch64"]) == {"a": "4", "b": "1", "torch": "1"}


def _unlike(context: Context, _: Searched | None = None) -> tuple[Outcome, Searched | None]:
    return resolve(context)


def _counted(patch: pytest.MonkeyPatch) -> list[object]:
    searches: list[object] = []
    search = remembering.Search.resolve

    def counted(self: remembering.Search, *arguments: Any, **named: Any) -> Any:
        searches.append(self)
        return search(self, *arguments, **named)

    patch.setattr(remembering.Search, "resolve", counted)
    return searches


def _answers(found: dict[str, Outcome]) -> list[Any]:
    return [(outcome.gave_up, shown(outcome), files(outcome)) for outcome in found.values()]
