"""`Fn::ForEach` among resources, as `AWS::LanguageExtensions` writes it out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from archcheck.deployables.cloudformation.intrinsics.values import as_text
from archcheck.deployables.yaml_documents import Items, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.cloudformation.intrinsics.scope import Scope

_KEY: Final = "Fn::ForEach::"
_DEPTH: Final = 5
"""CloudFormation allows loops in loops to this depth."""
_MOST: Final = 100_000
"""Values that all loops of a template come to."""
_ROUNDS: Final = 500
"""CloudFormation takes 500 resources."""


class Resource(NamedTuple):
    """One resource under its logical id *name*, at *line*."""

    name: str
    value: Any
    line: int

    @property
    def kind(self) -> str:
        """Its type, such as `AWS::Lambda::Function`; empty where it states none."""
        kind = self.value.get("Type") if isinstance(self.value, Table) else None
        return kind if isinstance(kind, str) else ""


class Refused(NamedTuple):
    """What is not written out, and why."""

    line: int
    message: str


def written_out(resources: Table, scope: Scope) -> Iterator[Resource | Refused]:
    """Yield every resource, those of loops once for each item of a list that the template tells."""
    yield from _Loops(scope).of(resources, 0)


class _Loops:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = _MOST

    def of(self, resources: Table, depth: int) -> Iterator[Resource | Refused]:
        """Yield the resources of one mapping."""
        for key, value in resources.items():
            line = resources.line_of(key)
            if key.startswith(_KEY):
                yield from self._loop(key, value, line, depth)
            else:
                yield Resource(key, value, line)

    def _loop(self, key: str, value: Any, line: int, depth: int) -> Iterator[Resource | Refused]:
        match value:
            case [str() as variable, collection, Table() as body] if depth < _DEPTH:
                items = self._items(collection, line)
                if items is None:
                    yield Refused(
                        line, f"{key}: what it goes over is not told here; its resources are not read"
                    )
                    return
                for item in items:
                    if self._left <= 0:
                        yield Refused(line, f"{key}: comes to more than {_MOST:,} values")
                        return
                    yield from self.of(_Put(variable, item, self).into(body), depth + 1)
            case _:
                yield Refused(line, f"{key}: expected a name, a list and resources, at most {_DEPTH} deep")

    def _items(self, collection: Any, line: int) -> list[str] | None:
        found: list[str] = []
        default = self._scope.outcomes(collection, line)[0].value
        if not isinstance(default, list):
            return None
        for each in default[:_ROUNDS]:
            outcome = self._scope.outcomes(each, line)[0].value
            for item in outcome if isinstance(outcome, list) else [outcome]:
                text = as_text(item)
                if text is None or "${" in text:
                    return None
                found.append(text)
        return found[:_ROUNDS]

    def spend(self) -> bool:
        """Count one value more; False where there are too many."""
        self._left -= 1
        return self._left > 0


class _Put:
    """Puts *item* in the place of *variable*: of `${X}`, `&{X}` (its letters and digits alone), `!Ref X`."""

    def __init__(self, variable: str, item: str, loops: _Loops) -> None:
        self._variable = variable
        self._item = item
        self._plain = re.sub(r"[^A-Za-z0-9]", "", item)
        self._loops = loops

    def into(self, value: Any) -> Any:
        """Return *value* with the item in it."""
        if not self._loops.spend():
            return None if not isinstance(value, Table) else Table(value.line)
        if isinstance(value, str):
            text = value.replace(f"${{{self._variable}}}", self._item)
            return text.replace(f"&{{{self._variable}}}", self._plain)
        if isinstance(value, list):
            items = Items(self.into(each) for each in value)
            items.lines = value.lines if isinstance(value, Items) else ()
            return items
        if not isinstance(value, Table):
            return value
        if len(value) == 1 and value.get("Ref") == self._variable:
            return self._item
        result = Table(value.line)
        for key, each in value.items():
            name = self.into(key) or key
            result[name] = self.into(each)
            result.lines[name] = value.line_of(key)
        return result
