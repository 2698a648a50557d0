"""The parameter of a template on which an architecture hangs, where nothing else hangs on it. No I/O."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from archcheck.deployables.changes.yaml_places import documents_of
from archcheck.deployables.cloudformation.intrinsics.scope import Scope
from archcheck.deployables.cloudformation.intrinsics.values import as_text
from archcheck.deployables.cloudformation.sam_globals import inherits
from archcheck.deployables.documents import table_at
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.deployables.changes.yaml_places import Way

_CHOICES: Final = 20
_ABOUT: Final = frozenset({"Architectures", "Layers", "CompatibleArchitectures", "BuildArchitecture"})
"""The properties that may hang on it: what is chosen by the architecture, and nothing besides."""
_TYPES: Final = frozenset(
    {
        "AWS::Serverless::Function",
        "AWS::Lambda::Function",
        "AWS::Serverless::LayerVersion",
        "AWS::Lambda::LayerVersion",
    }
)
_BOOLEANS: Final = (
    frozenset({"true", "false"}),
    frozenset({"yes", "no"}),
    frozenset({"on", "off"}),
    frozenset({"enabled", "disabled"}),
)


class Default(NamedTuple):
    """That the parameter `name` has the default `value`, and the `resources` that this moves to arm64.

    `widens` is the line of its AllowedValues where these have to take the value as well.
    """

    name: str
    value: str
    resources: tuple[str, ...]
    widens: int | None


class _Choice(NamedTuple):
    name: str
    value: str
    widens: int | None


def default_for_arm64(text: str, path: str, number: int, value: Any) -> Default | None:
    """Return which default of which parameter makes *value*, an architecture, arm64.

    The template is document *number* of *text*, the file at *path*.

    None where several would, or none; where anything but architectures and layers hangs on it; and where it
    says something else, as one that names a stage: what is outside of the template may hang on that.
    """
    document = documents_of(text, path)[number]
    with_default = [each for each in _behind(document, value) if "Default" in _parameter(document, each)]
    found = _coming_to_arm64(document, value, with_default)
    if len(found) != 1:
        return None
    (choice,) = found
    resources = _resources(text, path, number, choice.name)
    return None if resources is None else Default(choice.name, choice.value, resources, choice.widens)


def shut_out(text: str, path: str, number: int, value: Any) -> str | None:
    """Return in words which parameters' AllowedValues keep *value* from arm64; None where none do."""
    document = documents_of(text, path)[number]
    found = _coming_to_arm64(document, value, _behind(document, value))
    said = [
        f"add {each.value} to the AllowedValues of {each.name} ({path}:{each.widens}) and give it that value"
        for each in found
        if each.widens is not None
    ]
    return " or ".join(said) if len(said) == len(found) and said else None


def others_behind(text: str, path: str, number: int, value: Any) -> tuple[str, ...]:
    """Return the parameters that decide *value* where none of them is one for the architecture."""
    document = documents_of(text, path)[number]
    names = _behind(document, value)
    return () if any(_is_for_it(_parameter(document, each)) for each in names) else names


def _coming_to_arm64(document: Table, value: Any, names: Iterable[str]) -> list[_Choice]:
    """Return the values of parameters that make *value* arm64; those that are allowed, if any are."""
    found = [
        choice
        for name in names
        for choice in _choices(name, _parameter(document, name))
        if _comes_to(_with_default(document, name, choice.value), value) == "arm64"
    ]
    return [each for each in found if each.widens is None] or found


def _parameter(document: Table, name: str) -> Table:
    return table_at(document, "Parameters", name)


def _behind(document: Table, value: Any) -> tuple[str, ...]:
    """Return the parameters that decide what *value* is."""
    conditions = table_at(document, "Conditions")
    waiting, seen, found = [value], set(), []
    while waiting:
        for kind, name in _named_in(waiting.pop()):
            if (kind, name) in seen:
                continue
            seen.add((kind, name))
            if kind == "condition":
                waiting.append(conditions.get(name))
            elif isinstance(table_at(document, "Parameters").get(name), Table):
                found.append(name)
    return tuple(found)


