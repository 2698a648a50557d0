"""What of a setup.py runs on one machine: the branches that are for others are cut off its tree.

Many scripts name extensions that pip never builds (charset-normalizer's and black's are for those who set a
variable), mark them optional by a variable (wrapt, SQLAlchemy), or stop on a processor that they do not know
(ibm_db). Nothing is run: statements are followed in order with what is known of each name, see `Evaluator`.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from archcheck.inspect.sdists.bindings import bound, changed, declared_global, set_by_statements, stored
from archcheck.inspect.sdists.cut import Cut
from archcheck.inspect.sdists.evaluation import Evaluator, TooMuch
from archcheck.inspect.sdists.outside import UNKNOWN, Name, imported
from archcheck.inspect.sdists.script_paths import Inside
from archcheck.setup_script import SetupScript, children, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ENDS = frozenset({"sys.exit", "os._exit", "exit", "quit"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Stop(Struct, frozen=True, kw_only=True):
    """A place at which a setup.py gives up on this machine and does not on x86_64."""

    line: int
    what: str


class Reachable(Struct, frozen=True, kw_only=True):
    """What runs there: the script without the rest, and where it gives up for the machine's sake."""

    script: SetupScript
    stops: tuple[Stop, ...] = ()


def reachable(script: SetupScript, machines: Iterable[str], names: Iterable[str]) -> list[Reachable]:
    """Return what of *script* runs on each of *machines*, in a folder with the files *names*.

    Where the script does not ask for the machine, all of them share one value.
    """
    files = frozenset(names)
    try:
        there = _Walk(Evaluator("x86_64", files), script)
        everywhere = Reachable(script=there.cut())
    except (TooMuch, RecursionError):  # x86_64 is what the others are compared with
        return [Reachable(script=script) for _ in machines]
    return [
        everywhere if machine == "x86_64" or not there.asked else _reachable(script, machine, files, there)
        for machine in machines
    ]


def _reachable(script: SetupScript, machine: str, files: frozenset[str], there: _Walk) -> Reachable:
    """Return what runs on *machine*, which the script asks for; *there* is how it goes on x86_64."""
    try:
        here = _Walk(Evaluator(machine, files), script)
        tree = here.cut()
    except (TooMuch, RecursionError):
        return Reachable(script=script)
    stops = (here.stops[node] for node in here.stops if node not in there.stops)
    return Reachable(script=tree, stops=tuple(sorted(stops, key=lambda stop: stop.line)))


