"""What a variable of a module is: what it is given, or its default, as its type has it. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.deployables.terraform.language.types import Conversion
from archcheck.deployables.terraform.language.values import Choice, Known, Value, is_null

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.deployables.terraform.language.syntax import Block, Expression
    from archcheck.deployables.terraform.language.types import Budget


def variable(
    declared: Block, given: Value | None, evaluate: Callable[[Expression], Value], budget: Budget
) -> Value | None:
    """Return what the variable *declared* is where it is *given*; None where it is not, and has no default.

    *evaluate* works out expressions of its block, and *budget* bounds the work. With `nullable = false`,
    null means the default.
    """
    default = declared.attribute("default")
    own = evaluate(default.expression) if default else None
    if own is not None and (given is None or _refuses_null(declared, evaluate)):
        given = own if given is None else _without_null(given, own)
    wanted = declared.attribute("type")
    if given is None or wanted is None:
        return given
    return Conversion(evaluate, budget).to(wanted.expression, given)


def _refuses_null(declared: Block, evaluate: Callable[[Expression], Value]) -> bool:
    nullable = declared.attribute("nullable")
    found = evaluate(nullable.expression) if nullable else None
    return isinstance(found, Known) and found.value is False


def _without_null(given: Value, own: Value) -> Value:
    """Return *given*, and *own* where that is null, or may be."""
    if isinstance(given, Choice):
        options = tuple(replace(each, value=_without_null(each.value, own)) for each in given.options)
        return replace(given, options=options)
    return own if is_null(given) else given
