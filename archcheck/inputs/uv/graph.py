"""uv.lock: which packages and edges the selection leads to.

uv writes conflicts into markers as made-up extras (`extra == 'extra-5-shop-cpu'`, `'group-5-shop-dev'`,
`'project-5-shop'`). They are settled here, by what is selected and by the extras that edges turn on.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from archcheck.inputs.parsing.lock_version import check_versions
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
        check_versions(document, "package", (normal(package.name) for package in lock.package))
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
        self._active, self._settled = frozenset(selected), {}
        walk = _Walk(self)
        more = known & walk.go(start) - self._active if known else frozenset()
        while more:
            self._active, self._settled = self._active | more, {}
            more = known & walk.go(walk.waiting_for(more)) - self._active

    def _decide(self, left: str, operator: str, right: str) -> bool | None:
        if "extra" not in {left, right} or operator not in {"==", "!="}:
            return None
        value = right if left == "extra" else left
        return (value[1:-1] in self._active) == (operator == "==")


class _Walk:
    """A walk along the edges that hold; those that do not wait for the extras that their markers speak of."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._seen: set[tuple[int, str | None]] = set()
        self._waiting: dict[str, list[tuple[Edge, str]]] = {}
        self._known: set[int] = set()

    def waiting_for(self, codes: Iterable[str]) -> Sequence[tuple[Edge, str]]:
        """Return the edges whose markers speak of one of *codes*, in the order in which they were met."""
        return [edge for code in sorted(codes) for edge in self._waiting.pop(code, ())]

    def go(self, start: Iterable[tuple[Edge, str]]) -> frozenset[str]:
        """Return the extras that are turned on by edges that *start* leads to, for the first time."""
        found: set[str] = set()
        ahead = list(start)
        while ahead:
            edge, key = ahead.pop()
            if self._graph.holds(edge.marker, key) is False:
                self._wait(edge, key)
                continue
            number = self._graph.target(edge, key)
            package = self._graph.packages[number]
            name = normal(package.name)
            found.update(code_of_extra(name, extra) for extra in edge.extra)
            for extra in (None, *edge.extra):
                if (number, extra) not in self._seen:
                    self._seen.add((number, extra))
                    optional = package.optional_dependencies
                    below = package.dependencies if extra is None else optional.get(extra, ())
                    ahead.extend((each, f"package[{number}]") for each in below)
        return frozenset(found)

    def _wait(self, edge: Edge, key: str) -> None:
        if id(edge) not in self._known:  # else it waits for what else its marker speaks of
            self._known.add(id(edge))
            for code in _codes_in(edge.marker or ""):
                self._waiting.setdefault(code, []).append((edge, key))


@lru_cache(maxsize=65_536)
def _codes_in(marker: str) -> frozenset[str]:
    """Return the made-up extras that the text of a *marker* speaks of."""
    return frozenset(re.findall(r"""["']((?:extra|group|project)-[^"']*)["']""", marker))


def encoded(item: Conflict) -> str:
    """Return the extra by which uv's markers speak of *item*."""
    name = canonicalize_name(item.package)
    if item.extra is not None:
        return code_of_extra(name, item.extra)
    if item.group is not None:
        return _code("group", name, item.group)
    return _code("project", name)


def active_of(name: str, extras: Iterable[str], groups: Iterable[str]) -> Iterator[str]:
    """Yield what is active where a project is installed with *extras* and *groups*."""
    yield _code("project", name)
    yield from (code_of_extra(name, extra) for extra in extras)
    yield from (_code("group", name, group) for group in groups)


def code_of_extra(name: str, extra: str) -> str:
    """Return the extra by which uv's markers speak of *extra* of the package *name*."""
    return _code("extra", name, extra)


def _code(kind: str, name: str, *part: str) -> str:
    return "-".join((kind, str(len(name)), name, *map(canonicalize_name, part)))
