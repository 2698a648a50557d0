from __future__ import annotations

import re

import pytest

from archcheck.errors import UsageError
from archcheck.judge import rule_texts
from archcheck.judge.findings import NAMES
from archcheck.report.layout import View
from archcheck.report.sections.explain import explain

CODES = [f"AC{number:03}" for number in range(1, 17)]


def test_every_rule_has_its_text_under_its_own_name():
    assert {rule.code: rule.name for rule in rule_texts.rules()} == NAMES
    assert [rule.code for rule in rule_texts.rules()] == CODES


@pytest.mark.parametrize("code", CODES)
def test_texts_are_whole(code):
    rule = rule_texts.rule(code)
    assert rule.actions
    assert set(rule.see) <= set(CODES) - {code}
    for text in (rule.meaning, rule.cause, *(action.text for action in rule.actions)):
        assert text.strip().endswith(".")
        assert "!" not in text
    assert not rule.title.endswith(".")
    assert all(re.fullmatch(r"[\w-]+#\d+|PEP \d+", source) for source in rule.sources)


@pytest.mark.parametrize("code", CODES)
def test_every_width_holds(code):
    for width in range(40, 201):
        assert all(len(line) <= width for line in explain(code, View(width=width)).splitlines())


def test_code_and_name_mean_the_same_in_either_case():
    assert explain("ac002", View()) == explain("AC002", View()) == explain("Build-Required", View())


def test_colour_only_when_asked_for():
    plain, coloured = explain("AC001", View()), explain("AC001", View(color=True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain != coloured


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AC02", "did you mean .*AC002"),
        ("libc-to-new", "did you mean libc-too-new"),
        ("?", "they are AC001 to AC016"),
        ("", "they are"),
    ],
)
def test_an_unknown_code_is_an_error_with_a_hint(code, hint):
    with pytest.raises(UsageError, match=hint):
        explain(code, View())
