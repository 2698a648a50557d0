"""The dependency tree of an audit, flat: a list of openings, leaves, mentions and closings, in order.

Each package is opened once, where it is nearest to a direct requirement; elsewhere it is only mentioned.
Nothing here recurses, so that no chain of requirements is too long.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.report import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.model import Audit, Finding, Package

# Browsers nest no more than some 500 elements: what lies deeper starts a tree of its own.
DEEPEST = 30


class Node(Struct, frozen=True, kw_only=True):
    """One step of the walk; `number` is the package's place in the audit.

    `obstacle` is the finding that stops it, if one does; `beneath` tells that one stops what lies under it.
    """

    kind: Literal["open", "leaf", "again", "close"]
    package: Package
    number: int
    obstacle: Finding | None = None
    beneath: bool = False


def tree(audit: Audit) -> list[Node]:
    """Return the walk through the tree of *audit*."""
    packages = {package.name: package for package in audit.packages}
    children = _children(packages)
    owners = _owners(packages, children)
    stops = {finding.package: finding for finding in reversed(phrases.obstacles(audit))}
    above = _above(stops, packages)
    numbers = {name: number for number, name in enumerate(packages)}

    def node(kind: Literal["open", "leaf", "again", "close"], name: str) -> Node:
        return Node(
            kind=kind,
            package=packages[name],
            number=numbers[name],
            obstacle=stops.get(name),
            beneath=name in above,
        )

    walk: list[Node] = []
    todo: list[tuple[str | None, str, bool]] = [
        (None, name, False) for name in reversed(list(packages)) if owners[name] is None
    ]
    while todo:
        parent, name, closing = todo.pop()
        if closing:
            walk.append(node("close", name))
        elif owners[name] != parent:
            walk.append(node("again", name))
        elif not children[name]:
            walk.append(node("leaf", name))
        else:
            walk.append(node("open", name))
            todo.append((parent, name, True))
            todo += [(name, child, False) for child in reversed(children[name])]
    return walk


def _children(packages: Mapping[str, Package]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {name: [] for name in packages}
    for package in packages.values():
        for parent in dict.fromkeys(package.required_by):
            if parent in children and parent != package.name:
                children[parent].append(package.name)
    return children


def _owners(packages: Mapping[str, Package], children: Mapping[str, list[str]]) -> dict[str, str | None]:
    """Return under which package each is opened; None for the roots."""
    owners: dict[str, str | None] = {name: None for name, package in packages.items() if package.direct}
    depths = dict.fromkeys(owners, 0)
    queue = deque(owners)
    # What no direct requirement reaches (an installed environment, a circle) comes as a root of its own.
    for start in (None, *packages):
        if start is not None and start not in owners:
            owners[start], depths[start] = None, 0
            queue.append(start)
        while queue:
            parent = queue.popleft()
            for child in children[parent]:
                if child not in owners:
                    deep = depths[parent] == DEEPEST
                    owners[child] = None if deep else parent
                    depths[child] = 0 if deep else depths[parent] + 1
                    queue.append(child)
    return owners


def _above(stops: Iterable[str], packages: Mapping[str, Package]) -> set[str]:
    """Return every package that an obstacle comes in by."""
    above: set[str] = set()
    queue = deque(name for name in stops if name in packages)
    while queue:
        child = queue.popleft()
        for parent in packages[child].required_by:
            if parent in packages and parent not in above and parent != child:
                above.add(parent)
                queue.append(parent)
    return above