def _choices(name: str, parameter: Table) -> list[_Choice]:
    """Return what *parameter* may be: what it allows, and arm64 where it would have to.

    Nothing where it is not for the architecture; of one that says architectures, no other word.
    """
    if not _is_for_it(parameter):
        return []
    allowed, is_boolean = parameter.get("AllowedValues"), _is_boolean(parameter)
    if not isinstance(allowed, list):
        return [] if is_boolean or "AllowedPattern" in parameter else [_Choice(name, "arm64", None)]
    texts = [as_text(each) for each in allowed[:_CHOICES]]
    choices = [
        _Choice(name, each, None)
        for each in texts
        if each is not None and (is_boolean or architecture_named(each) == "aarch64")
    ]
    if "arm64" in texts or is_boolean or "AllowedPattern" in parameter or len(allowed) > _CHOICES:
        return choices
    return [*choices, _Choice(name, "arm64", parameter.line_of("AllowedValues"))]


def _default(parameter: Table) -> str:
    """Return its default; of one without, the first that it allows."""
    allowed = parameter.get("AllowedValues")
    first = allowed[0] if isinstance(allowed, list) and allowed else None
    return as_text(parameter.get("Default", first)) or ""


def _is_for_it(parameter: Table) -> bool:
    """Return whether *parameter* says an architecture, or yes or no."""
    return architecture_named(_default(parameter)) is not None or _is_boolean(parameter)


def _is_boolean(parameter: Table) -> bool:
    """Return whether *parameter* allows yes and no, or one of them, and nothing else."""
    allowed = parameter.get("AllowedValues")
    texts = {(as_text(each) or "").lower() for each in allowed} if isinstance(allowed, list) else set()
    return any({*texts, _default(parameter).lower()} <= each for each in _BOOLEANS)


def _with_default(document: Table, name: str, value: str) -> Table:
    result, parameters, parameter = Table(document.line), Table(), Table()
    result.update(document)
    parameters.update(document["Parameters"])
    parameter.update(parameters[name])
    parameter["Default"] = value
    parameter["AllowedValues"] = [value]
    parameters[name] = parameter
    result["Parameters"] = parameters
    return result


def _comes_to(document: Table, value: Any) -> Any:
    return Scope(document).items(value, 0)[0].value


# A template may deploy hundreds of functions that hang on one parameter.
@lru_cache(maxsize=8)
def _resources(text: str, path: str, number: int, name: str) -> tuple[str, ...] | None:
    """Return the functions and layers that hang on the parameter *name*; None where anything else does."""
    document = documents_of(text, path)[number]
    conditions = table_at(document, "Conditions")
    on = {each for each in conditions if name in _behind(document, {"Condition": each})}
    found: list[str] = []
    for section in document:
        if section in {"Parameters", "Conditions"}:
            continue
        for way in _mentions(document[section], name, on, (section,)):
            match way:
                case ("Resources", str() as resource, "Properties" | "Metadata", about, *_) if (
                    about in _ABOUT and table_at(document, "Resources", resource).get("Type") in _TYPES
                ):
                    found.append(resource)
                case ("Globals", "Function", about, *_) if about in _ABOUT:
                    found += inherits(document, str(about))
                case _:
                    return None
    return tuple(dict.fromkeys(found))


def _mentions(value: Any, name: str, conditions: set[str], way: Way) -> Iterator[Way]:
    """Yield the ways in *value* to what names the parameter *name*, or one of *conditions*."""
    for kind, each in _named(value):
        if each in (conditions if kind == "condition" else {name}):
            yield way
    if isinstance(value, Table):
        for key, each in value.items():
            yield from _mentions(each, name, conditions, (*way, key))
    elif isinstance(value, list):
        for each in value:
            yield from _mentions(each, name, conditions, way)


def _named_in(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the parameters and conditions that *value* names, however deep."""
    yield from _named(value)
    for each in value.values() if isinstance(value, Table) else value if isinstance(value, list) else ():
        yield from _named_in(each)


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what *value* names itself, where it is a call of a function of CloudFormation."""
    if not isinstance(value, dict):
        return
    for key, argument in value.items():
        match key, argument:
            case "Ref", str():
                yield "parameter", argument
            case "Condition", str():
                yield "condition", argument
            case "Fn::If", [str() as condition, *_]:
                yield "condition", condition
            case "Fn::Sub", (str() as text) | [str() as text, *_]:
                yield from (("parameter", each.partition("}")[0].strip()) for each in text.split("${")[1:])
