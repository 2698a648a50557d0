"""Breaks archcheck in one place at a time, and sees whether a test that is no snapshot notices.

`python -m tests.mutation [PART…]` drops each rule, each level of each platform tag and each marker variable in
turn, runs the tests named for it in a process of its own, and prints which mutants survive: exit code 1 if any
does. PART is `rules`, `tags` or `markers`. Takes about four minutes.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

import archcheck
from archcheck.judge import rules
from archcheck.platforms import machines
from archcheck.platforms.machines import Libc, Machine
from archcheck.platforms.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TAG_TESTS = ("tests/test_targets.py::test_tags_are_those_that_packaging_finds_on_such_a_machine",)
MARKER_TESTS = (
    "tests/test_targets.py::test_the_environment_is_the_one_that_packaging_finds_on_such_a_machine",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One thing that is dropped, and the tests of which one has to notice."""

    part: str
    name: str
    apply: Callable[[], None]
    tests: tuple[str, ...]


def mutants() -> Iterator[Mutant]:
    """Give every mutant."""
    for rule in (*rules.RULES, *rules.SET_RULES):
        tests = (f"tests/judge/rules/test_{rule.__module__.rpartition('.')[2]}.py",)
        yield Mutant(part="rules", name=rule.__name__, apply=without_rule(rule.__name__), tests=tests)
    for tag in sorted(all_platform_tags()):
        yield Mutant(part="tags", name=tag, apply=without_tag(tag), tests=TAG_TESTS)
    for variable in ENVIRONMENT:
        yield Mutant(part="markers", name=variable, apply=without_variable(variable), tests=MARKER_TESTS)


def all_platform_tags() -> set[str]:
    """Return every platform tag of any target's libc, up to the newest that a base has."""
    libcs = (Libc(family="glibc", major=2, minor=41), Libc(family="musl", major=1, minor=2))
    return {
        tag
        for libc in libcs
        for architecture in machines.ARCHITECTURES
        for tag in machines.platform_tags(libc, architecture)
    }


def without_rule(name: str) -> Callable[[], None]:
    """Return what takes the rule *name* out of every list of them."""

    def apply() -> None:
        for table in ("RULES", "SET_RULES"):
            whole = getattr(rules, table)
            left = tuple(rule for rule in whole if rule.__name__ != name)
            for module in list(sys.modules.values()):
                if getattr(module, table, None) is whole:
                    setattr(module, table, left)

    return apply


def without_tag(name: str) -> Callable[[], None]:
    """Return what makes no machine take wheels of the platform *name*."""
    whole = machines.platform_tags

    def apply() -> None:
        machines.platform_tags = lambda *about: (tag for tag in whole(*about) if tag != name)

    return apply


_whole_environment = Machine.environment.func
ENVIRONMENT: Mapping[str, str] = _whole_environment(parse_target("lambda:python3.13").on("aarch64"))


def without_variable(name: str) -> Callable[[], None]:
    """Return what makes machines leave the marker variable *name* to the host."""

    def environment(machine: Machine) -> dict[str, str]:
        return {key: value for key, value in _whole_environment(machine).items() if key != name}

    def apply() -> None:
        dropped = cached_property(environment)
        dropped.__set_name__(Machine, "environment")
        Machine.environment = dropped  # type: ignore[assignment]

    return apply


def survives(mutant: Mutant) -> bool:
    """Return whether all its tests pass in a process that has the *mutant* in it."""
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        mutant.apply()
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *mutant.tests])))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != pytest.ExitCode.TESTS_FAILED


def main(parts: list[str]) -> int:
    """Print killed or survived for each mutant of *parts* (of all, where none is named)."""
    for found in pkgutil.walk_packages(archcheck.__path__, "archcheck."):
        with contextlib.suppress(ImportError):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    alive = []
    for mutant in mutants():
        if parts and mutant.part not in parts:
            continue
        if survives(mutant):
            alive.append(mutant)
        print("survived" if mutant in alive else "killed  ", mutant.part, mutant.name, flush=True)
    print(f"{len(alive)} survived")
    return int(bool(alive))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
