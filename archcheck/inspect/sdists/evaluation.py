"""What the expressions of a setup.py are on one machine, as far as that is certain; nothing is run.

Known are constants and what is made of them, and what a script asks about where it runs: CPython 3 on Linux,
on the machine given, started by pip, with nothing set in the environment.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, ClassVar

from archcheck.inspect.sdists import outside
from archcheck.inspect.sdists.outside import ENVIRONMENT, UNKNOWN, Name
from archcheck.inspect.sdists.script_paths import Files, Inside, divided, parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MAX_TEXT = 500  # characters of a text that is put together: a script must not make it grow for ever
_MAX_ITEMS = 64
_MAX_STEPS = 300_000  # Pillow's setup.py, as long as any, takes 10,000
_SCALARS = (str, bytes, int, float, type(None))
_TEXT_METHODS = frozenset({"lower", "upper", "strip", "startswith", "endswith"})
_COMPARISONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


class TooMuch(Exception):  # noqa: N818 - the script is looked at as it stands
    """The script takes longer to follow than any honest one."""


class Evaluator:
    """Tells what an expression is on *machine*, in an archive that holds the files *names*.

    `missing` collects the look-ups of keys that a table of the script does not have; `asked` is whether
    anything depends on the machine.
    """

    def __init__(self, machine: str, names: frozenset[str]) -> None:
        self._machine = machine
        self.asked = False
        self._files = Files(names)
        self.missing: dict[ast.Subscript, Any] = {}
        self._left = _MAX_STEPS

    def machine(self) -> str:
        """Return the machine, and note that the script asks for it."""
        self.asked = True
        return self._machine

    def spend(self, steps: int) -> None:
        """Count *steps* of work; raise `TooMuch` where there have been too many."""
        self._left -= steps
        if self._left < 0:
            raise TooMuch

    def value(self, node: ast.expr | None, scope: Mapping[str, Any]) -> Any:
        """Return what *node* is where the names have the values in *scope*, or UNKNOWN."""
        self.spend(1)
        tell = self._BY_TYPE.get(type(node))
        return UNKNOWN if tell is None else tell(self, node, scope)

    def truth(self, node: ast.expr, scope: Mapping[str, Any]) -> bool | None:
        """Return whether *node* counts as true; None where that cannot be told."""
        return _truth(self.value(node, scope))

    def _constant(self, node: ast.Constant, _scope: Mapping[str, Any]) -> Any:
        return node.value

    def _name(self, node: ast.Name, scope: Mapping[str, Any]) -> Any:
        return outside.settled(scope.get(node.id, UNKNOWN))

    def _choice(self, node: ast.IfExp, scope: Mapping[str, Any]) -> Any:
        truth = self.truth(node.test, scope)
        return UNKNOWN if truth is None else self.value(node.body if truth else node.orelse, scope)

    def _not(self, node: ast.UnaryOp, scope: Mapping[str, Any]) -> Any:
        truth = self.truth(node.operand, scope) if isinstance(node.op, ast.Not) else None
        return UNKNOWN if truth is None else not truth

    def _attribute(self, node: ast.Attribute, scope: Mapping[str, Any]) -> Any:
        owner = self.value(node.value, scope)
        if isinstance(owner, Inside) and node.attr == "parent":
            return parent(owner)
        return outside.attribute(owner.path, node.attr, self.machine) if isinstance(owner, Name) else UNKNOWN

    def _call(self, node: ast.Call, scope: Mapping[str, Any]) -> Any:
        function = self.value(node.func, scope)
        arguments = [self.value(each, scope) for each in node.args]
        if isinstance(function, Name):
            told = outside.answer(function.path, arguments, self.machine)
            return self._files.answer(function.path, arguments) if told is UNKNOWN else told
        return self._method(node, arguments, scope) if function is UNKNOWN else UNKNOWN

    def _method(self, node: ast.Call, arguments: list[Any], scope: Mapping[str, Any]) -> Any:
        """Return what a built-in function or a method of a known value gives."""
        match node.func:
            case ast.Name(id="bool") if len(node.args) == 1:
                truth = self.truth(node.args[0], scope)
                return UNKNOWN if truth is None else truth
            case ast.Name(id="hasattr") if len(arguments) > 1 and arguments[0] == Name("sys"):
                return False if str(arguments[1]).startswith("pypy") else UNKNOWN
            case ast.Attribute(value=owner, attr="get") if arguments and not node.keywords:
                table = self.value(owner, scope)
                if isinstance(table, dict) and arguments[0] is not UNKNOWN and _hashable(arguments[0]):
                    return table.get(arguments[0], arguments[1] if len(arguments) > 1 else None)
            case ast.Attribute(value=owner, attr=method) if not node.args and not node.keywords:
                path = self.value(owner, scope)
                if isinstance(path, Inside):
                    return self._files.method(path, method)
        match node.func:
            case ast.Attribute(value=owner, attr=method) if method in _TEXT_METHODS:
                text = self.value(owner, scope)
                if isinstance(text, str) and all(isinstance(each, str | tuple) for each in arguments):
                    return _tried(getattr(text, method), *arguments)
        return UNKNOWN

    def _compare(self, node: ast.Compare, scope: Mapping[str, Any]) -> Any:
        if len(node.ops) > 1:
            return UNKNOWN
        op, left, right = node.ops[0], self.value(node.left, scope), self.value(node.comparators[0], scope)
        if isinstance(right, Name) and isinstance(op, ast.In | ast.NotIn):
            held = outside.holds(right.path, left)
            return held if held is UNKNOWN else held is isinstance(op, ast.In)
        if isinstance(left, Name):
            return _compare_outside(op, left.path, right)
        if left is UNKNOWN or right is UNKNOWN or isinstance(right, Name):
            return UNKNOWN
        return _tried(_COMPARISONS[type(op)], left, right)

    def _bool(self, node: ast.BoolOp, scope: Mapping[str, Any]) -> Any:
        ends = isinstance(node.op, ast.Or)  # the truth at which the rest is not looked at
        unknown = False
        value: Any = UNKNOWN
        for each in node.values:
            value = self.value(each, scope)
            truth = _truth(value)  # not asked for again: that would double with every parenthesis
            if truth is ends:
                return ends if unknown else value
            unknown = unknown or truth is None
        return UNKNOWN if unknown else value

    def _sequence(self, node: ast.Tuple | ast.List, scope: Mapping[str, Any]) -> Any:
        values = [self.value(each, scope) for each in node.elts[: _MAX_ITEMS + 1]]
        # no sequences of sequences: what holds itself over and over takes for ever to compare
        if len(values) > _MAX_ITEMS or not all(isinstance(value, _SCALARS) for value in values):
            return UNKNOWN
        # an empty list is there to be filled
        return UNKNOWN if isinstance(node, ast.List) and not values else tuple(values)

    def _table(self, node: ast.Dict, scope: Mapping[str, Any]) -> Any:
        table = {}
        for key, value in zip(node.keys, node.values, strict=True):
            known = UNKNOWN if key is None else self.value(key, scope)
            if known is UNKNOWN or isinstance(known, Name) or not _hashable(known):
                return UNKNOWN
            table[known] = self.value(value, scope)
        return table

    def _item(self, node: ast.Subscript, scope: Mapping[str, Any]) -> Any:
        owner, key = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(owner, Name):
            return outside.item(owner.path, node.slice, key, self.machine)
        if key is UNKNOWN or isinstance(key, Name) or not _hashable(key):
            return UNKNOWN
        if isinstance(owner, dict):
            if key not in owner and isinstance(node.ctx, ast.Load):
                self.missing[node] = key
            return owner.get(key, UNKNOWN)
        return _tried(operator.getitem, owner, key) if isinstance(owner, str | tuple) else UNKNOWN

    def _arithmetic(self, node: ast.BinOp, scope: Mapping[str, Any]) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        match node.op, left, right:
            case ast.Add(), str(), str() if len(left) + len(right) <= _MAX_TEXT:
                return left + right
            case ast.Add(), tuple(), tuple() if len(left) + len(right) <= _MAX_ITEMS:
                return left + right
            case ast.Mult(), int(), int() if abs(left) <= _MAX_TEXT and abs(right) <= _MAX_TEXT:
                return left * right
        return divided(node.op, left, right)

    _BY_TYPE: ClassVar[Mapping[type, Callable[..., Any]]] = {
        ast.Attribute: _attribute,
        ast.BinOp: _arithmetic,
        ast.BoolOp: _bool,
        ast.Call: _call,
        ast.Compare: _compare,
        ast.Constant: _constant,
        ast.Dict: _table,
        ast.IfExp: _choice,
        ast.List: _sequence,
        ast.Name: _name,
        ast.Subscript: _item,
        ast.Tuple: _sequence,
        ast.UnaryOp: _not,
    }


def _truth(value: Any) -> bool | None:
    if isinstance(value, Name):
        return False if value.path in ENVIRONMENT else None
    return None if value is UNKNOWN else bool(value)


def _compare_outside(op: ast.cmpop, path: str, right: Any) -> Any:
    """Compare something outside of the script: Python's version, or what pip passes to the script."""
    if path == "sys.argv[]" and isinstance(right, str) and right.startswith("-"):
        return False if isinstance(op, ast.Eq) else True if isinstance(op, ast.NotEq) else UNKNOWN
    if path == "sys.version_info" and isinstance(right, tuple) and right and isinstance(right[0], int):
        newer = _tried(operator.le, right, (outside.PYTHON, outside.OLDEST_MINOR)) is True
        if not newer and right[0] == outside.PYTHON:
            return UNKNOWN
        return _tried(_COMPARISONS[type(op)], 1 if newer else -1, 0)
    return UNKNOWN


def _tried(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except (TypeError, ValueError, IndexError, KeyError):
        return UNKNOWN


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
