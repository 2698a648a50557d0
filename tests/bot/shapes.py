"""What GitHub publishes of its answers and events (`fixtures/forges/github.json`), to hold ours to."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PUBLISHED = json.loads((Path(__file__).parents[2] / "fixtures" / "forges" / "github.json").read_text("utf-8"))


def faults(method: str, path: str, status: int, document: Any) -> list[str]:
    """Return in what an answer differs from the published description; *path* without the API's own."""
    if status in {204, 304}:
        return []
    schema = PUBLISHED["error"] if status >= 300 else answer(method, path, status)
    where = f"{method} {path} {status}"
    if schema is None:
        return [f"{where}: not described"]
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{where}: {error.json_path} {error.message[:200]}" for error in found]


def answer(method: str, path: str, status: int) -> dict[str, Any] | None:
    """Return the shape of an answer, None where the description has none such."""
    found = (schema for pattern, schema in _answers() if pattern.fullmatch(f"{method} {path} {status}"))
    return next(found, None)


@cache
def _answers() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [
        (re.compile(re.sub(r"\{\w+\}", "[^/ ]+", name)), schema)
        for name, schema in PUBLISHED["answers"].items()
    ]
