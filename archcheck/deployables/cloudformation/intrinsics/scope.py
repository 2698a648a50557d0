"""What the values of a template come to, as far as the template alone tells. No I/O, bounded work.

They hang on parameters, conditions and mappings, and these are followed: `!If [UseArm, arm64, x86_64]` comes
to two outcomes. The one that the parameters' defaults lead to stands first. What is known only when it is
deployed (the region, a parameter without a default, another resource) is `Unknown`, and stands in texts as
`${AWS::Region}` does.
"""

from __future__ import annotations

import re
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.cloudformation.intrinsics.conditions import Conditions
from archcheck.deployables.cloudformation.intrinsics.values import (
    LONGEST,
    Given,
    Outcome,
    Unknown,
    as_text,
    both,
    short,
)
from archcheck.deployables.yaml_documents import Items, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST: Final = 32
"""Outcomes of one value; AWS has about as many regions, by which mappings are keyed."""
_STEPS: Final = 500_000
_DEPTH: Final = 50
_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_TOO_MUCH: Final = Unknown("${…}", "too much hangs on one another")


class Scope:
    """What the values of one template may refer to."""

    def __init__(self, document: Table, overrides: Mapping[str, str] | None = None, source: str = "") -> None:
        """Take *document*, whose parameters have *overrides* by the file *source* where they have any."""
        self._overrides = overrides or {}
        self._source = source
        self._parameters = _table(document.get("Parameters"))
        self._mappings = _table(document.get("Mappings"))
        self._conditions = Conditions(_table(document.get("Conditions")), self._default)
        self._steps = 0
        self._depth = 0

    def outcomes(self, value: Any, line: int) -> tuple[Outcome, ...]:
        """Return what *value* may come to; the parts of a list or a mapping are left as they are."""
        self._steps += 1
        if not isinstance(value, Table):
            return (Outcome(value, line),)
        if len(value) != 1:
            return (Outcome(value, value.line or line),)
        ((name, argument),) = value.items()
        function = _FUNCTIONS.get(name)
        line = value.line or line
        if function is None:
            if name.startswith("Fn::"):
                why = f"{name} is worked out when it is deployed"
                return (Outcome(Unknown(f"${{{short(name)}}}", why), line),)
            return (Outcome(value, line),)
        if self._steps > _STEPS or self._depth > _DEPTH:
            return (Outcome(_TOO_MUCH, line),)
        self._depth += 1
        try:
            return _capped(function(self, argument, line), line)
        finally:
            self._depth -= 1

    def items(self, value: Any, line: int) -> tuple[Outcome, ...]:
        """Return what the items of the list *value* may come to, one after another; of no list, its own."""
        found: list[Outcome] = []
        for outer in self.outcomes(value, line):
            if not isinstance(outer.value, list):
                found.append(outer)
                continue
            if not outer.value:
                found.append(outer._replace(value=None))
            lines = outer.value.lines if isinstance(outer.value, Items) else ()
            for item, where in zip_longest(outer.value, lines, fillvalue=outer.line):
                if self._steps > _STEPS:
                    found.append(Outcome(_TOO_MUCH, line))
                    break
                for inner in self.outcomes(item, where):
                    given = both(outer.given, inner.given)
                    if given is not None:
                        found.append(Outcome(inner.value, inner.line, given))
        return tuple(found)

    def text(self, value: Any, line: int) -> tuple[Outcome, ...]:
        """Return what *value* may come to as a text, what is unknown in it as `${…}`; None for no text."""
        return tuple(each._replace(value=as_text(each.value)) for each in self.outcomes(value, line))

    def truth(self, name: str) -> bool | None:
        """Return whether the condition *name* holds with the defaults; None where that is open."""
        return self._conditions.truth(name)

    def _default(self, value: Any) -> str | None:
        """Return what *value* comes to by default, as a text; None where that is not told."""
        text = as_text(self.outcomes(value, 0)[0].value)
        return None if text is None or "${" in text else text

    # The functions, each from its argument to what it may come to.

    def _ref(self, name: Any, line: int) -> Iterable[Outcome]:
        if name == "AWS::NoValue":
            return (Outcome(None, line),)
        if not isinstance(name, str):
            return (Outcome(Unknown("${?}", "a reference to nothing"), line),)
        if name.startswith("AWS::"):
            return (Outcome(Unknown(f"${{{name}}}", f"{short(name)} is known when it is deployed"), line),)
        parameter = self._parameters.get(name)
        if isinstance(parameter, Table):
            return self._parameter(name, parameter, line)
        return (Outcome(Unknown(f"${{{name}}}", f"it is the resource {short(name)}", name), line),)

    def _parameter(self, name: str, parameter: Table, line: int) -> Iterator[Outcome]:
        kind, default = str(parameter.get("Type")), parameter.get("Default")
        override = self._overrides.get(name)
        default = default if override is None else override
        if kind.startswith("AWS::SSM::Parameter::Value"):
            why = f"parameter {short(name)} names a value in the SSM parameter store"
            yield Outcome(Unknown(f"${{{name}}}", why), line)
            return
        allowed = parameter.get("AllowedValues")
        others = (
            [each for each in allowed[: MOST + 1] if each != default] if isinstance(allowed, list) else []
        )
        values = [default, *others] if default is not None else others
        if not values:
            yield Outcome(Unknown(f"${{{name}}}", f"parameter {short(name)} has no default"), line)
        for value in values:
            text = as_text(value) or ""
            listed = kind == "CommaDelimitedList" or kind.startswith("List<")
            source = self._source if override is not None and value is default else ""
            is_open = not isinstance(allowed, list)
            given = Given(f"parameter {name}", text, value is default, is_open, source)
            yield Outcome(_split(text) if listed else value, line, (given,))

    def _get_att(self, argument: Any, line: int) -> Iterable[Outcome]:
        parts = argument if isinstance(argument, list) else [argument]
        text = ".".join(each for each in parts if isinstance(each, str))
        resource = text.partition(".")[0]
        return (Outcome(Unknown(f"${{{text}}}", f"it is of the resource {short(resource)}", resource), line),)

    def _if(self, argument: Any, line: int) -> Iterator[Outcome]:
        match argument:
            case [str() as name, then, otherwise]:
                truth = self.truth(name)
                branches = [(True, then), (False, otherwise)]
                overridden = bool(self._overrides) and self._conditions.hangs_on(name, self._overrides)
                for holds, branch in branches if truth is not False else branches[::-1]:
                    source = self._source if overridden and truth is holds else ""
                    given = (Given(name, str(holds).lower(), truth is holds, source=source),)
                    for each in self.outcomes(branch, line):
                        together = both(given, each.given)
                        if together is not None:
                            yield Outcome(each.value, each.line, together)
            case _:
                yield Outcome(Unknown("${Fn::If}", "Fn::If has no condition with two values"), line)

    def _sub(self, argument: Any, line: int) -> Iterable[Outcome]:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004
        if not isinstance(text, str):
            return (Outcome(Unknown("${Fn::Sub}", "Fn::Sub has no text"), line),)
        pieces: list[Iterable[Outcome]] = []
        known: dict[str, tuple[Outcome, ...]] = {}  # a name that stands there twice is followed once
        # Odd ones are names: `re.split` gives what the group matched.
        for number, piece in enumerate(_VARIABLE.split(text)):
            if number % 2 == 0:
                pieces.append((Outcome(piece, line),))
            elif piece.startswith("!"):
                pieces.append((Outcome(f"${{{piece[1:]}}}", line),))
            else:
                name = piece.strip()
                if name not in known:
                    own = isinstance(variables, dict) and name in variables
                    known[name] = self.text(variables[name] if own else _reference(name, line), line)
                pieces.append(known[name])
        return self._joined("", pieces, line)

    def _join(self, argument: Any, line: int) -> Iterable[Outcome]:
        match argument:
            case [str() as separator, list() as parts]:
                return self._joined(separator, [self.text(each, line) for each in parts], line)
            case [str() as separator, parts]:
                return [
                    Outcome(separator.join(map(str, each.value))[:LONGEST], line, each.given)
                    if isinstance(each.value, list)
                    else each
                    for each in self.outcomes(parts, line)
                ]
        return (Outcome(Unknown("${Fn::Join}", "Fn::Join has no list"), line),)

    def _joined(self, separator: str, parts: list[Iterable[Outcome]], line: int) -> Iterable[Outcome]:
        rows = [Outcome("", line)]
        for number, part in enumerate(parts):
            between = separator if number else ""
            longer = [
                Outcome(f"{row.value}{between}{as_text(each.value) or ''}"[:LONGEST], line, given)
                for row in rows
                for each in part
                if (given := both(row.given, each.given)) is not None
            ]
            self._steps += len(longer)
            if self._steps > _STEPS:
                return (Outcome(_TOO_MUCH, line),)
            rows = longer[:MOST]
        return rows

    def _find_in_map(self, argument: Any, line: int) -> Iterator[Outcome]:
        nothing = Outcome(Unknown("${Fn::FindInMap}", "Fn::FindInMap finds nothing"), line)
        if not isinstance(argument, list) or len(argument) < 3:  # noqa: PLR2004
            yield nothing
            return
        found = [Outcome(self._mappings, line)]
        for key in argument[:3]:
            found = [
                Outcome(value, line, given)
                for table in found
                if isinstance(table.value, Table)
                for each in self.outcomes(key, line)
                for value, more in _looked_up(table.value, each)
                if (given := both(table.given, more)) is not None
            ][: MOST + 1]
            self._steps += len(found)
        yield from found
        if not found:
            options = argument[3] if len(argument) > 3 else None  # noqa: PLR2004
            if isinstance(options, Table) and "DefaultValue" in options:
                yield from self.outcomes(options["DefaultValue"], line)
            else:
                yield nothing

    def _select(self, argument: Any, line: int) -> Iterator[Outcome]:
        unknown = Outcome(Unknown("${Fn::Select}", "Fn::Select finds nothing"), line)
        match argument:
            case [index, items] if str(index).isdecimal() and len(str(index)) < len(str(MOST)) + 1:
                for each in self.outcomes(items, line):
                    if isinstance(each.value, list) and int(index) < len(each.value):
                        for inner in self.outcomes(each.value[int(index)], line):
                            given = both(each.given, inner.given)
                            if given is not None:
                                yield Outcome(inner.value, line, given)
                    else:
                        yield unknown._replace(given=each.given)
            case _:
                yield unknown

    def _split(self, argument: Any, line: int) -> Iterator[Outcome]:
        match argument:
            case [str() as separator, text] if separator:
                for each in self.text(text, line):
                    yield each._replace(value=(each.value or "").split(separator))
            case _:
                yield Outcome(Unknown("${Fn::Split}", "Fn::Split has no text"), line)


