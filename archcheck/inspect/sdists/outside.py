"""What a setup.py is told about where it runs: by the standard library, the environment and pip."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PYTHON: Final = 3
OLDEST_MINOR: Final = 6
"""Every target's Python is newer than 3.6."""


class Unknown:
    """What nobody can tell without running the script."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Name(Struct, frozen=True):
    """A thing outside of the script, by its full name: `platform.machine`, however it was imported."""

    path: str


ENVIRONMENT = frozenset({"os.environ", "os.environb"})
"""Empty, as far as a script's own variables go."""
UNAMES = frozenset({"os.uname", "platform.uname"})
_ENVIRONMENT_CALLS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop"})
_MACHINE_CALLS = frozenset({"platform.machine", "platform.processor"})
_PLATFORM_CALLS = frozenset({"sysconfig.get_platform", "distutils.util.get_platform"})
_FACTS: Mapping[str, Any] = {
    "os.name": "posix",
    "os.sep": "/",
    "sys.platform": "linux",
    "sys.byteorder": "little",
    "sys.maxsize": 2**63 - 1,
    "sys.implementation.name": "cpython",
    "sys.version_info.major": PYTHON,
    "six.PY2": False,
    "six.PY3": True,
}
_CALLS: Mapping[str, Any] = {
    "platform.system": "Linux",
    "platform.python_implementation": "CPython",
    "platform.architecture": ("64bit", "ELF"),
}


def settled(value: Any) -> Any:
    """Return what is known of a thing outside of the script, else the thing itself."""
    return _FACTS.get(value.path, value) if isinstance(value, Name) else value


def attribute(path: str, name: str, machine: Callable[[], str]) -> Any:
    """Return what the attribute *name* of *path* is."""
    if name == "machine" and path.endswith("()") and path.removesuffix("()") in UNAMES:
        return machine()
    return settled(Name(f"{path}.{name}"))


def item(path: str, index: ast.expr, key: Any, machine: Callable[[], str]) -> Any:
    """Return what `path[index]` is, where *key* is the index's value."""
    if path.endswith("()") and path.removesuffix("()") in UNAMES:
        return machine() if key == 4 else UNKNOWN  # noqa: PLR2004 - POSIX: the fifth is the machine
    if path == "sys.version_info":
        return Name(path) if isinstance(index, ast.Slice) else PYTHON if key == 0 else UNKNOWN
    return Name("sys.argv[]") if path == "sys.argv" else UNKNOWN


def answer(path: str, arguments: list[Any], machine: Callable[[], str]) -> Any:
    """Return what a function of the standard library answers."""
    if path in _ENVIRONMENT_CALLS:
        return arguments[1] if len(arguments) > 1 else None
    if path in _MACHINE_CALLS:
        return machine()
    if path in _PLATFORM_CALLS:
        return f"linux-{machine()}"
    if path == "struct.calcsize" and arguments == ["P"]:
        return 8
    return Name(f"{path}()") if path in UNAMES else _CALLS.get(path, UNKNOWN)


def holds(path: str, value: Any) -> Any:
    """Return whether *path* holds *value*: no variable is set, and pip passes no option of a script's."""
    if path in ENVIRONMENT:
        return False
    return False if path == "sys.argv" and isinstance(value, str) and value.startswith("-") else UNKNOWN


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, Name]:
    """Return the names that an import gives, each with the full name of what it stands for."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {alias.asname or alias.name: Name(f"{module}.{alias.name}") for alias in node.names}
    found = {}
    for alias in node.names:
        top = alias.name.split(".")[0]
        found[alias.asname or top] = Name(alias.name if alias.asname else top)
    return found
