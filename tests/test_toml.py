"""TOML of strangers: what is read, and what is refused before it would take minutes."""

from __future__ import annotations

import tomllib

import pytest
import tomli

from archcheck.toml import parse_toml

QUOTED, LITERAL = '"a\\"."', "'a'"


@pytest.mark.parametrize("text", ["", "a.b.c = 1\n", 'x = """' + "a." * 90 + '"""\n', "# " + "a. " * 90])
def test_as_tomllib_reads_it(text: str) -> None:
    assert parse_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize("part", ["a", QUOTED, LITERAL])
@pytest.mark.parametrize("text", ["{}.a = 1\n", "[{}.a]\n", "x = {{ {}.a = 1 }}\n"])
def test_endless_keys_are_refused_before_the_parser_sees_them(
    part: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its work grows with the square of their parts."""
    parsed: list[str] = []
    monkeypatch.setattr(tomli, "loads", parsed.append)
    with pytest.raises(ValueError, match="a key has over 100 parts"):
        parse_toml(text.format(" . ".join([part] * 200_000)))
    assert parsed == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a =", "not TOML: "), ("a = " + "9" * 5000, "not TOML: "), ("a = " + "[" * 9999, "nested too deeply")],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_toml(text)
