from __future__ import annotations

import re

import pytest

from archcheck.errors import UsageError
from archcheck.judge import rule_texts
from archcheck.report.layout import View
from archcheck.report.sections.explain import explain

CODES = [rule.code for rule in rule_texts.rules()]


def test_codes_are_numbered_and_names_their_own():
    assert all(re.fullmatch(r"AC[0-9]{3}", code) for code in CODES)
    assert sorted(set(CODES)) == CODES
    names = [rule.name for rule in rule_texts.rules()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)
    assert rule_texts.names() == dict(zip(CODES, names, strict=True))


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
@pytest.mark.no_cover
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
        ("AC0002", "did you mean "),
        ("libc-to-new", "did you mean libc-too-new"),
        ("?", f"they are AC001 to {CODES[-1]}"),
        ("", "they are"),
    ],
)
def test_an_unknown_code_is_an_error_with_a_hint(code, hint):
    with pytest.raises(UsageError, match=hint):
        explain(code, View())
