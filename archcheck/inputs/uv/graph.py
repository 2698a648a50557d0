"""uv.lock: which packages and edges the selection leads to.

uv writes conflicts into markers as made-up extras (`extra == 'extra-5-shop-cpu'`, `'group-5-shop-dev'`,
`'project-5-shop'`). They are settled here, by what is selected and by the extras that edges turn on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.partial_markers import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.uv.schema import Conflict, Edge, LockFile, Package


normal = lru_cache(maxsize=65_536)(canonicalize_name)
"""The normalised form of a name: each comes up with every edge to its package."""


class Graph:
    """The packages of a lock and the edges between them, once it is known what is active."""

    def __init__(self, document: Document, lock: LockFile) -> None:
        self._document = document
        self.packages: Sequence[Package] = lock.package
        self.named: dict[str, list[int]] = {}
        for number, package in enumerate(lock.package):
            self.named.setdefault(normal(package.name), []).append(number)
        self._markers: dict[str, Marker] = {}
        self._settled: dict[str, Settled] = {}
        self._active: frozenset[str] = frozenset()

    def target(self, edge: Edge, key: str) -> int:
        """Return the number of the one package that *edge* means; raises InputError where there is none."""
        found = [
            number
            for number in self.named.get(normal(edge.name), ())
            if (edge.version is None or edge.version == self.packages[number].version)
            and (edge.source is None or edge.source == self.packages[number].source)
        ]
        if len(found) != 1:
            version = f" {edge.version}" if edge.version else ""
            problem = "no package" if not found else f"{len(found)} packages"
            what = shown(f"{edge.name}{version}")
            self._document.refuse(f"{problem} of the lock fit {what}; expected one", key=key)
        return found[0]

    def holds(self, marker: str | None, key: str) -> Settled:
        """Return what is left of *marker* once the active extras and groups are known."""
        if marker is None:
            return True
        if marker not in self._settled:
            self._settled[marker] = settle(self.parsed(marker, key), self._decide)
        return self._settled[marker]

    def parsed(self, marker: str, key: str) -> Marker:
        """Return *marker*; raises InputError where it is none."""
        if marker not in self._markers:
            try:
                self._markers[marker] = Marker(marker)
                str(self._markers[marker])  # a value with both kinds of quotes cannot be written again
            except (ValueError, RecursionError):
                self._document.refuse(f"{shown(marker)} is no marker; expected PEP 508", key=key)
        return self._markers[marker]

    def activate(
        self, selected: Iterable[str], conflicts: Iterable[Conflict], start: Sequence[tuple[Edge, str]]
    ) -> None:
        """Settle what is active: *selected*, and the extras in *conflicts* that edges from *start* turn on.

        *start* has each edge with its place in the file. An extra that an edge turns on for some platforms
        alone counts on all of them.
        """
        known = {encoded(each) for each in conflicts}
        active = frozenset(selected)
        while True:
            self._active, self._settled = active, {}
            more = active | (known & set(self._turned_on(start))) if known else active
            if more == active:
                return
            active = more

    def _turned_on(self, start: Sequence[tuple[Edge, str]]) -> Iterator[str]:
        waiting = list(start)
        seen: set[tuple[int, str | None]] = set()
        while waiting:
            edge, key = waiting.pop()
            if self.holds(edge.marker, key) is False:
                continue
            number = self.target(edge, key)
            package = self.packages[number]
            name = normal(package.name)
            for extra in (None, *edge.extra):
                if extra is not None:
                    yield _code("extra", name, extra)
                if (number, extra) not in seen:
                    seen.add((number, extra))
                    below = (
                        package.dependencies
                        if extra is None
                        else package.optional_dependencies.get(extra, ())
                    )
                    waiting.extend((each, f"package[{number}]") for each in below)

    def _decide(self, left: str, operator: str, right: str) -> bool | None:
        if "extra" not in {left, right} or operator not in {"==", "!="}:
            return None
        value = right if left == "extra" else left
        return (value[1:-1] in self._active) == (operator == "==")


def encoded(item: Conflict) -> str:
    """Return the extra by which uv's markers speak of *item*."""
    name = canonicalize_name(item.package)
    if item.extra is not None:
        return _code("extra", name, item.extra)
    if item.group is not None:
        return _code("group", name, item.group)
    return _code("project", name)


def active_of(name: str, extras: Iterable[str], groups: Iterable[str]) -> Iterator[str]:
    """Yield what is active where a project is installed with *extras* and *groups*."""
    yield _code("project", name)
    yield from (_code("extra", name, extra) for extra in extras)
    yield from (_code("group", name, group) for group in groups)


def _code(kind: str, name: str, *part: str) -> str:
    return "-".join((kind, str(len(name)), name, *map(canonicalize_name, part)))
