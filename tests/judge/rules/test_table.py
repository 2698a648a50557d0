"""The table of rules: each module stands in it, has a file of tests, and a text for each code that it gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archcheck.deployables import rules as deployed
from archcheck.judge import end_of_support, rule_texts, rules

FOLDER = Path(rules.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
OF_NO_SET = [Path(end_of_support.__file__), *Path(deployed.__file__).parent.glob("[!_]*.py")]
"""What finds something on a day, or on how a thing is built and deployed."""


def codes_in(module: str | Path) -> set[str]:
    """Return the codes that *module*, of the table where it is a name, gives to what it finds."""
    path = module if isinstance(module, Path) else FOLDER / f"{module}.py"
    return set(re.findall(r'"(AC\d{3})"', path.read_text(encoding="utf-8")))


def test_every_module_has_its_line():
    tabled = {rule.__module__.rpartition(".")[2] for rule in (*rules.RULES, *rules.SET_RULES)}
    assert sorted(tabled) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_tests(module):
    assert Path(__file__).with_name(f"test_{module}.py").exists()


@pytest.mark.parametrize("module", MODULES)
def test_every_code_has_its_text(module):
    assert codes_in(module)
    assert codes_in(module) <= rule_texts.names().keys()


def test_every_text_is_of_a_rule():
    assert rule_texts.names().keys() == set.union(*map(codes_in, [*MODULES, *OF_NO_SET]))
