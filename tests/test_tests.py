"""The tests themselves: none looks at a clock, and none hangs its result on a short patience.

Either fails on a machine that is busy. What must be quick is counted; what must come is waited for with
`tests/patience.py`, which has the only patience there is.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
ENOUGH = 60.0
"""Seconds: whoever waits for longer waits for a hang to end, not for something to be quick."""

CLOCKS = {"time", "timeit", "sched", "resource"}
CLOCK_CALLS = {
    "asyncio.sleep",
    "threading.Timer",
    "signal.alarm",
    "signal.setitimer",
    "os.times",
    "datetime.now",
}
FIRST_IS_PATIENCE = {"result", "exception", "join", "wait", "communicate", "settimeout"}
PATIENCES = {"timeout", "deadline", "patience"}

# What is no test: it records what tests are held against.
RECORDERS = {TESTS / "record.py", *TESTS.glob("recording/*.py"), *TESTS.glob("oracle/record_*.py")}
EXCEPTIONS = {
    "patience.py",  # the patience itself
    "test_tests.py",  # has examples of all that is found
    "fuzzing/__main__.py",  # measures by hand what many damaged files take
    "mutation/running.py",  # ends the mutants that would run for ever
}


def faults(source: str) -> list[str]:
    """Return where *source* looks at a clock or has little patience, each with its line."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = [
        f"{node.lineno}: {what}"
        for node in ast.walk(tree)
        for what in (*clocks(node), *patiences(node, constants), *programs(node))
    ]
    return sorted(found, key=lambda each: int(each.partition(":")[0]))


def clocks(node: ast.AST) -> Iterator[str]:
    """Yield the clocks that *node* imports or calls."""
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [each.name for each in node.names]
    elif isinstance(node, ast.ImportFrom) and [each.name for each in node.names] != ["tzset"]:
        modules = [node.module or ""]
    yield from (f"imports {module}" for module in modules if module in CLOCKS)
    if isinstance(node, ast.Call):
        name = ".".join(ast.unparse(node.func).split(".")[-2:])
        if name in CLOCK_CALLS:
            yield f"calls {name}"


def patiences(node: ast.AST, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield what *node* waits for too short a time; *constants* are those of its module."""
    for name, value in told(node):
        constant = constants.get(value.id) if isinstance(value, ast.Name) else value
        seconds = constant.value if isinstance(constant, ast.Constant) else None
        if name == "--timeout" and isinstance(seconds, str) and seconds.replace(".", "", 1).isdigit():
            seconds = float(seconds)
        if isinstance(seconds, (int, float)) and (seconds < ENOUGH or name == "deadline"):
            yield f"{name} of {seconds:g}"


def told(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what is said for how long to wait: as an argument, a default, a value by name or an option."""
    if isinstance(node, ast.Call):
        yield from ((each.arg, each.value) for each in node.keywords if each.arg in PATIENCES)
        if isinstance(node.func, ast.Attribute) and node.func.attr in FIRST_IS_PATIENCE and node.args:
            yield node.func.attr, node.args[0]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        said = node.args
        places, defaults = [*said.posonlyargs, *said.args][::-1], said.defaults[::-1]
        named = [*zip(places, defaults, strict=False), *zip(said.kwonlyargs, said.kw_defaults, strict=True)]
        yield from ((each.arg, value) for each, value in named if value and each.arg in PATIENCES)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in PATIENCES:
                yield str(key.value), value
    arguments = node.elts if isinstance(node, (ast.Tuple, ast.List)) else getattr(node, "args", ())
    if isinstance(arguments, list):
        for option, value in pairwise(arguments):
            if isinstance(option, ast.Constant) and option.value == "--timeout":
                yield "--timeout", value


def programs(node: ast.AST) -> Iterator[str]:
    """Yield the faults of the program in a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
        try:
            yield from (f"in a program, line {each}" for each in faults(node.value))
        except (SyntaxError, ValueError):
            return


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "datetime.now(UTC)",
        "await asyncio.sleep(0.1)",
        "future.result(1)",
        "thread.join(5)",
        "process.communicate(timeout=10)",
        "subprocess.run([], timeout=30.0)",
        "_PATIENCE = 30\nprocess.wait(_PATIENCE)",
        "settings(deadline=200)",
        "def opened(*, timeout=1.0): ...",
        "def opened(mode, timeout=1.0): ...",
        "Access(**{'timeout': 0.3})",
        "archcheck('-', '--timeout', '0.5')",
        "ARGUMENTS = ('-', '--timeout', '5')",
        "CODE = '''import time\ntime.sleep(1)'''",
    ],
)
def test_what_is_found(source: str) -> None:
    assert len(faults(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "future.result()",
        "future.result(PATIENCE)",
        "', '.join(names)",
        "','.join('12')",
        "Path('a').joinpath('b')",
        "settings(deadline=None)",
        "subprocess.run([], timeout=60)",
        "def opened(mode, timeout): ...",
        "archcheck('-', '--timeout', '-1')",
        "archcheck('-', '--timeout', 'soon')",
        "'an important text: time'",
    ],
)
def test_what_is_not(source: str) -> None:
    assert faults(source) == []


def test_no_test_has_a_clock_or_little_patience() -> None:
    found = {
        path.relative_to(TESTS).as_posix(): here
        for path in TESTS.rglob("*.py")
        if path not in RECORDERS and (here := faults(path.read_text(encoding="utf-8")))
    }
    assert {name: here for name, here in found.items() if name not in EXCEPTIONS} == {}
    assert {name for name in EXCEPTIONS if (TESTS / name).exists()} <= found.keys(), "no exception any more"
