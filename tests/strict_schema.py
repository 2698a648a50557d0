"""The published schema allows fields that a later version adds; our own output may have none that it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import archcheck

SCHEMA = json.loads((Path(archcheck.__file__).parent / "report" / "schema.json").read_text(encoding="utf-8"))


def strict(schema=SCHEMA):
    """Return *schema* with every object closed that names its fields."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    named = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return {**closed, "additionalProperties": False} if named else closed
