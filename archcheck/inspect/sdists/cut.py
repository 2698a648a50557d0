"""Cuts off a script what does not run."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from archcheck.inspect.sdists.outside import UNKNOWN
from archcheck.setup_script import parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Cut:
    """Takes out what does not run, and writes what is known in the place of `optional=…`.

    The tree itself stays as it is, since it is cut for one machine after the other: what changes is copied
    with all that it stands in, and what does not is shared.
    """

    def __init__(
        self, dead: Collection[ast.AST], decided: Mapping[ast.AST, bool], constants: Mapping[ast.AST, Any]
    ) -> None:
        self._dead = dead
        self._decided = decided
        self._constants = constants

    def visit(self, node: ast.AST) -> Any:
        """Return what is left of *node*."""
        if node in self._dead:
            return None
        truth = self._decided.get(node)
        if isinstance(node, ast.If) and truth is not None:
            return [
                new for each in (node.body if truth else node.orelse) for new in _listed(self.visit(each))
            ]
        if isinstance(node, ast.IfExp) and truth is not None:
            return self.visit(node.body if truth else node.orelse)
        known = self._constants.get(node, UNKNOWN)
        if isinstance(known, bool | int | str | None):
            return ast.copy_location(ast.Constant(value=bool(known)), node)
        return self._with_parts_visited(node)

    def _with_parts_visited(self, node: ast.AST) -> ast.AST:
        new: dict[str, Any] = {}
        for field in parts_of(node):
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                visited: Any = self.visit(value)
                if visited is not value:
                    new[field] = visited
            elif isinstance(value, list):
                visited = [each for part in value for each in self._in_list(part)]
                if len(visited) != len(value) or any(map(operator.is_not, visited, value)):
                    new[field] = visited
        if not new:
            return node
        fields = {field: getattr(node, field) for field in node._fields if hasattr(node, field)}
        return ast.copy_location(type(node)(**(fields | new)), node)

    def _in_list(self, part: Any) -> list[Any]:
        return _listed(self.visit(part)) if isinstance(part, ast.AST) else [part]


def _listed(visited: Any) -> list[ast.AST]:
    return visited if isinstance(visited, list) else [] if visited is None else [visited]