class _Walk:
    """One walk over a module. `decided` are the tests whose outcome is known, `stops` where it gives up."""

    def __init__(self, evaluator: Evaluator, script: SetupScript) -> None:
        self.decided: dict[ast.AST, bool] = {}
        self.constants: dict[ast.AST, Any] = {}
        self.stops: dict[ast.AST, Stop] = {}
        self._evaluator = evaluator
        self.dead: set[ast.AST] = set()
        self._certain = True
        self._caught = False
        self._script = script
        self._changed = changed(script)
        self._globals = declared_global(script)
        self._set_on_the_way = set_by_statements(script)
        self._module()

    @property
    def asked(self) -> bool:
        """Whether any of it depends on the machine."""
        return self._evaluator.asked

    def cut(self) -> SetupScript:
        """Return the script without what does not run; itself where all of it does."""
        tree = Cut(self.dead, self.decided, self.constants).visit(self._script.tree)
        return self._script if tree is self._script.tree else SetupScript(tree=tree)

    def _module(self) -> None:
        """Follow the module's own statements, then those of its functions and classes."""
        scope: dict[str, Any] = {"__file__": Inside("setup.py")}
        self._follow(self._script.tree.body, scope)
        self._certain = False
        stable, expected = self._stable(scope), _called_under_guard(self._script)
        for node in self._script.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._evaluator.spend(len(stable))
                self._caught = node.name in expected
                self._follow(node.body, stable | dict.fromkeys(bound(node), UNKNOWN))

    def _stable(self, scope: dict[str, Any]) -> dict[str, Any]:
        """Return what names stand for throughout: those that the module sets in one place alone."""
        counts = Counter(node.id for node in self._script.of(ast.Name) if type(node.ctx) is ast.Store)
        return {name: value for name, value in scope.items() if counts[name] <= 1}

    def _follow(self, body: list[ast.stmt], scope: dict[str, Any]) -> bool:
        """Follow *body*; return whether what stands after it is reached."""
        for position, node in enumerate(body):
            if not self._statement(node, scope):
                self.dead.update(body[position + 1 :])
                return False
        return True

    def _statement(self, node: ast.stmt, scope: dict[str, Any]) -> bool:
        """Follow one statement; return whether what stands after it is reached."""
        match node:
            case ast.If():
                return self._if(node, scope)
            case ast.Try():
                return self._try(node, scope)
            case ast.With() | ast.AsyncWith():
                return self._with(node, scope)
            case ast.Raise():
                self._stop(node, f"raises {_shown(node.exc)}" if node.exc else "raises")
            case ast.For() | ast.AsyncFor() | ast.While():
                self._look_at(node.test if isinstance(node, ast.While) else node.iter, scope)
                self._evaluator.spend(len(scope))
                scope.update(dict.fromkeys(stored([node]), UNKNOWN))
                self._ways([(node.body, scope), (node.orelse, scope)], scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                scope[node.name] = UNKNOWN
            case ast.Import() | ast.ImportFrom():
                scope.update(imported(node))
            case _:
                return self._simple(node, scope)
        return not isinstance(node, ast.Raise)

    def _try(self, node: ast.Try, scope: dict[str, Any]) -> bool:
        """Follow a try: where its body is left by an exception, what it sets may be set or not."""
        left = {**scope, **dict.fromkeys(stored(node.body), UNKNOWN)}
        caught, self._caught = self._caught, bool(node.handlers)
        ends = self._ends([([*node.body, *node.orelse], scope)])
        self._caught = caught
        ends += self._ends([(handler.body, left) for handler in node.handlers])
        self._merge(ends, scope)
        return self._follow(node.finalbody, scope) and bool(ends)

    def _with(self, node: ast.With | ast.AsyncWith, scope: dict[str, Any]) -> bool:
        """Follow a with: what it enters may swallow exceptions, so nothing in it is certain to matter."""
        for item in node.items:
            self._look_at(item.context_expr, scope)
        scope.update(dict.fromkeys(stored(node.items), UNKNOWN))
        certain, self._certain = self._certain, False
        goes_on = self._follow(node.body, scope)
        self._certain = certain
        return goes_on

    def _simple(self, node: ast.stmt, scope: dict[str, Any]) -> bool:
        """Follow a statement without others in it: what it sets is known from there on."""
        self._look_at(node, scope)
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                scope[name] = self._kept(name, self._evaluator.value(value, scope))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                scope[name] = self._kept(name, self._evaluator.value(value, scope))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=index)], value=value):
                self._set_item(name, index, value, scope)
            case ast.Return() | ast.Continue() | ast.Break():
                return False
            case ast.Expr(value=ast.Call(func=function)):
                called = self._evaluator.value(function, scope)
                path = called.path if isinstance(called, Name) else last_name(function)
                if path in _ENDS:
                    self._stop(node, f"calls {path}()")
                    return False
            case _:
                scope.update(dict.fromkeys(stored([node]), UNKNOWN))
        return True

    def _set_item(self, name: str, index: ast.expr, value: ast.expr, scope: dict[str, Any]) -> None:
        table, key = scope.get(name), self._evaluator.value(index, scope)
        if not isinstance(table, dict):
            return
        if key is UNKNOWN or isinstance(key, Name | dict):
            scope[name] = UNKNOWN
        else:
            self._evaluator.spend(len(table))
            scope[name] = table | {key: self._evaluator.value(value, scope)}

    def _kept(self, name: str, value: Any) -> Any:
        if name in self._globals or (isinstance(value, dict) and name in self._changed):
            return UNKNOWN
        return value

    def _if(self, node: ast.If, scope: dict[str, Any]) -> bool:
        self._look_at(node.test, scope)
        truth = self._evaluator.truth(node.test, scope)
        if truth is None:
            return self._ways([(node.body, scope), (node.orelse, scope)], scope)
        self.decided[node] = truth
        return self._follow(node.body if truth else node.orelse, scope)

    def _ways(self, ways: list[tuple[list[ast.stmt], dict[str, Any]]], scope: dict[str, Any]) -> bool:
        """Follow each of several ways, and keep what they agree on; return whether one of them goes on."""
        ends = self._ends(ways)
        self._merge(ends, scope)
        return bool(ends)

    def _ends(self, ways: list[tuple[list[ast.stmt], dict[str, Any]]]) -> list[dict[str, Any]]:
        """Return what is known at the end of each way, each begun with what is known before it."""
        certain, self._certain = self._certain, False
        ends = []
        for way, before in ways:
            self._evaluator.spend(len(before))
            end = dict(before)
            if self._follow(way, end):
                ends.append(end)
        self._certain = certain
        return ends

    def _merge(self, ends: list[dict[str, Any]], scope: dict[str, Any]) -> None:
        for name in {name for end in ends for name in end}:
            values = [end.get(name, UNKNOWN) for end in ends]
            scope[name] = values[0] if all(_same(values[0], each) for each in values) else UNKNOWN

    def _look_at(self, node: ast.AST, scope: Mapping[str, Any]) -> None:
        """Look at the expressions in *node* for what is decided there, and for what it stumbles over."""
        waiting: list[ast.AST] = [node]
        while waiting:
            each = waiting.pop()
            if isinstance(each, _COMPREHENSIONS):
                self._look_into(each, scope)
            elif not isinstance(each, _SCOPES):  # a lambda runs at another time
                waiting += self._looked_at(each, scope)

    def _looked_at(self, node: ast.AST, scope: Mapping[str, Any]) -> Iterable[ast.AST]:
        """Look at *node* itself, and return the parts of it that are reached for certain."""
        match node:
            case ast.IfExp(test=test) if (truth := self._evaluator.truth(test, scope)) is not None:
                self.decided[node] = truth
                return test, node.body if truth else node.orelse
            case ast.BoolOp():
                return node.values[:1]  # the rest may never be asked
            case ast.Name(id=name, ctx=ast.Load()):
                self._undefined(node, name, scope)
            case ast.keyword(arg="optional", value=value):
                self.constants[value] = self._evaluator.value(value, scope)
            case ast.Subscript(ctx=ast.Load()):
                self._lookup(node, scope)
        return children(node)

    def _look_into(self, node: ast.AST, scope: Mapping[str, Any]) -> None:
        """Look into a comprehension, which has names of its own and may run not once."""
        certain, self._certain = self._certain, False
        self._evaluator.spend(len(scope))
        inside = {**scope, **dict.fromkeys(stored([node]), UNKNOWN)}
        for child in children(node):
            self._look_at(child, inside)
        self._certain = certain

    def _undefined(self, node: ast.Name, name: str, scope: Mapping[str, Any]) -> None:
        if self._certain and name not in scope and name in self._set_on_the_way:
            what = f"uses {name}, which it sets for other machines alone"
            self.stops[node] = Stop(line=node.lineno, what=what)

    def _lookup(self, node: ast.Subscript, scope: Mapping[str, Any]) -> None:
        self._evaluator.value(node, scope)
        if node in self._evaluator.missing and not self._caught:
            what = f"looks up {self._evaluator.missing[node]!r:.80}, which its table does not have"
            self.stops[node] = Stop(line=node.lineno, what=what)

    def _stop(self, node: ast.stmt, what: str) -> None:
        if self._certain:
            self.stops[node] = Stop(line=node.lineno, what=what)


def _called_under_guard(script: SetupScript) -> frozenset[str]:
    """Return what is called where exceptions are caught: that it raises is foreseen."""
    return frozenset(
        last_name(part.func)
        for node in script.of(ast.Try)
        if node.handlers
        for part in walk(*node.body)
        if isinstance(part, ast.Call)
    )


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one is other or (one is not UNKNOWN and one == other))


def _shown(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return last_name(called) or "an exception"
