"""Which functions of a template CloudFront runs at its edges (Lambda@Edge), as its distributions say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_LEADS_ON: Final = {"AWS::Lambda::Version": "FunctionName", "AWS::Lambda::Alias": "FunctionName"}
_ARN: Final = "LambdaFunctionARN"
_ID: Final = re.compile(r"[A-Za-z0-9]+")
_MOST: Final = 100_000
"""Parts of the template's distributions that are looked at."""


def at_edge(resources: Any) -> dict[str, int]:
    """Return the functions that distributions among *resources* name, each with the line that does.

    By their logical ids, which stand there as they are, before `.Version` or `.FunctionArn`, or behind a
    version or an alias of theirs.
    """
    found: dict[str, int] = {}
    for each in resources.values() if isinstance(resources, Table) else ():
        if isinstance(each, Table) and each.get("Type") == _DISTRIBUTION:
            for value, line in _named(each):
                for name in _ids(value, resources):
                    found.setdefault(name, line)
    return found


def _named(distribution: Table) -> Iterator[tuple[Any, int]]:
    """Yield what stands for a function in *distribution*, each with its line."""
    waiting: list[Any] = [distribution.get("Properties")]
    for _ in range(_MOST):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, Table) and _ARN in value:
            yield value[_ARN], value.line_of(_ARN)
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value


def _ids(value: Any, resources: Table) -> Iterator[str]:
    """Yield the logical ids of *resources* that *value* refers to, and of what is behind them."""
    waiting, seen = [value], set()
    for _ in range(_MOST):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
        for name in _ID.findall(value[:1_000]) if isinstance(value, str) else ():
            resource = resources.get(name)
            if not isinstance(resource, Table) or name in seen:
                continue
            seen.add(name)
            yield name
            kind, properties = resource.get("Type"), resource.get("Properties")
            if isinstance(kind, str) and kind in _LEADS_ON and isinstance(properties, Table):
                waiting.append(properties.get(_LEADS_ON[kind]))
