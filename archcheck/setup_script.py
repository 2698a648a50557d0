"""A setup.py as a syntax tree: what it calls, names and passes to `setup()`. It is never run."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property

from msgspec import Struct

_MAX_CHARACTERS = 512 * 1024  # a syntax tree takes some hundred times the memory of its text


class SetupScript(Struct, frozen=True, kw_only=True, dict=True):
    """The parsed script; names are the last part of dotted ones (`setuptools.Extension` → `Extension`)."""

    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """The calls, by the name that is called."""
        found: dict[str, list[ast.Call]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Call):
                found.setdefault(last_name(node.func), []).append(node)
        return found

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules imported, in full (`Cython.Build`); relative ones have a leading dot."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.add("." * node.level + (node.module or ""))
        return frozenset(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name, attribute, keyword and short string in the script: where a setting could hide."""
        found: set[str] = set()
        for node in self.nodes:
            match node:
                case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)):
                    found.add(word)
                case ast.Constant(value=str(word)) if word.isidentifier():
                    found.add(word)
                case _:
                    pass
        return frozenset(found)

    @property
    def setup_calls(self) -> list[ast.Call]:
        """The calls of `setup()`, the distutils and setuptools entry point."""
        return self.calls.get("setup", [])

    @property
    def passes_unseen(self) -> bool:
        """Whether a `setup()` call takes arguments from elsewhere: `**` of what is no dict of this script."""
        keywords = [keyword for call in self.setup_calls for keyword in call.keywords]
        return any(keyword.arg is None and not self._written_out(keyword.value) for keyword in keywords)

    def _written_out(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            values = self._assigned.get(node.id, [])
            return bool(values) and all(_is_dict(value) for value in values)
        return _is_dict(node)

    @cached_property
    def _assigned(self) -> dict[str, list[ast.expr]]:
        found: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    found.setdefault(last_name(target), []).append(node.value)
        return found


def _is_dict(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) or (isinstance(node, ast.Call) and last_name(node.func) == "dict")


def parse_setup(text: str) -> SetupScript | None:
    """Return the script, or None where it is no Python 3 (or too large to be a setup.py)."""
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in strangers' code are not ours to report
            return SetupScript(tree=ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name, "" for other expressions."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
