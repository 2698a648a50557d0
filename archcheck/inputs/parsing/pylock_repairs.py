"""pylock.toml as tools write it against PEP 751, where what they mean is plain all the same.

Pipenv writes names as its users spell them, and the times of uploads as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import InvalidName, canonicalize_name

from archcheck.inputs.parsing.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIME: Final = "upload-time"


def mended(table: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the document *table* as PEP 751 has it, and what was mended: a sentence for each kind of fault.

    What is not plain stays as it is, to be refused.
    """
    faults: dict[str, list[str]] = {}
    found = dict(table)
    if isinstance(found.get("packages"), list):
        found["packages"] = [_package(each, faults) for each in found["packages"]]
    if isinstance(found.get("extras"), list):
        found["extras"] = [_name(each, faults) for each in found["extras"]]
    return found, tuple(_said(faults))


def _said(faults: Mapping[str, list[str]]) -> Iterator[str]:
    for what, examples in faults.items():
        more = f" and {len(examples) - 1} more" if len(examples) > 1 else ""
        yield f"{what}: {shown(examples[0])}{more}"


def _package(stated: Any, faults: dict[str, list[str]]) -> Any:
    if not isinstance(stated, dict):
        return stated
    found = dict(stated)
    if "name" in found:
        found["name"] = _name(found["name"], faults)
    if isinstance(found.get("wheels"), list):
        found["wheels"] = [_file(each, faults) for each in found["wheels"]]
    for key in ("sdist", "archive"):
        if key in found:
            found[key] = _file(found[key], faults)
    return found


def _name(stated: Any, faults: dict[str, list[str]]) -> Any:
    """Return a name as PEP 503 normalises it; all that is no name as it stands."""
    if not isinstance(stated, str):  # TOML has nan, which is not what it is
        return stated
    try:
        name = canonicalize_name(stated, validate=True)
    except InvalidName:
        return stated
    if name != stated:
        faults.setdefault("a name that is not normalised is read as if it were", []).append(stated)
    return name


def _file(stated: Any, faults: dict[str, list[str]]) -> Any:
    time = stated.get(_TIME) if isinstance(stated, Mapping) else None
    if not isinstance(time, str):
        return stated
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return stated
    faults.setdefault(f"{_TIME} is a text, and read as the time that it says", []).append(time)
    return {**stated, _TIME: moment}
