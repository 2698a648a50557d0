"""Asks the index ahead of the resolver: each dependency's page, and the metadata of the likely choice.

Nothing here decides anything: a wrong guess costs one request, a right one saves the resolver a wait.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.index.model import Metadata, Project
from archcheck.resolve.asks import parse
from archcheck.resolve.finder import Finder, pin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index, NotFound, Unavailable
    from archcheck.resolve.model import Ask, Options
    from archcheck.targets import Machine

_MOST = 10_000
"""How many different requirements are followed: metadata by strangers may name ever new ones."""


class Prefetcher:
    """Follows the dependency graph ahead of the resolver, for all machines of a run at once."""

    def __init__(
        self,
        index: Index,
        machines: Sequence[Machine],
        options: Options,
        constraints: Mapping[NormalizedName, SpecifierSet],
    ) -> None:
        self._index = index
        self._finders = [Finder(machine, options) for machine in machines]
        self._constraints = constraints
        self._follow = not options.no_deps
        self._elsewhere: set[NormalizedName] = set()  # the index is not to learn names that come from a URL
        self._wanted: dict[NormalizedName, SpecifierSet] = {}
        self._seen: set[tuple[str, frozenset[str], str]] = set()
        self._read: set[tuple[str, frozenset[str]]] = set()
        self._steps: deque[Callable[[], None]] = deque()
        self._stepping = threading.Lock()

    def want(self, ask: Ask) -> None:
        """Start fetching what *ask* is likely to lead to; returns at once."""
        if ask.only is not None:
            self._elsewhere.add(ask.name)
        else:
            self._do(lambda: self._want(ask.name, ask.specifier, ask.extras))

    def _do(self, step: Callable[[], None]) -> None:
        """Take *step* once those before it are taken, in one thread at a time.

        Answers out of the cache arrive within the question: followed at once, a chain of a few hundred
        packages would exhaust the stack.
        """
        self._steps.append(step)
        while self._steps and self._stepping.acquire(blocking=False):
            try:
                while self._steps:
                    self._steps.popleft()()
            finally:
                self._stepping.release()

    def _want(self, name: NormalizedName, specifier: SpecifierSet, extras: frozenset[str]) -> None:
        mark = (name, extras, str(specifier))
        if mark in self._seen or name in self._elsewhere or len(self._seen) >= _MOST:
            return
        self._seen.add(mark)
        known = self._wanted.get(name)
        if known is None:
            known = self._constraints.get(name, SpecifierSet())
        self._wanted[name] = specifier = known & specifier
        future = self._index.project(name, pin=pin_of(specifier))
        future.add_done_callback(lambda done: self._do(lambda: self._on_project(done, specifier, extras)))

    def _on_project(
        self,
        done: Future[Project | NotFound | Unavailable],
        specifier: SpecifierSet,
        extras: frozenset[str],
    ) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        project = done.result()
        if not isinstance(project, Project):
            return
        for finder in self._finders:
            pick = next(finder.picks(project, specifier), None)
            if pick is None or pick.file is None:
                continue
            mark = (pick.file.url, extras)
            if mark in self._read:
                continue
            self._read.add(mark)
            future = self._index.metadata(pick.file, pick.release)
            future.add_done_callback(lambda done: self._do(lambda: self._on_metadata(done, extras)))

    def _on_metadata(self, done: Future[Metadata | Unavailable], extras: frozenset[str]) -> None:
        if done.cancelled() or done.exception() is not None or not self._follow:
            return
        metadata = done.result()
        if not isinstance(metadata, Metadata):
            return
        for text in metadata.requires_dist:
            requirement = parse(text)
            if requirement is None or requirement.url is not None:
                continue
            marker = requirement.marker
            if marker is None or any(
                finder.machine.holds(marker, extra) for finder in self._finders for extra in extras or ("",)
            ):
                self._want(
                    canonicalize_name(requirement.name),
                    requirement.specifier,
                    frozenset(canonicalize_name(extra) for extra in requirement.extras),
                )
