"""A setup.py as a syntax tree: what it calls, names and passes to `setup()`. It is never run."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property
from typing import TypeVar, cast

from msgspec import Struct

_MAX_CHARACTERS = 128 * 1024  # a syntax tree takes some hundred times the memory of its text
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.Global, ast.Nonlocal, ast.Pass})
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in {"ctx", "op", "ops"})
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""What of each kind of node may hold others; signs (`+`, `<`) and contexts are told by who has them."""
_Node = TypeVar("_Node", bound=ast.AST)


def parts_of(node: ast.AST) -> tuple[str, ...]:
    """Return the fields of *node* that may hold others."""
    return () if type(node) in _LEAVES else _FIELDS[type(node)]


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below *node*, without signs and contexts."""
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        value = getattr(node, field, None)
        if type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(*roots: ast.AST) -> list[ast.AST]:
    """Return *roots* and all below them, but for signs and contexts, in the order of `ast.walk`."""
    found = list(roots)
    for node in found:  # which grows
        if type(node) not in _LEAVES:
            found += children(node)
    return found


class SetupScript(Struct, frozen=True, kw_only=True, dict=True):
    """The parsed script; names are the last part of dotted ones (`setuptools.Extension` → `Extension`)."""

    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(walk(self.tree))

    @cached_property
    def _by_kind(self) -> dict[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            kind = type(node)
            if kind in found:
                found[kind].append(node)
            else:
                found[kind] = [node]
        return found

    def of(self, kind: type[_Node]) -> list[_Node]:
        """Return the nodes of one *kind*, in the order of `nodes`."""
        return cast("list[_Node]", self._by_kind.get(kind, []))

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """The calls, by the name that is called."""
        found: dict[str, list[ast.Call]] = {}
        for node in self.of(ast.Call):
            found.setdefault(last_name(node.func), []).append(node)
        return found

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules imported, in full (`Cython.Build`); relative ones have a leading dot."""
        whole = {alias.name for node in self.of(ast.Import) for alias in node.names}
        return frozenset(whole | {"." * node.level + (node.module or "") for node in self.of(ast.ImportFrom)})

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name, attribute, keyword and short string in the script: where a setting could hide."""
        texts = {each.value for each in self.of(ast.Constant) if isinstance(each.value, str)}
        return frozenset(
            {each.id for each in self.of(ast.Name)}
            | {each.attr for each in self.of(ast.Attribute)}
            | {each.arg for each in self.of(ast.keyword) if each.arg is not None}
            | {text for text in texts if text.isidentifier()}
        )

    @cached_property
    def taken(self) -> tuple[tuple[str, str], ...]:
        """What is imported out of modules: each module in full, and the name that is taken of it."""
        return tuple(
            (node.module or "", alias.name) for node in self.of(ast.ImportFrom) for alias in node.names
        )

    def line_of(self, word: str) -> int | None:
        """Return the first line with *word* as a name, a keyword or a module, None where there is none."""
        placed = (node for kind in _WITH_WORDS for node in self.of(kind))
        return min((node.lineno for node in placed if word in _words_of(node)), default=None)

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
            node.args.kwarg.arg: node.name for node in self.of(ast.FunctionDef) if node.args.kwarg is not None
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
            for node in walk(table)
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
                used = [each for each in self.of(ast.Name) if each.id == name]
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
        for node in self.of(ast.Assign):
            for target in node.targets:
                found.setdefault(last_name(target), []).append(node.value)
        return found


_Worded = ast.Name | ast.Attribute | ast.keyword | ast.Constant | ast.Import | ast.ImportFrom
_WITH_WORDS: tuple[type[_Worded], ...] = (
    ast.Name,
    ast.Attribute,
    ast.keyword,
    ast.Constant,
    ast.Import,
    ast.ImportFrom,
)


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
