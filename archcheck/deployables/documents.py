"""What readers of YAML and JSON share: the values of keys, whatever stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archcheck.data.base_images import base_image
from archcheck.deployables.model import Stated
from archcheck.deployables.yaml_documents import Table
from archcheck.errors import TargetError
from archcheck.platforms.targets import parse_target

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Location

_MEMORY = re.compile(r"\s*(\d{1,9})(?:\.\d+)?\s*(|[kKMG]i?|MB|GB|vCPU)\s*")
_MIB = {"": 1, "MB": 1, "GB": 1024, "M": 1, "Mi": 1, "G": 1024, "Gi": 1024}


def table_at(value: Any, *keys: str) -> Table:
    """Return the mapping that *keys* lead to in *value*; an empty one where none is there."""
    for key in keys:
        value = value.get(key) if isinstance(value, Table) else None
    return value if isinstance(value, Table) else Table()


def tables_at(value: Any, *keys: str) -> list[Table]:
    """Return the mappings in the list that *keys* lead to in *value*."""
    *way, last = keys
    found = table_at(value, *way).get(last)
    return [each for each in found if isinstance(each, Table)] if isinstance(found, list) else []


def text_at(value: Any, *keys: str) -> str | None:
    """Return the text or number that *keys* lead to in *value*, as text."""
    *way, last = keys
    found = table_at(value, *way).get(last)
    return str(found)[:500] if isinstance(found, str | int) and not isinstance(found, bool) else None


def mebibytes(text: str | None) -> int | None:
    """Return the memory *text*, `512`, `1 GB` or `2Gi`, in MiB; a bare number is one of MiB."""
    found = _MEMORY.fullmatch(text or "")
    return int(found[1]) * _MIB[found[2]] if found and found[2] in _MIB else None


def target_of_image(reference: str | None, location: Location) -> tuple[Stated[str], ...]:
    """Return the target that an image is by its name, where that tells: `python:3.12-slim` does."""
    known = base_image(reference or "")
    target = f"{known.base}:python{known.python}"
    return (Stated(value=target, location=location),) if is_target(target) else ()


def is_target(text: str) -> bool:
    """Return whether archcheck knows the target *text*; of Python 3.7 it knows none."""
    try:
        parse_target(text)
    except TargetError:
        return False
    return True
