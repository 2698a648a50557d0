"""Asks the index ahead of the resolver: each dependency's page, and the metadata of the likely choice.

Nothing here decides anything: a wrong guess costs one request, a right one saves the resolver a wait.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict, deque
from concurrent.futures import CancelledError
from itertools import dropwhile, islice
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from packaging.specifiers import SpecifierSet

from archcheck.index.model import Metadata, Project
from archcheck.manifest.dependency import read_dependency
from archcheck.resolve.finder import Finder
from archcheck.resolve.requirements import is_wanted, on_index
from archcheck.resolve.versions import Versions, is_pinned, pin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Index, IndexFile, NotFound, Unavailable
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Ask, Options, Pick

T = TypeVar("T")
_MOST = 10_000
"""How many different requirements are followed: metadata by strangers may name ever new ones."""

_FEWEST, _GROWTH, _FURTHEST = 5, 4, 50
"""How many candidates are asked about at once when a project is tried again: 5, then 20, then 50.

But no more than are tried while one answer is on its way: what is asked beyond is often asked in vain.
"""
_PACE = 0.0005  # seconds that trying a candidate takes, at least
_ANY = SpecifierSet()


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
        versions = Versions()
        self._finders = {machine: Finder(machine, options, versions) for machine in machines}
        self._constraints = constraints
        self._follow = not options.no_deps
        self._elsewhere: set[NormalizedName] = set()  # the index is not to learn names that come from a URL
        self._wanted: dict[NormalizedName, SpecifierSet] = {}
        self._met: set[Ask] = set()
        self._seen: set[tuple[str, frozenset[str], str]] = set()
        self._read: set[tuple[str, frozenset[str]]] = set()
        self._tried: defaultdict[NormalizedName, set[Version | None]] = defaultdict(set)
        self._ahead: dict[NormalizedName, tuple[int, int]] = {}
        self._asked: set[str] = set()
        self._round_trip = math.inf
        self._steps: deque[Callable[[], None]] = deque()
        self._stepping = threading.Lock()
        self._fault: BaseException | None = None

    def finder(self, machine: Machine) -> Finder:
        """Return what the resolver on *machine* finds candidates with, so that none is looked at twice."""
        return self._finders[machine]

    def goes_back(self, pick: Pick) -> bool:
        """Note that *pick* is tried; return whether others of its project were, and the cache lacks it."""
        tried = self._tried[pick.name]
        if pick.version in tried:
            return False
        tried.add(pick.version)
        return len(tried) > 1 and not self._is_at_hand(pick)

    def look_ahead(
        self, pick: Pick, project: Project, specifier: SpecifierSet, hashes: frozenset[str]
    ) -> None:
        """Start fetching what the candidates after *pick* ask for.

        A search that goes back (boto3, botocore) tries one version after the other.
        """
        if is_pinned(specifier):
            return
        left, size = self._ahead.get(pick.name, (0, 0))
        if left > size // 2:
            self._ahead[pick.name] = left - 1, size
            return
        size = int(max(_FEWEST, min(size * _GROWTH, _FURTHEST, self._round_trip / _PACE)))
        self._ahead[pick.name] = size, size
        for finder in self._finders.values():
            picks = finder.picks(project, specifier, hashes)
            following = dropwhile(lambda other: other.version != pick.version, picks)
            for other in islice(following, 1, size + 1):
                if self._is_at_hand(other):
                    self._ahead[pick.name] = 0, 0
                    return

    def _is_at_hand(self, pick: Pick) -> bool:
        """Have the metadata of *pick* asked for; return whether the cache had it, which is soon enough."""
        if pick.file is None or pick.file.url in self._asked:
            return False
        return self._metadata(pick.file, pick.release).done()

    def _metadata(self, file: IndexFile, release: tuple[IndexFile, ...]) -> Future[Metadata | Unavailable]:
        self._asked.add(file.url)
        future, asked = self._index.metadata(file, release), monotonic()

        def arrived(_: object) -> None:
            self._round_trip = min(self._round_trip, monotonic() - asked)

        if not future.done():
            future.add_done_callback(arrived)
        return future

    def want(self, ask: Ask) -> None:
        """Start fetching what *ask* is likely to lead to; returns at once."""
        if ask.only is not None:
            self._elsewhere.add(ask.name)
        elif ask not in self._met:
            self._do(lambda: self._want(ask))

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
            except Exception as fault:  # noqa: BLE001 - nobody hears what is raised in an index's thread
                self._fault = self._fault or fault
            finally:
                self._stepping.release()

    def raise_fault(self) -> None:
        """Raise the first fault of ours that came up on the way: it must not pass for a slow index."""
        if self._fault is not None:
            raise self._fault

    def _came(self, done: Future[T]) -> T | None:
        """Return the answer in *done*; None where the index was closed, or gave a fault instead."""
        if done.cancelled() or isinstance(done.exception(), CancelledError):
            return None
        if (fault := done.exception()) is not None:
            self._fault = self._fault or fault
            return None
        return done.result()

    def _want(self, ask: Ask) -> None:
        name, specifier, extras = ask.name, ask.specifier, ask.extras
        self._met.add(ask)
        mark = (name, extras, str(specifier))
        if mark in self._seen or name in self._elsewhere or len(self._seen) >= _MOST:
            return
        self._seen.add(mark)
        bound = self._constraints.get(name, _ANY)
        known = self._wanted.get(name, bound)
        together = known & specifier
        if together.is_unsatisfiable():
            if is_pinned(specifier) and not is_pinned(known):
                return  # each boto3 pins its botocore: those out of range are never taken
            together = bound & specifier  # a range that the pin is out of: now the search goes to the range
        self._wanted[name] = together
        future = self._index.project(name, pin=pin_of(together))
        future.add_done_callback(lambda done: self._do(lambda: self._on_project(done, together, extras)))

    def _on_project(
        self,
        done: Future[Project | NotFound | Unavailable],
        specifier: SpecifierSet,
        extras: frozenset[str],
    ) -> None:
        project = self._came(done)
        if not isinstance(project, Project):
            return
        self._want_all(project.hint, extras)
        for finder in self._finders.values():
            pick = next(finder.picks(project, specifier), None)
            if pick is None or pick.file is None:
                continue
            mark = (pick.file.url, extras)
            if mark in self._read:
                continue
            self._read.add(mark)
            future = self._metadata(pick.file, pick.release)
            future.add_done_callback(lambda done: self._do(lambda: self._on_metadata(done, extras)))

    def _on_metadata(self, done: Future[Metadata | Unavailable], extras: frozenset[str]) -> None:
        metadata = self._came(done)
        if isinstance(metadata, Metadata):
            self._want_all(metadata.requires_dist, extras)

    def _want_all(self, dependencies: Iterable[str], extras: frozenset[str]) -> None:
        for text in dependencies if self._follow else ():
            dependency = read_dependency(text)
            if dependency is None or dependency.url is not None:
                continue
            ask = on_index(dependency)[-1]  # the one with the extras, where there are any
            if ask not in self._met and any(is_wanted(dependency, each, extras) for each in self._finders):
                self._want(ask)
