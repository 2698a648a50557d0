"""resolvelib's search as far as it goes straight on: in linear time and memory, which most sets need no more.

resolvelib looks at every package in every round and keeps a copy of them all, to be able to go back: a set of
1,000 packages takes it a million looks. As long as nothing conflicts it never does go back, and what it takes
next is known from what has changed. At the first conflict this gives up, and resolvelib starts anew.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from msgspec import Struct, field

from archcheck.resolve.requirements import PYTHON
from archcheck.resolve.search.provider import Information

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from archcheck.resolve.model import Ask, Candidate
    from archcheck.resolve.search.provider import Preference, Provider

_MOST_ROUNDS = 4
"""How often a package may be decided on average: sets in which pins go and come are resolvelib's."""


class _ConflictError(Exception):
    """The search has to go back."""


def fast_path(provider: Provider, roots: Iterable[Ask]) -> Mapping[str, Candidate] | None:
    """Return the candidates that resolvelib would pin, by key; None where it would meet a conflict."""
    walk = _Walk(provider)
    try:
        for ask in roots:
            walk.add(ask, None)
        walk.run()
    except _ConflictError:
        return None
    return walk.pins


class _Wanted(Struct):
    """One key: who asks for it, and the first candidate by what was asked when it was looked for."""

    first: Candidate
    information: list[Information] = field(default_factory=list)


class _Walk:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._wanted: dict[str, _Wanted] = {}
        self._asks: dict[str, dict[Ask, None]] = {}
        self._open: set[str] = set()
        self._queue: list[
            Preference
        ] = []  # a preference ends with its key; those that no longer hold are passed
        self.pins: dict[str, Candidate] = {}

    def add(self, ask: Ask, parent: Candidate | None) -> None:
        """Note that *parent* makes *ask*; raises `_ConflictError` where nothing satisfies it too."""
        key = ask.key
        asks = self._asks.setdefault(key, {})
        known = key == PYTHON and ask in asks  # every package asks for it, nearly all of them for the same
        asks[ask] = None
        if not known:
            first = next(self._provider.find_matches(key, self._asks, {key: ()})(), None)
            if first is None:
                raise _ConflictError
            self._wanted.setdefault(key, _Wanted(first)).first = first
        self._wanted[key].information.append(Information(ask, parent))

    def run(self) -> None:
        """Pin what is open, the most preferred first, until nothing is."""
        for key in self._wanted:
            self._weigh(key, ())
        rounds = 0
        while self._open:
            rounds += 1
            if rounds > _MOST_ROUNDS * len(self._wanted):
                raise _ConflictError
            self._pin(self._next())

    def _next(self) -> str:
        if PYTHON in self._open:
            return PYTHON
        while True:
            preference = heappop(self._queue)
            key = preference[-1]
            if key in self._open and preference == self._preference(key):
                return key

    def _pin(self, key: str) -> None:
        wanted = self._wanted[key]
        candidate = wanted.first
        information = tuple(wanted.information)
        added: dict[str, list[Ask]] = {key: []}
        for ask in self._provider.get_dependencies(candidate):
            self.add(ask, candidate)
            added.setdefault(ask.key, []).append(ask)
        if not all(self._provider.is_satisfied_by(info.requirement, candidate) for info in information):
            raise _ConflictError  # which resolvelib reports
        settled = added.keys() & self.pins.keys() - self._open
        self.pins.pop(key, None)
        self.pins[key] = candidate
        for each, asks in added.items():
            self._weigh(each, asks)
        if invalid := settled & self._open:
            self._forget(invalid)

    def _forget(self, parents: AbstractSet[str]) -> None:
        """Drop what the pins of *parents* asked for, which will not do; candidates stay, as in resolvelib."""
        for key, wanted in self._wanted.items():
            kept = [info for info in wanted.information if not (info.parent and info.parent.key in parents)]
            if len(kept) < len(wanted.information):
                wanted.information = kept
                self._asks[key] = dict.fromkeys(info.requirement for info in kept)
                self._weigh(key, ())

    def _weigh(self, key: str, added: Iterable[Ask]) -> None:
        """Note whether *key* is open, and how urgent it is; what is not open will do for all but *added*."""
        pin = self.pins.get(key)
        asks = self._asks[key] if key in self._open else added
        if pin is not None and all(self._provider.is_satisfied_by(ask, pin) for ask in asks):
            self._open.discard(key)
        else:
            self._open.add(key)
            heappush(self._queue, self._preference(key))

    def _preference(self, key: str) -> Preference:
        return self._provider.get_preference(key, {}, {}, {key: self._wanted[key].information}, ())
