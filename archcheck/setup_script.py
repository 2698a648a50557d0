"""A setup.py as a syntax tree: what it calls, names and passes to `setup()`. It is never run."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property

from msgspec import Struct

_MAX_CHARACTERS = 128 * 1024  # a syntax tree takes some hundred times the memory of its text


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
        return frozenset(
            word
            for node in self.nodes
            if not isinstance(node, ast.Import | ast.ImportFrom)
            for word in _words_of(node)
        )

    @cached_property
    def taken(self) -> tuple[tuple[str, str], ...]:
        """What is imported out of modules: each module in full, and the name that is taken of it."""
        return tuple(
            (node.module or "", alias.name)
            for node in self.nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )

    def line_of(self, word: str) -> int | None:
        """Return the first line with *word* as a name, a keyword or a module, None where there is none."""
        lines = [node.lineno for node in self.nodes if isinstance(node, _PLACED) and word in _words_of(node)]
        return min(lines, default=None)

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
        if not isinstance(node, ast.Name):
            return _is_dict(node)
        if node.id in self._gathered:  # def run(**kwargs): setup(**kwargs), as pyre-check has it
            calls = self.calls.get(self._gathered[node.id], [])
            return bool(calls) and all(keyword.arg for call in calls for keyword in call.keywords)
        values = self._assigned.get(node.id, [])
        return bool(values) and all(_is_dict(value) for value in values)

    @cached_property
    def _gathered(self) -> dict[str, str]:
        """The parameters that gather keywords (`**kwargs`), each with the function that has it."""
        return {
            node.args.kwarg.arg: node.name
            for node in self.nodes
            if isinstance(node, ast.FunctionDef) and node.args.kwarg is not None
        }

    def given(self, argument: str) -> set[str]:
        """Return the names in the tables that `setup()` is given as *argument*, there or under a name."""
        values = [
            keyword.value for call in self.setup_calls for keyword in call.keywords if keyword.arg == argument
        ]
        tables = [
            table
            for value in values
            for table in (self._assigned.get(last_name(value), [value]) if value else [])
        ]
        return {
            node.id
            for table in tables
            for node in ast.walk(table)
            if isinstance(node, ast.Name) and node.id != "dict"
        }

    @property
    def names_no_extensions(self) -> bool:
        """Whether every `setup(ext_modules=…)` is given nothing: black's is, unless a variable is set."""
        given = [
            keyword.value
            for call in self.setup_calls
            for keyword in call.keywords
            if keyword.arg == "ext_modules"
        ]
        return bool(given) and all(self._is_nothing(value) for value in given)

    def _is_nothing(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant(value=None) | ast.List(elts=[]) | ast.Tuple(elts=[]):
                return True
            case ast.Name(id=name):
                used = [each for each in self.nodes if isinstance(each, ast.Name) and each.id == name]
                values = self._assigned.get(name, [])
                passed = len(used) - len(values)  # once where it is passed on, and nowhere else
                return passed == 1 and all(
                    not isinstance(v, ast.Name) and self._is_nothing(v) for v in values
                )
            case _:
                return False

    @cached_property
    def _assigned(self) -> dict[str, list[ast.expr]]:
        found: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    found.setdefault(last_name(target), []).append(node.value)
        return found


_PLACED = (ast.expr, ast.keyword, ast.Import, ast.ImportFrom)


def _words_of(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)):
            return (word,)
        case ast.Constant(value=str(word)) if word.isidentifier():
            return (word,)
        case ast.Import(names=names):
            return tuple(alias.name.split(".")[0] for alias in names)
        case ast.ImportFrom(module=str(module)):
            return (module.split(".")[0],)
        case _:
            return ()


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
