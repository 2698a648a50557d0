"""The operators and functions of Terraform that say where code is, or what it runs on. No I/O.

Whatever is not here makes a value unknown, which is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.terraform.language.values import (
    Items,
    Known,
    Mapping,
    Unknown,
    Value,
    is_certain,
    text_of,
    uncertain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.manifest.manifest import Location


def operated(operator: str, operands: tuple[Value, ...]) -> tuple[bool | float, bool] | None:
    """Return what *operator* makes of *operands*, and whether that is certain; None where it is not known."""
    certain = all(map(is_certain, operands))
    if operator in {"&&", "||"}:
        return _logical(operator == "||", operands)
    if not all(isinstance(each, Known) for each in operands):
        return _compared_with_null(operator, operands)
    values = [each.value for each in operands if isinstance(each, Known)]
    result: bool | float | None = None
    match operator, values:
        case "!", [bool(value)]:
            result = not value
        case "-", [int(value) | float(value)]:
            result = -value
        case "==" | "!=", [left, right]:
            # Python's `True == 1` is none of Terraform's.
            same = left == right and isinstance(left, bool) is isinstance(right, bool)
            result = same is (operator == "==")
    return None if result is None else (result, certain)


def _logical(absorbing: bool, operands: tuple[Value, ...]) -> tuple[bool, bool] | None:  # noqa: FBT001
    """Work `&&` and `||` out: `false && anything` is false, and `true || anything` true."""
    known = [
        (each.value, each.certain)
        for each in operands
        if isinstance(each, Known) and isinstance(each.value, bool)
    ]
    for value, certain in known:
        if value is absorbing and certain:
            return absorbing, True
    if len(known) < len(operands):
        return None
    result = any(value for value, _ in known) if absorbing else all(value for value, _ in known)
    return result, all(certain for _, certain in known)


def _compared_with_null(operator: str, operands: tuple[Value, ...]) -> tuple[bool, bool] | None:
    """Compare a list or a map with null, which it is not, whatever is in it."""
    null = [each for each in operands if isinstance(each, Known) and each.value is None]
    there = [each for each in operands if isinstance(each, (Items, Mapping))]
    if operator in {"==", "!="} and len(null) == len(there) == 1:
        return operator == "!=", null[0].certain and there[0].certain
    return None


def called(name: str, arguments: tuple[Value, ...], at: Location) -> Value | None:
    """Return what the function *name* gives for *arguments*; None where that is not worked out."""
    made = _FUNCTIONS.get(name)
    return made(arguments, at) if made else None


def _same(arguments: tuple[Value, ...], _at: Location) -> Value | None:
    return arguments[0] if len(arguments) == 1 else None


def _concat(arguments: tuple[Value, ...], at: Location) -> Value | None:
    lists = [each for each in arguments if isinstance(each, Items)]
    if len(lists) < len(arguments):
        return None
    items = tuple(item for each in lists for item in each.items)
    return Items(at=at, items=items[:1000], certain=all(each.certain for each in lists))


def _contains(arguments: tuple[Value, ...], at: Location) -> Value | None:
    match arguments:
        case (Items(items=items), Known() as wanted) if all(isinstance(each, Known) for each in items):
            found = any(isinstance(each, Known) and each.value == wanted.value for each in items)
            return Known(at=at, value=found, certain=all(map(is_certain, arguments)))
    return None


def _lookup(arguments: tuple[Value, ...], _at: Location) -> Value | None:
    match arguments:
        case (Mapping() as table, Known(value=str(key)), *default):
            found = table.get(key)
            if found is not None or not default:
                return found
            return default[0] if table.certain else uncertain(default[0])
    return None


def _merge(arguments: tuple[Value, ...], at: Location) -> Value | None:
    merged: dict[str, Value] = {}
    for each in arguments:
        if not isinstance(each, Mapping):
            return None
        merged |= dict(each.items)
    return Mapping(at=at, items=tuple(merged.items()), certain=all(map(is_certain, arguments)))


def _changed(change: Callable[[str], str]) -> Callable[[tuple[Value, ...], Location], Value | None]:
    def made(arguments: tuple[Value, ...], _at: Location) -> Value | None:
        match arguments:
            case (Known(value=str(text)) as only,):
                return Known(at=only.at, value=change(text), certain=only.certain)
        return None

    return made


def _text(arguments: tuple[Value, ...], at: Location) -> Value | None:
    text = text_of(arguments[0]) if len(arguments) == 1 else None
    return None if text is None else Known(at=at, value=text, certain=is_certain(arguments[0]))


def _try(arguments: tuple[Value, ...], _at: Location) -> Value | None:
    for each in arguments:
        if not (isinstance(each, Unknown) and each.absent):
            return each
    return None


def _coalesce(arguments: tuple[Value, ...], _at: Location) -> Value | None:
    for each in arguments:
        if not (isinstance(each, Known) and each.value in {None, ""}):
            return None if isinstance(each, Unknown) else each
    return None


_FUNCTIONS: Final[dict[str, Callable[[tuple[Value, ...], Location], Value | None]]] = {
    "abspath": _same,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "lookup": _lookup,
    "lower": _changed(str.lower),
    "merge": _merge,
    "nonsensitive": _same,
    "sensitive": _same,
    "tolist": _same,
    "tomap": _same,
    "toset": _same,
    "tostring": _text,
    "trimspace": _changed(str.strip),
    "upper": _changed(str.upper),
}
WHOLE: Final[dict[str, Callable[[tuple[Value, ...], Location], Value | None]]] = {
    "jsonencode": _same,  # whoever asks for JSON here wants what is in it
    "try": _try,
}
"""Functions that take their arguments as they are, whatever conditions these have."""
