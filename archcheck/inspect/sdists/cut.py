"""Cuts off a script what does not run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from archcheck.inspect.sdists.outside import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Cut(ast.NodeTransformer):
    """Takes out what does not run, and writes what is known in the place of `optional=…`."""

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
        return self.generic_visit(node)


def _listed(visited: Any) -> list[ast.AST]:
    return visited if isinstance(visited, list) else [] if visited is None else [visited]
