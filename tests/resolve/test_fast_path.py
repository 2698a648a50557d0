"""The search that never goes back: resolvelib's answer, or none; and no more looks than there are packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.resolve import passes as run_module
from archcheck.resolve.search.fast_path import fast_path
from archcheck.resolve.search.provider import ImpossibleError, Provider
from archcheck.resolve.search.remembering import searched
from tests.resolve.cases import Case, read_cases, run
from tests.resolve.universes import universes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from archcheck.resolve.model import Ask, Candidate


def test_it_pins_what_resolvelib_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool] = []

    def compared(provider: Provider, roots: Iterable[Ask]) -> Mapping[str, Candidate] | None:
        other = Provider(provider.context, provider._relaxed)
        pins = fast_path(provider, roots)
        answers.append(pins is not None)
        if pins is not None:
            assert shown(pins) == resolvelibs(other, roots)
            assert provider.exhausted == other.exhausted
        return pins

    monkeypatch.setattr(run_module, "fast_path", compared)
    for case in [*read_cases(), *universes(range(200))]:
        run(case)
    assert answers.count(True) > 100
    assert answers.count(False) > 100


def resolvelibs(provider: Provider, roots: Iterable[Ask]) -> dict[str, str] | None:
    try:
        return shown(searched(provider, roots, run_module.MAX_ROUNDS))
    except ImpossibleError:
        return None


def shown(pins: Mapping[str, Candidate]) -> dict[str, str]:
    return {key: candidate.pick.ident for key, candidate in pins.items()}


def test_effort_grows_with_the_packages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def counted(self: Provider, requirement: Ask, candidate: Candidate) -> bool:
        nonlocal looks
        looks += 1
        return satisfied(self, requirement, candidate)

    satisfied = Provider.is_satisfied_by
    monkeypatch.setattr(Provider, "is_satisfied_by", counted)
    found = []
    for count in (100, 200, 400):
        looks = 0
        packages = {f"p{n}": {"1": {"requires": [f"p{n // 2}"], "python": ">=3.8"}} for n in range(1, count)}
        run(Case(name="tree", requirements=list(packages), packages={"p0": {"1": {}}, **packages}))
        found.append(looks)
    assert found[2] <= 4.2 * found[0]
