"""What is broken, where that is, and that it is broken when it runs: else every mutant would seem to be noticed."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.mutation import core
from tests.mutation.mutants import mutants

DIFF = """\
diff --git a/archcheck/one.py b/archcheck/one.py
--- a/archcheck/one.py
+++ b/archcheck/one.py
@@ -3 +3,2 @@ def f():
-old
+new
+newer
@@ -9,2 +10,0 @@ def f():
-gone
-gone
@@ -20,0 +20 @@ def f():
+added
diff --git a/archcheck/two.py b/archcheck/two.py
--- a/archcheck/two.py
+++ /dev/null
@@ -1,2 +0,0 @@
-gone
-gone
diff --git a/archcheck/old.py b/archcheck/three.py
similarity index 90%
rename from archcheck/old.py
rename to archcheck/three.py
--- a/archcheck/old.py
+++ b/archcheck/three.py
@@ -7 +7 @@
-old
+new
"""


def found(source):
    """Return what becomes of *source*: the function, and the change."""
    return {(each.where, each.was, each.now) for each in mutants(ast.parse(source), "module.py")}


def changes(source):
    return {(was, now) for _, was, now in found(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x < y", {("x < y", "x <= y")}),
        ("x is y", {("x is y", "x is not y")}),
        (
            "0 <= x < y",
            {("0 <= x < y", "0 < x < y"), ("0 <= x < y", "0 <= x <= y"), ("0 <= x < y", "1 <= x < y")},
        ),
        ("x and y", {("x and y", "x"), ("x and y", "y")}),
        ("x or y or z", {("x or y or z", "x or y"), ("x or y or z", "x or z"), ("x or y or z", "y or z")}),
        ("not x", {("not x", "x")}),
        ("-x", {("-x", "x")}),
        ("x + y", {("x + y", "x - y")}),
        ("x & y", {("x & y", "x | y")}),
        ("x * y", set()),
        ("return 1", {("return 1", "return 2")}),
        ("return False", {("return False", "return True")}),
        ("return 'words'", set()),
        ("return None", set()),
        ("return x, y", {("(x, y)", "(x,)"), ("(x, y)", "(y,)")}),
        ("return {x}", set()),
        ("return {x, y}", {("{x, y}", "{x}"), ("{x, y}", "{y}")}),
        ("return {x: y, **z}", {("{x: y, **z}", "{x: y}"), ("{x: y, **z}", "{**z}")}),
        ("return [x for x in y if x]", {("for x in y if x", "for x in y")}),
        ("return f(x, key=y)", {("key=y", "left out of f()")}),
        ("return min(x)", {("min(x)", "max(x)")}),
        ("return any(x)", {("any(x)", "all(x)")}),
        ("f(x)", {("f(x)", "pass")}),
        ("yield x", {("yield x", "pass")}),
        ("x += y", {("x += y", "pass")}),
        ("x = y", set()),
        ("x, y = y, x", {("(y, x)", "(y,)"), ("(y, x)", "(x,)")}),
        (
            "return x if y else z",
            {("x if y else z", "x if True else z"), ("x if y else z", "x if False else z")},
        ),
        ("if x:\n  return y", {("if x:", "if False:")}),
        ("if x:\n  return y\nelse:\n  return z", {("if x:", "if False:"), ("if x:", "if True:")}),
        ("match x:\n  case y if z:\n    pass", {("case y if z:", "case y:")}),
        ("return 1 << 30", set()),
        ("return 65536", set()),
    ],
)
def test_what_a_line_becomes(source, expected):
    body = source.replace("\n", "\n  ")
    assert changes(f"def function():\n  {body}") == expected


@pytest.mark.parametrize(
    "source",
    [
        "'''Words of 2.'''",
        "x: tuple[int, str]",
        "def f(x: int = y) -> tuple[int, str]: return x",
        "if TYPE_CHECKING:\n  import x",
        "__all__ = ['a', 'b']",
        "X = Literal['a', 'b']",
        "class X(Struct, frozen=True): pass",
        "@cache(maxsize=3)\ndef f(): return x",
    ],
)
def test_what_does_nothing_when_it_runs_is_left_alone(source):
    assert changes(source) == set()


def test_where_it_is():
    source = (
        "A = 1\nclass B:\n  C = 2\n  def d(self):\n    def e():\n      return 3\n    return e() + 4\nprint(5)"
    )
    assert {(where, was) for where, was, _ in found(source)} == {
        ("A", "A = 1"),
        ("B.C", "C = 2"),
        ("B.d.e", "return 3"),
        ("B.d", "e() + 4"),
        ("module", "print(5)"),
    }


def test_its_lines_are_those_of_what_is_changed():
    source = "def f():\n  return (\n    x,\n    not\n    y,\n  )"
    lines = {(each.now, *each.lines) for each in mutants(ast.parse(source), "module.py")}
    assert lines == {("(not y,)", 3), ("(x,)", 4, 5), ("y", 4, 5)}


@pytest.mark.parametrize(("was", "answer"), [("x < 2", [True]), ("return x < 2", [])])
def test_the_change_is_in_the_tree_that_runs(was, answer):
    source = "def f(x):\n  return x < 2"
    answers = []
    for each in mutants(ast.parse(source), "module.py"):
        if each.was == was:
            scope = {}
            exec(compile(each.apply(), "module.py", "exec"), scope)
            answers.append(scope["f"](2))
    assert answers[:1] == answer


def test_the_lines_that_a_diff_adds():
    assert core.lines_of(DIFF) == {"archcheck/one.py": {3, 4, 20}, "archcheck/three.py": {7}}


def test_the_core_is_where_it_is_looked_for():
    modules = core.modules()
    assert any("rules" in path for path in modules)
    assert all((core.ROOT / path).is_file() for path in modules)
    assert all(tests and all((core.ROOT / each).exists() for each in tests) for tests in modules.values())


RUN = """
from tests.mutation.__main__ import in_modules, run
path = "archcheck/resolve/finder.py"
both = [each for each in in_modules([path]) if each.was == "versions or Versions()"]
raise SystemExit(run(both, {path: ["tests/resolve/test_finder.py"]}))
"""


def test_one_that_is_noticed_and_one_that_nobody_can_notice():
    """The finder makes its own `Versions` where none are given: it needs them, but not those."""
    command = [sys.executable, "-c", RUN]
    done = subprocess.run(command, cwd=core.ROOT, capture_output=True, text=True, check=False)
    survived, count = done.stdout.splitlines()
    assert survived.endswith("Finder.__init__: versions or Versions()  →  Versions()")
    assert (count, done.stderr, done.returncode) == ("1 survived", "", 1)


def test_tests_that_fail_of_themselves_tell_nothing():
    command = [sys.executable, "-c", RUN.replace("test_finder", "test_none")]
    done = subprocess.run(command, cwd=core.ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr.endswith("with archcheck/resolve/finder.py as it is, its tests fail\n")


def test_a_base_that_is_none():
    command = [sys.executable, "-m", "tests.mutation", "--base", "no-such-revision"]
    done = subprocess.run(command, cwd=core.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot tell what to break" in done.stderr
