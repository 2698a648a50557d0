"""The JSON schema of the settings, for editors: the keys of `settings/keys.py`, in the words of the options' help."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from archcheck.cli.main import COMMANDS
from archcheck.settings.ignores import KEYS as IGNORE
from archcheck.settings.keys import KEYS, WORKLOAD

if TYPE_CHECKING:
    from archcheck.settings.keys import Key

_TEXT = {"type": "string", "pattern": r"\S"}
_TYPES: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "texts": {"type": "array", "items": _TEXT},
    "flag": {"type": "boolean"},
    "number": {"type": "number", "exclusiveMinimum": 0},
    "whole number": {"type": "integer", "exclusiveMinimum": 0},
    "date": {"type": "string"},
}
_DATE = {"type": "string", "pattern": r"^\d{4}-?\d{2}-?\d{2}$"}
_IGNORES: dict[str, dict[str, Any]] = {
    "package": {**_TEXT, "description": "a glob of names: acme-*"},
    "version": {**_TEXT, "description": "a specifier: <2, ==1.4.*"},
    "rule": {**_TEXT, "description": "a code or a name: AC002, build-required"},
    "target": {**_TEXT, "description": "a glob of targets: lambda:*"},
    "reason": {**_TEXT, "description": "why; the report shows it"},
    "until": {**_DATE, "description": "the last day on which it holds"},
    "until-available": {
        "type": "boolean",
        "description": "it holds only while no version with a fitting aarch64 wheel is known",
    },
}


def text() -> str:
    """Return the whole document."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """Return it as a value. Draft 7 is what editors of TOML read; a date of TOML is a text to them."""
    assert set(_IGNORES) == set(IGNORE)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of archcheck: archcheck.toml, or [tool.archcheck] in pyproject.toml",
        **_table({key.name: _property(key) for key in KEYS} | {"workload": _workload()} | _policy()),
    }


def _workload() -> dict[str, Any]:
    made = _table({key.name: _property(key) for key in WORKLOAD})
    return {"description": "a month's use, for what moving would save", **made}


def _policy() -> dict[str, Any]:
    known = {"enum": ["pure", "wheel", "native"]}
    ignore = {
        **_table(_IGNORES),
        "required": ["reason"],
        "anyOf": [{"required": ["package"]}, {"required": ["rule"]}],
    }
    return {
        "ignore": {"type": "array", "items": ignore, "description": "findings that are accepted"},
        "assume": {
            "type": "object",
            "additionalProperties": known,
            "description": "packages that no index shows, by name",
        },
    }


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _property(key: Key) -> dict[str, Any]:
    parser = import_module(COMMANDS["check"]).parser()
    option = f"--{key.option.replace('_', '-')}"
    (action,) = (each for each in parser.actions() if option in each.option_strings)
    choices = {"enum": list(action.choices)} if action.choices else {}
    about = {"description": action.help} if action.help else {}
    return {**_TYPES[key.kind], **choices, **about}
