"""What an expression comes to in a module: by its own files and by what the module was given. No I/O.

Both outcomes of a condition are kept, unless nothing but the files decides it: `var.graviton ? … : …` may go
either way in the root module, whatever the default is, and one way in a module that was called with it.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from archcheck.deployables.terraform.language import functions
from archcheck.deployables.terraform.language.syntax import (
    Call,
    Conditional,
    Expression,
    ListOf,
    Literal,
    Opaque,
    Operation,
    Reference,
    TableOf,
    Template,
)
from archcheck.deployables.terraform.language.values import (
    MAX_OPTIONS,
    MAX_TEXT,
    Choice,
    Items,
    Known,
    Mapping,
    Unknown,
    Value,
    choice,
    is_certain,
    options,
    text_of,
)
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Callable

_DEPTH: Final = 40


class Names(Protocol):
    """What a module knows by name."""

    def look(self, root: str, steps: tuple[str, ...], at: Location, depth: int) -> tuple[Value, int]:
        """Return what `root.step…` is, and how many of the steps that took; *depth* bounds the looking."""
        ...


class Evaluator:
    """Works expressions of the file at *path* out, with the names of *names*."""

    def __init__(self, names: Names, path: str, depth: int = 0) -> None:
        self._names = names
        self._path = path
        self._depth = depth

    def value(self, expression: Expression) -> Value:  # noqa: PLR0911, C901 - one for each kind
        """Return what *expression* comes to."""
        if self._depth > _DEPTH:
            return self._unknown(expression, "too many names lead to one another")
        match expression:
            case Literal():
                return Known(at=self._at(expression), value=expression.value)
            case Template():
                return self._template(expression)
            case ListOf():
                return self._list(expression)
            case TableOf():
                return self._table(expression)
            case Reference():
                return self._reference(expression)
            case Conditional():
                return self._conditional(expression)
            case Operation():
                return self._operation(expression)
            case Call():
                return self._call(expression)
            case Opaque():
                return self._unknown(expression, "an expression that is not worked out")
        assert_never(expression)

    def _at(self, expression: Expression) -> Location:
        return Location(path=self._path, line=expression.line)

    def _unknown(self, expression: Expression, why: str) -> Unknown:
        return Unknown(at=self._at(expression), words=expression.words, why=why)

    def _template(self, expression: Template) -> Value:
        at = self._at(expression)

        def joined(parts: tuple[Value, ...]) -> Value:
            texts = [_written(each) for each in parts]
            if sum(map(len, texts)) > MAX_TEXT:
                return self._unknown(expression, "a text that is too long")
            text = "".join(texts)
            unknown = next((each for each in parts if text_of(each) is None), None)
            if unknown is None:
                return Known(at=at, value=text, certain=all(map(is_certain, parts)))
            if not isinstance(unknown, Unknown):
                return Unknown(at=at, words=text, why="a part of it is no text", template=True)
            return Unknown(
                at=at,
                words=text,
                why=unknown.why,
                address=unknown.address,
                module=unknown.module,
                template=True,
            )

        return self._over(expression, tuple(map(self.value, expression.parts)), joined)

    def _list(self, expression: ListOf) -> Value:
        items = tuple(map(self.value, expression.items))
        return Items(at=self._at(expression), items=items, certain=all(map(is_certain, items)))

    def _table(self, expression: TableOf) -> Value:
        items = []
        for key, value in expression.items:
            name = text_of(self.value(key))
            if name is None:
                return self._unknown(expression, "a map with a key that is not known")
            items.append((name, self.value(value)))
        certain = all(is_certain(each) for _, each in items)
        return Mapping(at=self._at(expression), items=tuple(items), certain=certain)

    def _reference(self, expression: Reference) -> Value:
        steps: list[str] = []
        for step in expression.steps:
            if isinstance(step, str):
                steps.append(step)
                continue
            index = self.value(step)
            text = text_of(index)
            steps.append("*" if text is None else text)
        value, taken = self._names.look(expression.root, tuple(steps), self._at(expression), self._depth)
        return self._led(value, tuple(steps[taken:]), expression)

    def _led(self, value: Value, steps: tuple[str, ...], expression: Reference) -> Value:
        for number, step in enumerate(steps):
            match value:
                case Choice():
                    rest = steps[number:]
                    found = [(when, self._led(each, rest, expression)) for when, each in options(value)]
                    return choice(found, value.at, expression.words)
                case Unknown():
                    return Unknown(
                        at=value.at,
                        words=expression.words,
                        why=value.why,
                        address=(*value.address, *steps[number:]) if value.address else (),
                        module=value.module,
                        absent=value.absent,
                    )
                case Mapping() | Items():
                    inner = _inner(value, step)
                    if inner is None:
                        why = f"there is no {step}"
                        at = self._at(expression)
                        return Unknown(at=at, words=expression.words, why=why, absent=value.certain)
                    value = inner
                case Known():
                    why = f"there is no {step} in {value.value!r}"[:80]
                    at = self._at(expression)
                    return Unknown(at=at, words=expression.words, why=why, absent=value.certain)
        return value

    def _conditional(self, expression: Conditional) -> Value:
        condition = self.value(expression.condition)
        words = expression.condition.words
        if isinstance(condition, Known) and isinstance(condition.value, bool):
            if condition.certain:
                return self.value(expression.yes if condition.value else expression.no)
            both = [(words, expression.yes), (_not(expression.condition), expression.no)]
            if not condition.value:  # the default's outcome first
                both.reverse()
        else:
            both = [(words, expression.yes), (_not(expression.condition), expression.no)]
        return choice(
            [(when, self.value(each)) for when, each in both], self._at(expression), expression.words
        )

    def _operation(self, expression: Operation) -> Value:
        def worked(operands: tuple[Value, ...]) -> Value:
            found = functions.operated(expression.operator, operands)
            if found is None:
                return self._unknown(expression, "an expression that is not worked out")
            result, certain = found
            return Known(at=self._at(expression), value=result, certain=certain)

        return self._over(expression, tuple(map(self.value, expression.operands)), worked)

    def _call(self, expression: Call) -> Value:
        arguments = tuple(map(self.value, expression.arguments))
        if expression.name in functions.WHOLE:
            found = functions.WHOLE[expression.name](arguments, self._at(expression))
            return found or self._unknown(expression, f"what {expression.name}() gives is not worked out")

        def called(values: tuple[Value, ...]) -> Value:
            found = functions.called(expression.name, values, self._at(expression))
            return found or self._unknown(expression, f"what {expression.name}() gives is not worked out")

        return self._over(expression, arguments, called)

    def _over(
        self, expression: Expression, parts: tuple[Value, ...], made: Callable[[tuple[Value, ...]], Value]
    ) -> Value:
        """Return what *made* makes of *parts*, for each of what they may be where they have conditions."""
        if not any(isinstance(each, Choice) for each in parts):
            return made(parts)
        total = 1
        for each in parts:
            total *= len(options(each))
            if total > MAX_OPTIONS:
                return self._unknown(expression, "too many conditions")
        found = []
        for combination in product(*(options(each) for each in parts)):
            whens = list(dict.fromkeys(when for when, _ in combination if when is not None))
            found.append((" && ".join(whens), made(tuple(value for _, value in combination))))
        return choice(found, self._at(expression), expression.words)


def _written(value: Value) -> str:
    """Return *value* as it stands in a text, an unknown as `${…}`."""
    text = text_of(value)
    if text is not None:
        return text
    return value.text() if isinstance(value, Unknown) else "${…}"


def _inner(value: Mapping | Items, step: str) -> Value | None:
    if isinstance(value, Mapping):
        return value.get(step)
    return value.items[int(step)] if step.isdecimal() and int(step[:9]) < len(value.items) else None


def _not(condition: Expression) -> str:
    if isinstance(condition, Operation) and len(condition.operands) > 1:
        return f"!({condition.words})"
    if isinstance(condition, Operation) and condition.operator == "!":
        return condition.operands[0].words
    return f"!{condition.words}"
