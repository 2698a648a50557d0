"""Whether the conditions of a template hold, where its parameters have their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Container

_DEPTH: Final = 50
_STEPS: Final = 100_000
_PARTS: Final = 10
"""Of `Fn::And` and `Fn::Or`, as CloudFormation takes them; the security reference architecture has 9."""


class Conditions:
    """The conditions in *table*; *default* says what a value comes to by default, None where that is open."""

    def __init__(self, table: Table, default: Callable[[Any], str | None]) -> None:
        self._table = table
        self._default = default
        self._truths: dict[str, bool | None] = {}
        self._depth = 0
        self._steps = 0

    def truth(self, name: str) -> bool | None:
        """Return whether the condition *name* holds; None where that is not to be told."""
        if name not in self._truths:
            self._truths[name] = None  # the answer for a condition that hangs on itself
            self._truths[name] = self._holds(self._table.get(name))
        return self._truths[name]

    def hangs_on(self, name: str, parameters: Container[str]) -> bool:
        """Return whether the condition *name* refers to one of *parameters*, by other conditions as well."""
        waiting, seen = [self._table.get(name)], {name}
        while waiting:
            match waiting.pop():
                case Table() as table:
                    if table.get("Ref") in parameters:
                        return True
                    other = table.get("Condition")
                    if isinstance(other, str) and other not in seen:
                        seen.add(other)
                        waiting.append(self._table.get(other))
                    waiting += table.values()
                case list() as items:
                    waiting += items
        return False

    def _holds(self, condition: Any) -> bool | None:
        self._steps += 1
        if not isinstance(condition, Table) or self._depth >= _DEPTH or self._steps > _STEPS:
            return None
        self._depth += 1
        try:
            match list(condition.items()):
                case [("Condition", str() as name)]:
                    return self.truth(name)
                case [("Fn::Equals", [one, other])]:
                    return self._equal(one, other)
                case [(str() as name, list() as parts)] if len(parts) <= _PARTS:
                    return _combined(name, [self._holds(each) for each in parts])
            return None
        finally:
            self._depth -= 1

    def _equal(self, one: Any, other: Any) -> bool | None:
        values = [self._default(each) for each in (one, other)]
        return None if None in values else values[0] == values[1]


def _combined(name: str, parts: list[bool | None]) -> bool | None:
    if name == "Fn::Not" and len(parts) == 1:
        return None if parts[0] is None else not parts[0]
    if name == "Fn::And" and parts:
        return False if False in parts else None if None in parts else True
    if name == "Fn::Or" and parts:
        return True if True in parts else None if None in parts else False
    return None
