"""What `make unit` counts as covered: what is reached by tests that say, for a fixed example, what they expect.

Not counted is what Hypothesis and the comparisons with installers walk through. Drawn examples differ from run to
run, and the figure would with them; and to trace thousands of cases took longer than to try them. Nor is what many
cases reach again that a test of its own reaches first: random universes, whole sets, whatever a document shows. A
line that is traced takes twice as long. Of the processes that tests start, archcheck's own runs count and no
others: pip takes twice as long when it is traced, for nothing.
"""

from __future__ import annotations

import os
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import archcheck

if TYPE_CHECKING:
    import pytest


TESTS = Path(__file__).parent
FOLDERS = {"documents", "e2e", "mutation", "oracle"}
"""Whose tests run the program for what it says, on much that is recorded."""
FILES = {
    "cli/test_endless_files.py",  # a process for each place that a file can be named in
    "cli/test_recipes_run.py",  # printed commands, run
    "index/test_one_answer.py",  # random indexes, each asked eight times
    "resolve/test_fast_path.py",  # random universes beside resolvelib
    "resolve/test_replay.py",  # random universes, each searched twice
    "resolve/test_search.py",  # random universes beside resolvelib
    "test_formats.py",  # the sources of the program
    "test_layers.py",
    "test_tests.py",  # those of the tests
}
"""What else does; a test with many cases or long ones among others says `no_cover` itself."""


@cache
def coverage_variables() -> dict[str, str]:
    """Return the variables by which coverage begins in a process that has them; none where it is not measured.

    conftest.py asks first, and then takes them out of the environment that every process inherits.
    """
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS_")}


def import_all() -> None:
    """Import every module where coverage is measured: what a test that does not count imports first would not count."""
    if coverage_variables():
        for found in pkgutil.walk_packages(archcheck.__path__, "archcheck."):
            if not found.name.endswith("__main__"):
                import_module(found.name)


def mark_uncounted(items: list[pytest.Item]) -> None:
    """Give `no_cover`, at which pytest-cov pauses, to all that does not count."""
    for item in items:
        path = item.path.relative_to(TESTS)
        many = path.parts[0] in FOLDERS or path.as_posix() in FILES or path.name.startswith("test_same_as_")
        if many or item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")
