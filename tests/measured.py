"""What `make unit` counts as covered: what is reached by tests that say, for a fixed example, what they expect.

Not counted is what Hypothesis and the comparisons with installers walk through. Drawn examples differ from run to
run, and the figure would with them; and to trace thousands of cases took longer than to try them. Of the processes
that tests start, archcheck's own runs count and no others: pip takes twice as long when it is traced, for nothing.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


@cache
def coverage_variables() -> dict[str, str]:
    """Return the variables by which coverage begins in a process that has them; none where it is not measured.

    conftest.py asks first, and then takes them out of the environment that every process inherits.
    """
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS_")}


def mark_uncounted(items: list[pytest.Item]) -> None:
    """Give `no_cover`, at which pytest-cov pauses, to tests with drawn examples and to comparisons."""
    for item in items:
        compares = item.path.parent.name == "oracle" or item.path.name.startswith("test_same_as_")
        if compares or item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")
