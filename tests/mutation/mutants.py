"""Every way to break a module in one place: a comparison turned, a branch dropped, a sort key removed.

What is broken is the syntax tree. Text that people read is left alone, which is what the snapshots are for, and
so is what does nothing when the program runs.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = TypeVar("Node", bound=ast.AST)
T = TypeVar("T")

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
EXCHANGED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
OPPOSITES = {"any": "all", "all": "any", "min": "max", "max": "min"}
MOST_COUNTED = 10_000
"""No test has to know of a greater number that it is not one more: those are sizes of caches."""

NOT_RUN = {"annotation", "returns", "decorator_list", "bases"}
"""Fields that hold types, and decorators, which are caches here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to the module `tree`, read from `path`: what `field` of the node `parent` holds becomes `value`.

    `lines` are those of what is changed, and `where` names the function or class that they are in.
    """

    tree: ast.Module
    path: str
    where: str
    lines: range
    was: str
    now: str
    parent: ast.AST
    field: str
    value: Any

    def __str__(self) -> str:
        return f"{self.path}:{self.lines.start} {self.where}: {self.was}  →  {self.now}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by, on whatever line of whatever module it stands."""
        return self.where, self.was, self.now

    def apply(self) -> ast.Module:
        """Return the tree with the change in it; whatever else was made of the tree has it too."""
        setattr(self.parent, self.field, self.value)
        return ast.fix_missing_locations(self.tree)


def mutants(tree: ast.Module, path: str) -> list[Mutant]:
    """Return every mutant of the module *tree*, which was read from *path*, from top to bottom."""
    found = []
    for parent, field, place, child, where in _children(tree, ""):
        for other, at in _instead(child):
            value = other if place is None else _with(getattr(parent, field), place, other)
            was, now = _told(child, other, at, parent, _copy(parent, **{field: value}))
            lines = range(at.lineno, (at.end_lineno or at.lineno) + 1)
            found.append(
                Mutant(
                    tree=tree,
                    path=path,
                    where=where,
                    lines=lines,
                    was=was,
                    now=now,
                    parent=parent,
                    field=field,
                    value=value,
                )
            )
    return sorted(found, key=lambda mutant: (mutant.lines.start, mutant.was, mutant.now))


def _told(child: ast.AST, other: ast.AST, at: ast.AST, parent: ast.AST, changed: ast.AST) -> tuple[str, str]:
    """Return what it was and what it is now, in as few words as tell it from others."""
    if isinstance(at, ast.keyword):
        return _shown(at), f"left out of {_shown(child.func)}()"  # type: ignore[attr-defined]
    if isinstance(child, ast.Constant):
        return _shown(parent), _shown(changed)
    return _shown(child), _shown(other)


def _children(node: ast.AST, where: str) -> Iterator[tuple[ast.AST, str, int | None, ast.AST, str]]:
    """Yield whatever runs: the node above, its field, the place in that, the node itself, and where that is."""
    for field, value in ast.iter_fields(node):
        if field in NOT_RUN or (isinstance(node, ast.ClassDef) and field == "keywords"):
            continue
        several = isinstance(value, list)
        for place, child in enumerate(value if several else [value]):
            if not isinstance(child, ast.AST) or _is_idle(child):
                continue
            yield node, field, place if several else None, child, where or "module"
            yield from _children(
                child, f"{where}.{name}".lstrip(".") if (name := _name(child, node)) else where
            )


def _name(node: ast.AST, parent: ast.AST) -> str | None:
    """Return what *node* defines: a function, a class, or a value of a module or a class."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name if isinstance(parent, ast.Module | ast.ClassDef) else None
    return None


def _is_idle(node: ast.AST) -> bool:
    """Whether *node* is read by people or type checkers alone, or is a number that is just a large one."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.BinOp(op=ast.LShift()):
            return True
    return False


def _instead(node: ast.AST) -> Iterator[tuple[ast.AST, Any]]:
    """Yield what may stand in the place of *node*, each with the node whose lines the change is on."""
    match node:
        case ast.If(test=test, orelse=other) | ast.IfExp(test=test, orelse=other):
            yield _copy(node, test=ast.Constant(value=False)), test
            if other:  # without one, what is guarded would run always: a comparison turned shows as much
                yield _copy(node, test=ast.Constant(value=True)), test
        case ast.comprehension(ifs=ifs):
            yield from ((_copy(node, ifs=_without(ifs, place)), each) for place, each in enumerate(ifs))
        case ast.Match(cases=cases) if len(cases) > 1:
            for place, case in enumerate(cases):
                yield _copy(node, cases=_without(cases, place)), case.pattern
        case ast.match_case(guard=ast.expr() as guard):
            yield _copy(node, guard=None), guard
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom() | ast.Await()) | ast.AugAssign():
            yield ast.Pass(), node
        case ast.Dict() | ast.Set() | ast.Tuple() | ast.List() | ast.Call():
            yield from _with_less(node)
        case ast.expr():
            yield from _turned(node)


def _turned(node: ast.expr) -> Iterator[tuple[ast.AST, Any]]:
    """Yield what an operator or a number may be exchanged for."""
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                yield _copy(node, ops=_with(ops, place, TURNED[type(op)]())), node
        case ast.BoolOp(values=values):
            for place, each in enumerate(values):
                rest = _without(values, place)
                yield _copy(node, values=rest) if len(rest) > 1 else rest[0], each
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand, node
        case ast.BinOp(op=op) if type(op) in EXCHANGED:
            yield _copy(node, op=EXCHANGED[type(op)]()), node
        case ast.Constant(value=bool(value)):
            yield _copy(node, value=not value), node
        case ast.Constant(value=int(value)) if value < MOST_COUNTED:
            yield _copy(node, value=value + 1), node


def _with_less(node: ast.expr) -> Iterator[tuple[ast.AST, Any]]:
    """Yield a collection without one of its elements, and a call without one of its keywords."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for place, each in enumerate(values):
                fewer = _copy(node, keys=_without(keys, place), values=_without(values, place))
                yield fewer, keys[place] or each
        case ast.Set(elts=several) if len(several) > 1:
            yield from ((_copy(node, elts=_without(several, n)), each) for n, each in enumerate(several))
        case ast.Tuple(elts=several, ctx=ast.Load()) | ast.List(elts=several, ctx=ast.Load()):
            yield from ((_copy(node, elts=_without(several, n)), each) for n, each in enumerate(several))
        case ast.Call(func=func, keywords=keywords):
            for place, each in enumerate(keywords):
                yield _copy(node, keywords=_without(keywords, place)), each
            if isinstance(func, ast.Name) and func.id in OPPOSITES:
                yield _copy(node, func=ast.Name(id=OPPOSITES[func.id], ctx=ast.Load())), func


def _copy(node: Node, **changed: Any) -> Node:
    """Return *node* with some of its fields *changed*."""
    fields = dict(ast.iter_fields(node)) | changed
    return ast.copy_location(type(node)(**fields), node)


def _with(several: list[T], place: int, other: T) -> list[T]:
    return [*several[:place], other, *several[place + 1 :]]


def _without(several: list[T], place: int) -> list[T]:
    return [*several[:place], *several[place + 1 :]]


def _shown(node: ast.AST) -> str:
    """Return *node* as source text: of a statement with a body, its first line."""
    return ast.unparse(node).strip().partition("\n")[0]
