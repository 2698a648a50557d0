"""Whether a setup.py gets along without the compiled code that it names: three patterns in its tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from archcheck.setup_script import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.setup_script import SetupScript

_BUILD_ONE = frozenset({"build_extension", "build_extensions"})
_BROAD = frozenset({"Exception", "BaseException", "CCompilerError", "CompileError", "DistutilsError"})


def fallback_sign(script: SetupScript, extensions: list[ast.Call]) -> str | None:
    """Return what shows that the *extensions* of *script* may fail to build, or None where nothing does."""
    if extensions and all(_is_optional(call) for call in extensions):
        return "every extension in setup.py is marked optional"
    if _sets_up_again(script):
        return "setup.py sets up again without extensions where they fail to build"
    if "cmdclass" in script.words and _swallows_failure(script):
        return "its build_ext goes on where an extension fails to build"
    return None


def _is_optional(call: ast.Call) -> bool:
    return any(
        keyword.arg == "optional" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )


def _sets_up_again(script: SetupScript) -> bool:
    """`try: run_setup(True) except BuildFailed: run_setup(False)`: MarkupSafe, SQLAlchemy and others."""
    functions = [node for node in script.nodes if isinstance(node, ast.FunctionDef)]
    names = {"setup"} | {function.name for function in functions if _calls(function.body) & {"setup"}}
    return any(
        _calls(node.body) & names and any(_calls(handler.body) & names for handler in node.handlers)
        for node in script.nodes
        if isinstance(node, ast.Try)
    )


def _swallows_failure(script: SetupScript) -> bool:
    """Whether a subclass of build_ext catches a failed compilation and goes on: PyYAML, msgpack."""
    commands = [
        node
        for node in script.nodes
        if isinstance(node, ast.ClassDef) and any("build_ext" in last_name(base) for base in node.bases)
    ]
    return any(
        _goes_on(handler) and _covers_compiling(node, handler)
        for command in commands
        for node in ast.walk(command)
        if isinstance(node, ast.Try)
        for handler in node.handlers
    )


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
    return handler.type is None or any(last_name(node) in _BROAD for node in ast.walk(handler.type))


def _calls(body: Iterable[ast.AST]) -> set[str]:
    return {last_name(n.func) for part in body for n in ast.walk(part) if isinstance(n, ast.Call)}
