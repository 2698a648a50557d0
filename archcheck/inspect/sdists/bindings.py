"""Which names a script sets, and how: what can be known of a name rests on that."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from archcheck.inspect.sdists.outside import imported
from archcheck.setup_script import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.setup_script import SetupScript

_CHANGES = (ast.Call, ast.Attribute, ast.Delete, ast.Global, ast.AugAssign, ast.Assign, ast.Return)


def set_by_statements(script: SetupScript) -> frozenset[str]:
    """Return the names that plain assignments of the module set, and nothing else can."""
    if any(_sets_anything(node) for node in (*script.of(ast.ImportFrom), *script.of(ast.Call))):
        return frozenset()
    found: set[str] = set()
    otherwise: set[str] = set()
    waiting: list[ast.AST] = [script.tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                otherwise.add(name)
                otherwise.update(
                    each for part in walk(node) if isinstance(part, ast.Global) for each in part.names
                )
                continue
            case ast.Lambda():
                continue
            case ast.Assign(targets=targets):
                found.update(target.id for target in targets if isinstance(target, ast.Name))
                otherwise.update(stored([t for t in targets if not isinstance(t, ast.Name)]))
            case ast.Import() | ast.ImportFrom():
                otherwise.update(imported(node))
            case ast.ExceptHandler(name=str(name)):
                otherwise.add(name)
            case ast.For() | ast.With() | ast.comprehension() | ast.NamedExpr() | ast.Delete():
                otherwise.update(stored([node]))
        waiting += children(node)
    return frozenset(found - otherwise)


def declared_global(script: SetupScript) -> frozenset[str]:
    """Return the names of the module that its functions set."""
    return frozenset(name for node in script.of(ast.Global) for name in node.names)


def _sets_anything(node: ast.AST) -> bool:
    """Whether *node* may set names that are written nowhere: `from x import *`, `exec(text)`, `globals()`."""
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return True
        case ast.Call(func=ast.Name(id="exec"), args=arguments):
            return len(arguments) < 2  # noqa: PLR2004 - a namespace of its own stands second
        case ast.Call(func=ast.Name(id=name)):
            return name in {"execfile", "globals", "locals", "vars"}
    return False


def changed(script: SetupScript) -> frozenset[str]:
    """Return the names of tables that may change otherwise than by `name[key] = value`: handed on, say."""
    found: set[str] = set()
    for node in (each for kind in _CHANGES for each in script.of(kind)):
        match node:
            case ast.Call(args=arguments, keywords=keywords):
                passed = [*arguments, *(keyword.value for keyword in keywords)]
                found.update(each.id for each in passed if isinstance(each, ast.Name))
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr not in {
                "get",
                "items",
                "keys",
                "values",
            }:
                found.add(name)
            case ast.Delete() | ast.Global() | ast.AugAssign():
                found.update(each.id for each in walk(node) if isinstance(each, ast.Name))
                found.update(node.names if isinstance(node, ast.Global) else ())
            case ast.Assign(value=ast.Name(id=name)) | ast.Return(value=ast.Name(id=name)):
                found.add(name)
    return frozenset(found)


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that are set anywhere in *nodes*."""
    return {part.id for part in walk(*nodes) if type(part) is ast.Name and type(part.ctx) is not ast.Load}


def bound(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """Return the names that are the function's (or the class's) own."""
    arguments = {part.arg for part in walk(node) if type(part) is ast.arg}
    return arguments | stored(node.body)
