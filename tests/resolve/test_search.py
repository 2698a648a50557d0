"""The search that remembers: round by round what resolvelib does by itself, and so what pip does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resolvelib.reporters import BaseReporter
from resolvelib.resolvers import Resolution, ResolutionImpossible, ResolutionTooDeep

from archcheck.platforms.targets import parse_target
from archcheck.resolve.context import Context
from archcheck.resolve.prefetch import Prefetcher
from archcheck.resolve.search.provider import Provider, StepLimitError
from archcheck.resolve.search.remembering import Search
from tests.resolve.cases import Case, index_of, manifest_of, options_of, read_cases
from tests.resolve.universes import entangled, universes

if TYPE_CHECKING:
    import pytest
    from resolvelib.resolvers import Criterion

    from archcheck.resolve.model import Ask, Candidate

Round = tuple[str, str | None, frozenset[str]]


def test_it_goes_the_way_that_resolvelib_goes() -> None:
    """Every pin and every conflict of every round; jumps far ahead are given up after 10% of 1,500 rounds."""
    back = 0
    for case in [*read_cases(), *universes(range(200)), *entangled(range(16))]:
        ours, theirs = (_rounds(case, remembering=each) for each in (True, False))
        assert ours == theirs, case.name
        back += sum(pinned is None for _, pinned, _ in theirs[0])
    assert back > 2_000


def test_what_was_done_once_is_not_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Like text-generation-inference: what contradicts shows late, and the versions of others are walked through."""
    looks = 0
    find = Provider.find_matches

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal looks
        looks += 1
        return find(*arguments, **named)

    monkeypatch.setattr(Provider, "find_matches", counted)
    versions = [str(number) for number in range(1, 13)]
    packages = {
        **{
            name: {each: {"requires": ["core<5"]} for each in versions}
            for name in ("grpc", "status", "reflect")
        },
        "core": {each: {} for each in versions},
        **{name: {"1": {"requires": [below]}} for name, below in (("otlp", "otlp1"), ("otlp1", "otlp2"))},
        "otlp2": {"1": {"requires": ["core>=5"]}},
    }
    case = Case(name="late", requirements=["grpc", "status", "reflect", "otlp"], packages=packages)
    rounds, _ = _rounds(case, remembering=True)
    assert len(rounds) > 500
    assert looks < len(rounds)


def _rounds(case: Case, *, remembering: bool) -> tuple[list[Round], object]:
    """Return what each round did, and what came out: the pins in their order, or why there are none."""
    machine = parse_target(case.target).on("aarch64")
    index, options, found = index_of(case), options_of(case.options), list[Round]()
    context = Context(
        manifest=manifest_of(case),
        machine=machine,
        index=index,
        options=options,
        prefetcher=Prefetcher(index, [machine], options, {}),
        prefer={},
        missing_beside={},
    )
    provider = Provider(context, frozenset())
    search = Search(provider) if remembering else Resolution(provider, BaseReporter())
    attempt = search._attempt_to_pin_criterion

    def told(name: str) -> list[Criterion[Ask, Candidate]]:
        causes = attempt(name)
        pin = None if causes else search.state.mapping[name].pick.ident
        found.append((name, pin, frozenset(ask.text for cause in causes for ask in cause.iter_requirement())))
        return causes

    search._attempt_to_pin_criterion = told  # type: ignore[method-assign]
    try:
        state = search.resolve(context.roots, 1_500)
    except (ResolutionImpossible, ResolutionTooDeep, StepLimitError) as failure:
        return found, type(failure)
    return found, [(key, pin.pick.ident) for key, pin in state.mapping.items()]
