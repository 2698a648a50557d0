"""The search of one machine, taken for that of the other where all its questions have the same answers."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.resolve.search.provider import Provider, StepLimitError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcheck.resolve.model import Ask, Candidate, Pick


class Searched(Struct, frozen=True, kw_only=True):
    """A search that was made: its *pins*, or None where it was cut off."""

    provider: Provider
    pins: Mapping[str, Candidate] | None


class _DifferentError(Exception):
    """Something is not the same on the other machine."""


def replay(searched: Searched, provider: Provider) -> Mapping[str, Candidate] | None:
    """Return the pins that the machine of *provider* gets, if they are those of *searched*; None if unknown.

    resolvelib does the same for the same answers, and asks three things: which candidates satisfy some
    requirements, what a candidate requires, and which package to take first, which hangs on its requirements
    alone. So each list of candidates that was looked at is made for this machine as well, as far as anybody
    looked, and so is what each of them requires. pandas 2 on x86_64 is another file than on aarch64: they are
    a pair, if they are of one version and both install. Where a pair's requirements differ (torch's do), or
    one list has a version more (a wheel is missing), it is another search. Else it would go the same way,
    round by round. Of 20,000 rounds over 600 candidates that leaves 600 looks.

    Raises `StepLimitError` where *searched* was cut off, and this one would be.
    """
    paid = set(provider.context.paid)
    here = Provider(provider.context, frozenset(), sys.maxsize)
    try:
        pairs = _Pairs(searched.provider, here)
        pairs.compare()
    except _DifferentError:
        provider.context.paid = paid
        return None
    here.rejections, here.tries = searched.provider.rejections, searched.provider.tries
    here.steps_left = searched.provider.steps_left
    provider.adopt(here)
    if searched.pins is None:
        raise StepLimitError
    return {key: pairs.candidate(pin) for key, pin in searched.pins.items()}


class _Pairs:
    """What stands for what: requirements and candidates of the first machine, and those of the second."""

    def __init__(self, first: Provider, second: Provider) -> None:
        self._first, self._second = first, second
        self._asks: dict[Ask, Ask] = {}
        self._candidates: dict[Candidate, Candidate] = {}
        self._idents: dict[tuple[int, str, str], str] = {}
        self._same(first.context.roots, second.context.roots)
        constraints = first.context.constraints, second.context.constraints
        if constraints[0].keys() != constraints[1].keys() or first.context.order != second.context.order:
            raise _DifferentError
        self._same(*([each[name] for name in constraints[0]] for each in constraints))

    def candidate(self, first: Candidate) -> Candidate:
        return self._candidates[first]

    def compare(self) -> None:
        """Compare every list of candidates, in the order in which they were asked for."""
        for (key, asks), found in self._first.lists():
            seen, ended = found.seen()
            if any(ask not in self._asks for ask in asks):
                raise _DifferentError
            other = self._second.candidates(key, tuple(self._asks[ask] for ask in asks))
            theirs = list(islice(other, len(seen) + ended))
            if len(theirs) != len(seen):
                raise _DifferentError
            for pair in zip(seen, theirs, strict=True):
                self._pair(*pair)

    def _pair(self, first: Candidate, second: Candidate) -> None:
        if self._candidates.setdefault(first, second) is not second:
            raise _DifferentError
        self._same_choice(first.pick, second.pick)
        asks = self._first.told(first)
        if asks is not None:
            self._same(asks, tuple(self._second.get_dependencies(second)))

    def _same_choice(self, first: Pick, second: Pick) -> None:
        """See that two picks of the first machine are one choice exactly where those of the second are."""
        there = self._idents.setdefault((1, first.name, first.ident), second.ident)
        back = self._idents.setdefault((2, second.name, second.ident), first.ident)
        if _kind(first) != _kind(second) or (there, back) != (second.ident, first.ident):
            raise _DifferentError

    def _same(self, first: Sequence[Ask], second: Sequence[Ask]) -> None:
        if len(first) != len(second):
            raise _DifferentError
        for one, other in zip(first, second, strict=True):
            if one is not other and _terms(one) != _terms(other):
                raise _DifferentError
            if one.only is not None and other.only is not None:
                self._same_choice(one.only, other.only)
            if self._asks.setdefault(one, other) is not other:
                raise _DifferentError


def _kind(pick: Pick) -> tuple[object, ...]:
    return pick.name, pick.version, pick.installs, pick.known, pick.file is None


def _terms(ask: Ask) -> tuple[object, ...]:
    """Return all of *ask* that a search heeds. The text tells which Python is asked for, and nothing else."""
    return ask.key, ask.extras, ask.specifier, ask.hashes, ask.only is None, ask.text