_FUNCTIONS: Final = {
    "Ref": Scope._ref,  # noqa: SLF001
    "Fn::GetAtt": Scope._get_att,  # noqa: SLF001
    "Fn::If": Scope._if,  # noqa: SLF001
    "Fn::Sub": Scope._sub,  # noqa: SLF001
    "Fn::Join": Scope._join,  # noqa: SLF001
    "Fn::FindInMap": Scope._find_in_map,  # noqa: SLF001
    "Fn::Select": Scope._select,  # noqa: SLF001
    "Fn::Split": Scope._split,  # noqa: SLF001
}


def _looked_up(table: Table, key: Outcome) -> Iterator[tuple[Any, tuple[Given, ...]]]:
    if isinstance(key.value, Unknown):
        for name, value in islice(table.items(), MOST + 1):
            yield value, (*key.given, Given(key.value.text.strip("${}"), name))
        return
    text = as_text(key.value)
    if text is not None and text in table:
        yield table[text], key.given


def _capped(found: Iterable[Outcome], line: int) -> tuple[Outcome, ...]:
    kept: list[Outcome] = []
    for each in found:
        if len(kept) == MOST:
            return (*kept, Outcome(Unknown("${…}", f"more than {MOST} possibilities"), line))
        kept.append(each)
    return tuple(kept) or (Outcome(Unknown("${…}", "its conditions contradict each other"), line),)


def _reference(name: str, line: int) -> Table:
    table = Table(line)
    table["Fn::GetAtt" if "." in name else "Ref"] = name
    return table


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


def _table(value: Any) -> Table:
    return value if isinstance(value, Table) else Table()
