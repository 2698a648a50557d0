"""Which distributions the modules of a code folder import, by the names of their packages. Nothing is run.

Asked where nothing else says what is installed: `import numpy` in a function without requirements is told by
nobody's file, and yet somebody puts numpy there.
"""

from __future__ import annotations

import ast
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from archcheck.deployables.contents.files import code_files
from archcheck.deployables.model import Stated
from archcheck.deployables.tree import folder_of
from archcheck.manifest.manifest import Location
from archcheck.setup_script import parse_setup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

_MOST_MODULES: Final = 500
_MOST_FOUND: Final = 50
_FOR_TESTS: Final = frozenset({"test", "tests", "conftest.py", "noxfile.py", "setup.py"})
# What is in one of Python 3.8 to 3.15 and not in all: the answer is the same on whatever runs archcheck.
# fmt: off
_STANDARD: Final = sys.stdlib_module_names | {
    "_bootlocale", "aifc", "annotationlib", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb",
    "chunk", "compression", "crypt", "distutils", "dummy_threading", "formatter", "imghdr", "imp", "lib2to3",
    "macpath", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "parser", "pipes", "profiling", "smtpd",
    "sndhdr", "spwd", "sunau", "symbol", "telnetlib", "tomllib", "uu", "xdrlib", "zoneinfo",
}
# fmt: on
_RUNTIME: Final = frozenset(
    {
        "awslambdaric",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "s3transfer",
        "six",
        "snapshot_restore_py",
        "urllib3",
    }
)
"""What Lambda's Python runtimes bring: the AWS SDK with what it needs, and their own client."""


def imported_in(path: str, tree: Tree) -> tuple[Stated[str], ...]:
    """Return the names that the modules at *path*, a folder or a file of *tree*, import from elsewhere.

    That is neither the standard library nor Lambda's runtime, nor what is in the folder or in one above it,
    from which a repository's own code is imported as well. Each name comes with the first place. An import
    that may fail (`except ImportError`), or is for type checkers, does not count.
    """
    return tree.once(("imports", path), lambda: _imported_in(path, tree))


def _imported_in(path: str, tree: Tree) -> tuple[Stated[str], ...]:
    single = tree.is_file(path)
    paths = (path,) if single else code_files(path, tree).paths
    modules = [each for each in paths if each.endswith(".py") and not _is_for_tests(each, path)]
    folder = folder_of(path) if single else path
    own = {*_names(paths, folder), *_above(folder, tree)}
    found: dict[str, Stated[str]] = {}
    for module in modules[:_MOST_MODULES]:
        for name, line in _imports(module, tree):
            if name not in own and name not in _STANDARD and name not in _RUNTIME:
                found.setdefault(name, Stated(value=name, location=Location(path=module, line=line)))
    return tuple(found.values())[:_MOST_FOUND]


def imported_by(text: str, location: Location) -> tuple[Stated[str], ...]:
    """Return the names that the module *text*, which stands in the file at *location*, imports."""
    script = parse_setup(text)
    names = [name for name, _ in _in(script.tree)] if script is not None else []
    known = _STANDARD | _RUNTIME | {"cfnresponse"}  # which Lambda puts beside the code of a template alone
    foreign = [name for name in dict.fromkeys(names) if name not in known]
    return tuple(Stated(value=name, location=location) for name in foreign[:_MOST_FOUND])


def _is_for_tests(path: str, folder: str) -> bool:
    parts = path.removeprefix(f"{folder}/").split("/")
    return not _FOR_TESTS.isdisjoint(parts) or parts[-1].startswith("test_")


def _names(paths: tuple[str, ...], folder: str) -> Iterator[str]:
    """Yield the names under which what is at *paths* in *folder* may be imported: of modules and folders."""
    for path in paths:
        *folders, name = (path if folder == "." else path.removeprefix(f"{folder}/")).split("/")
        if name.endswith((".py", ".so")):
            yield name.partition(".")[0]
            yield from folders


def _above(folder: str, tree: Tree) -> Iterator[str]:
    """Yield the names of modules and packages beside the *folder*, and beside those that it is in.

    A folder without `__init__.py` is none: `requests/` may be a function of that name.
    """
    while folder != ".":
        folder = folder_of(folder)
        yield from tree.once(("modules", folder), partial(_modules, folder, tree))


def _modules(folder: str, tree: Tree) -> frozenset[str]:
    prefix = "" if folder == "." else f"{folder}/"
    names = tree.entries(folder)
    modules = {name.removesuffix(".py") for name in names if name.endswith(".py")}
    return frozenset(modules | {name for name in names if tree.is_file(f"{prefix}{name}/__init__.py")})


def _imports(path: str, tree: Tree) -> Iterator[tuple[str, int]]:
    try:
        text = tree.read(path).decode("utf-8", "replace")
    except (OSError, ValueError):
        return
    script = parse_setup(text)
    if script is not None:
        yield from _in(script.tree)


def _in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the top names that are imported in *tree*, each with its line."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import(names=names, lineno=line):
                yield from ((each.name.partition(".")[0], line) for each in names)
            case ast.ImportFrom(module=str(module), level=0, lineno=line):
                yield module.partition(".")[0], line
            case ast.Try(handlers=[_, *_]) if any(map(_catches_import, node.handlers)):
                waiting += reversed([*node.orelse, *node.finalbody])
            case ast.If() if _is_for_checkers(node.test):
                waiting += reversed(node.orelse)
            case _:
                waiting += reversed(list(ast.iter_child_nodes(node)))


def _catches_import(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {each.id for each in caught if isinstance(each, ast.Name)}
    return handler.type is None or not names.isdisjoint({"ImportError", "ModuleNotFoundError", "Exception"})


def _is_for_checkers(test: ast.expr) -> bool:
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"
