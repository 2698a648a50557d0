"""SAM's Globals, merged into a resource's own properties as aws-sam-translator 1.115 merges them."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from archcheck.deployables.yaml_documents import Items, Table

_SECTIONS: Final = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::LayerVersion": "LayerVersion",
}
_REPLACED: Final = frozenset({"Architectures"})
"""Lists that the resource's own takes the place of; all others are concatenated."""
_MOST: Final = 200
"""So much of a list or a mapping is merged: what is common is gone over again for each of many functions."""


def with_globals(document: Table, resource: Table, properties: Table) -> Table:
    """Return *properties* of the *resource* with what the document's Globals add to them.

    The resource's attribute `IgnoreGlobals` leaves away those that it names, or all of them (`"*"`).
    """
    sections, kind = document.get("Globals"), resource.get("Type")
    section = _SECTIONS.get(kind) if isinstance(kind, str) else None
    if section is None or not isinstance(sections, Table) or not isinstance(sections.get(section), Table):
        return properties
    ignored = resource.get("IgnoreGlobals")
    if ignored == "*":
        return properties
    left_away = [each for each in ignored if isinstance(each, str)] if isinstance(ignored, list) else []
    return _merged(sections[section], properties, without=frozenset(left_away), replaced=_REPLACED)


def inherits(document: Table, key: str) -> tuple[str, ...]:
    """Return the functions of *document* that have *key* from its Globals, by their logical ids.

    What `Fn::ForEach` writes out is among them by the loop's own key: it may be any function.
    """
    resources = document.get("Resources")
    return tuple(
        name
        for name, each in (resources.items() if isinstance(resources, Table) else ())
        if name.startswith("Fn::") or (isinstance(each, Table) and _inherits(each, key))
    )


def _inherits(resource: Table, key: str) -> bool:
    if resource.get("Type") != "AWS::Serverless::Function":
        return False
    ignored = resource.get("IgnoreGlobals")
    if ignored == "*" or (isinstance(ignored, list) and key in ignored):
        return False
    properties = resource.get("Properties")
    return key not in _REPLACED or not isinstance(properties, Table) or key not in properties


def _merged(
    common: Table, own: Table, without: frozenset[str] = frozenset(), replaced: frozenset[str] = frozenset()
) -> Table:
    result = Table(own.line)
    for key, value in islice(common.items(), _MOST):
        if key not in without:
            result[key], result.lines[key] = value, common.line_of(key)
    for key, value in own.items():
        result[key] = _value(result[key], value) if key in result and key not in replaced else value
        result.lines[key] = own.line_of(key)
    return result


def _value(common: Any, own: Any) -> Any:
    if isinstance(common, list) and isinstance(own, list):
        both = Items((*common[:_MOST], *own))
        if isinstance(common, Items) and isinstance(own, Items):
            both.lines = (*common.lines[:_MOST], *own.lines)
        return both
    if (
        isinstance(common, Table)
        and isinstance(own, Table)
        and not (_is_function(common) or _is_function(own))
    ):
        return _merged(common, own)
    return own


def _is_function(table: Table) -> bool:
    """Return whether *table* calls a function of CloudFormation: it counts as a plain value."""
    name = next(iter(table), "")
    return len(table) == 1 and (name in {"Ref", "Condition"} or name.startswith("Fn::"))
