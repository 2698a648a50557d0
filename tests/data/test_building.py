"""Which system packages bring what building an sdist takes."""

from __future__ import annotations

import pytest

from archcheck.data.building import install, needed


@pytest.mark.parametrize(
    ("takes", "manager", "build", "run", "unknown"),
    [
        (["a C compiler"], "yum", ("gcc",), (), ()),
        (["pg_config (setup.py:35)", "libpq with its headers"], "apt-get", ("libpq-dev",), ("libpq5",), ()),
        (["Rust (cargo)"], "yum", (), (), ("Rust (cargo)",)),  # Amazon Linux 2 has it in a topic alone
        (["pg_configure"], "apk", (), (), ("pg_configure",)),
        ([], "dnf", (), (), ()),
    ],
)
def test_by_what_the_source_says(takes, manager, build, run, unknown):
    found = needed(takes, manager)
    assert (found.build, found.run, found.unknown) == (build, run, unknown)


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt-get", "apt-get update && apt-get install -y --no-install-recommends a b"),
        ("apk", "apk add --no-cache a b"),
        ("dnf", "dnf install -y a b"),
    ],
)
def test_as_each_manager_is_called(manager, line):
    assert install(["a", "b"], manager) == line
