"""What a variable's `type` makes of the value that it is given, as Terraform converts it. No I/O.

Texts become numbers and truth values, and back. An object has the attributes of its type and no others: what
an attribute is that was left away, `optional(string, "arm64")` tells, or it is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.deployables.terraform.language.syntax import (
    Call,
    Expression,
    ListOf,
    Literal,
    Reference,
    TableOf,
)
from archcheck.deployables.terraform.language.values import (
    Choice,
    Items,
    Known,
    Mapping,
    Unknown,
    Value,
    is_null,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_VALUES: Final = 200_000
_TOO_MANY: Final = "a type for too many values"
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}


class Budget:
    """How many values are still converted: for one root module, whatever it calls."""

    def __init__(self) -> None:
        self._left = _MAX_VALUES

    def spend(self, values: int) -> bool:
        """Return whether *values* more are converted."""
        self._left -= values
        return self._left >= 0


class Conversion:
    """Converts what one variable is given; *evaluate* works out the defaults that its type holds."""

    def __init__(self, evaluate: Callable[[Expression], Value], budget: Budget) -> None:
        self._evaluate = evaluate
        self._budget = budget
        self._defaults: dict[int, Value] = {}

    def to(self, wanted: Expression, value: Value) -> Value:  # noqa: PLR0911 - one for each kind
        """Return *value* as the type *wanted* has it; as it is where that type tells nothing of it."""
        if not self._budget.spend(1):
            return Unknown(at=value.at, words=wanted.words, why=_TOO_MANY)
        match wanted, value:
            case _, Choice():
                options = tuple(replace(each, value=self.to(wanted, each.value)) for each in value.options)
                return replace(value, options=options)
            case Reference(root=name), Known():
                return _scalar(name, value)
            case Literal(value=str(name)), Known():  # `type = "string"`, as it was written once
                return _scalar(name, value)
            case Call(name="object", arguments=(TableOf() as table,)), Mapping():
                return self._object(table, value)
            case Call(name="map", arguments=(inner,)), Mapping():
                return replace(value, items=tuple((key, self.to(inner, each)) for key, each in value.items))
            case Call(name="list" | "set", arguments=(inner,)), Items():
                return replace(value, items=tuple(self.to(inner, each) for each in value.items))
            case Call(name="tuple", arguments=(ListOf(items=types),)), Items():
                pairs = zip(types, value.items, strict=False)
                return replace(value, items=tuple(self.to(inner, each) for inner, each in pairs))
        return value

    def _object(self, table: TableOf, value: Mapping) -> Value:
        if not self._budget.spend(len(table.items)):
            return Unknown(at=value.at, words=table.words, why=_TOO_MANY)
        given = dict(value.items)
        found: list[tuple[str, Value]] = []
        for key, wanted in table.items:
            name = key.value if isinstance(key, Literal) else None
            if not isinstance(name, str):
                return Unknown(at=value.at, words=table.words, why="a type that is not worked out")
            each = given.get(name)
            if isinstance(wanted, Call) and wanted.name == "optional" and wanted.arguments:
                found.append((name, self._optional(wanted, each, value)))
            elif each is not None:
                found.append((name, self.to(wanted, each)))
        return replace(value, items=tuple(found))

    def _optional(self, wanted: Call, given: Value | None, around: Mapping) -> Value:
        """Return what the attribute of the type *wanted* is, of which *around* has *given*, or nothing."""
        inner, *defaults = wanted.arguments
        if given is None:
            given = Known(at=around.at, value=None, certain=around.certain)
        if isinstance(given, Choice):
            options = tuple(
                replace(each, value=self._optional(wanted, each.value, around)) for each in given.options
            )
            return replace(given, options=options)
        if not defaults or not is_null(given):
            return self.to(inner, given)
        if id(wanted) not in self._defaults:
            self._defaults[id(wanted)] = self.to(inner, self._evaluate(defaults[0]))
        return self._defaults[id(wanted)]


def _scalar(name: str, value: Known) -> Value:
    """Return *value* as the text, number or truth value that *name* says; as it is where it cannot be."""
    text = text_of(value)
    if text is None:
        return value
    match name:
        case "string":
            return replace(value, value=text)
        case "bool" if not isinstance(value.value, bool):
            return replace(value, value=_TRUTH.get(text, value.value))
        case "number" if isinstance(value.value, str) and text.isdecimal() and len(text) < 10:  # noqa: PLR2004
            return replace(value, value=int(text))
    return value
