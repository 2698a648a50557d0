"""Whether a setup.py gets along without the compiled code that it names: three patterns in its tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from archcheck.setup_script import last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.setup_script import SetupScript

_BUILD_ONE = frozenset({"build_extension", "build_extensions"})
_BROAD = frozenset({"Exception", "BaseException", "CCompilerError", "CompileError", "DistutilsError"})


def fallback_sign(script: SetupScript, extensions: list[ast.Call]) -> str | None:
    """Return what shows that the *extensions* of *script* may fail to build, or None where nothing does."""
    if extensions and all(_is_optional(call) for call in extensions):
        return f"every extension in setup.py is marked optional (setup.py:{extensions[0].lineno})"
    if again := _sets_up_again(script):
        return f"setup.py sets up again without extensions where they fail to build (setup.py:{again.lineno})"
    if "cmdclass" in script.words and (handler := _swallows_failure(script)):
        return f"its build_ext goes on where an extension fails to build (setup.py:{handler.lineno})"
    return None


def _is_optional(call: ast.Call) -> bool:
    return any(
        keyword.arg == "optional" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )


def _sets_up_again(script: SetupScript) -> ast.ExceptHandler | None:
    """`try: run_setup(True) except BuildFailed: run_setup(False)`: MarkupSafe, SQLAlchemy and others.

    The second time must differ from the first: gevent's leaves out one extension of several.
    """
    functions = script.of(ast.FunctionDef)
    names = {"setup"} | {function.name for function in functions if _calls(function.body) & {"setup"}}
    for node in script.of(ast.Try):
        first = _calls_of(node.body, names)
        for handler in node.handlers if first else ():
            again = _calls_of(handler.body, names)
            if again and (_differ(first, again) or _speaks_of_extensions(handler)):
                return handler
    return None


def _differ(first: list[ast.Call], again: list[ast.Call]) -> bool:
    return {ast.dump(call) for call in first}.isdisjoint(ast.dump(call) for call in again)


def _speaks_of_extensions(handler: ast.ExceptHandler) -> bool:
    """`del setup_args["ext_modules"]`, as coverage has it."""
    return any(isinstance(node, ast.Constant) and node.value == "ext_modules" for node in walk(handler))


def _swallows_failure(script: SetupScript) -> ast.ExceptHandler | None:
    """Return where a subclass of build_ext catches a failed compilation and goes on: PyYAML, msgpack."""
    commands = [
        node for node in script.of(ast.ClassDef) if any("build_ext" in last_name(base) for base in node.bases)
    ]
    handlers = (
        handler
        for command in commands
        for node in walk(command)
        if isinstance(node, ast.Try)
        for handler in node.handlers
        if _goes_on(handler) and _covers_compiling(node, handler)
    )
    return next(handlers, None)


def _covers_compiling(node: ast.Try, handler: ast.ExceptHandler) -> bool:
    called = _calls(node.body)
    return bool(called & _BUILD_ONE) or ("run" in called and _is_broad(handler))


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether the handler can end without raising or exiting; psycopg2's prints a hint and raises."""
    return not _leaves(handler.body) and "exit" not in _calls(handler.body)


def _leaves(body: Iterable[ast.stmt]) -> bool:
    """Whether *body* raises whichever way it takes."""
    for node in body:
        match node:
            case ast.Raise():
                return True
            case ast.If() if _leaves(node.body) and _leaves(node.orelse):
                return True
            case ast.With() if _leaves(node.body):
                return True
            case ast.Try() if _leaves(node.finalbody) or (
                _leaves(node.body) and all(_leaves(handler.body) for handler in node.handlers)
            ):
                return True
    return False


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(last_name(node) in _BROAD for node in walk(handler.type))


def _calls_of(body: Iterable[ast.AST], names: set[str]) -> list[ast.Call]:
    return [
        node
        for part in body
        for node in walk(part)
        if isinstance(node, ast.Call) and last_name(node.func) in names
    ]


def _calls(body: Iterable[ast.AST]) -> set[str]:
    return {last_name(node.func) for node in walk(*body) if isinstance(node, ast.Call)}
