"""The settings' schema for editors, held against the reader that decides."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest

from archcheck.settings.file import read_settings
from archcheck.settings.keys import KEYS, WORKLOAD
from tests.documents import settings_schema
from tests.settings.test_settings import EXAMPLE, REFUSED

SCHEMA = settings_schema.schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

# What is wrong with these only who knows targets, rules, versions and folders can say.
BEYOND = ("not TOML", "targets[0]: ", "outputs[0]: ", "ignore[0].rule: ", "ignore[0].version: ")


def seen(value: Any) -> Any:
    """Return a document as editors of TOML hand it to a schema: dates are texts."""
    match value:
        case dict():
            return {key: seen(each) for key, each in value.items()}
        case list():
            return [seen(each) for each in value]
        case date():
            return value.isoformat()
    return value


def test_it_is_a_schema_with_every_key():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {key.name for key in KEYS} | {"workload", "ignore", "assume"}
    assert set(SCHEMA["properties"]["workload"]["properties"]) == {key.name for key in WORKLOAD}
    assert [name for name, each in SCHEMA["properties"].items() if not each.get("description")] == []


def test_the_documented_example_is_valid():
    table = seen(tomllib.loads(EXAMPLE)["tool"]["archcheck"])
    assert list(VALIDATOR.iter_errors(table)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "targets = []",
        "exclude-newer = 2026-11-01T00:00:00Z",
        "exclude-newer = '2026-11-01'",
        "timeout = 3",
        "ship = 'image'",
        "[[ignore]]\nrule = 'build-required'\nreason = 'x'\nuntil = '2027-01-31'",
        "[assume]\nAcme_Core = 'pure'",
    ],
)
def test_what_the_reader_takes_the_schema_takes(text):
    assert read_settings(text, "archcheck.toml") is not None
    assert list(VALIDATOR.iter_errors(seen(tomllib.loads(text)))) == []


SHAPES = [text for text, words in REFUSED if len(text) < 1000 and not words.startswith(BEYOND)]


@pytest.mark.parametrize("text", SHAPES, ids=lambda text: text[:30])
def test_what_the_reader_refuses_the_schema_refuses(text):
    assert list(VALIDATOR.iter_errors(seen(tomllib.loads(text)))) != []
