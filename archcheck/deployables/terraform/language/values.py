"""What expressions come to, as values: known, unknown with a reason, or several on conditions. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from archcheck.manifest.manifest import Location  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_OPTIONS: Final = 24
"""How many values one thing may have on conditions; beyond that it is unknown."""
MAX_TEXT: Final = 100_000
_MAX_WHEN: Final = 500
_MAX_PLAIN: Final = 20_000


class _Value(Struct, frozen=True, kw_only=True):
    at: Location


class Known(_Value, frozen=True, kw_only=True):
    """A text, a number, a truth value or null, and where it is stated.

    It is `certain` where nothing but these files decides; the default of a variable of the root module is
    not, since whoever runs Terraform may give it another.
    """

    value: str | float | bool | None
    certain: bool = True


class Items(_Value, frozen=True, kw_only=True):
    """A list."""

    items: tuple[Value, ...]
    certain: bool = True


class Mapping(_Value, frozen=True, kw_only=True):
    """A map, or an object."""

    items: tuple[tuple[str, Value], ...]
    certain: bool = True

    def get(self, key: str) -> Value | None:
        """Return the value of *key*, where there is one."""
        return next((value for name, value in self.items if name == key), None)


class Unknown(_Value, frozen=True, kw_only=True):
    """What these files do not tell: `words` as they stand there, `why` in words.

    As a `template`, its words are a text of which only what stands in `${…}` is not known; it leads where the
    first of those does.

    `address` is where it leads, where that is a resource, data or a module (`aws_lambda_layer_version`, `x`,
    `arn`), in the module `module` (`module.x.`, none for the root). It is `absent` where there is no such
    thing at all, which `try` passes over.
    """

    words: str
    why: str
    address: tuple[str, ...] = ()
    module: str = ""
    template: bool = False
    absent: bool = False

    def text(self) -> str:
        """Return it as a text that holds it has it."""
        return self.words if self.template else f"${{{self.words}}}"


class Option(Struct, frozen=True, kw_only=True):
    """One of several values, and when it holds, in the file's words."""

    when: str
    value: Value


class Choice(_Value, frozen=True, kw_only=True):
    """Several values on conditions."""

    options: tuple[Option, ...]


Value: TypeAlias = Known | Items | Mapping | Unknown | Choice


def options(value: Value, when: str | None = None) -> tuple[tuple[str | None, Value], ...]:
    """Return what *value* may be, each with its condition: choices in choices as one list."""
    if not isinstance(value, Choice):
        return ((when, value),)
    found: list[tuple[str | None, Value]] = []
    for each in value.options:
        found += options(each.value, each.when if when is None else f"{when} && {each.when}")
    return tuple(found[:MAX_OPTIONS])


def first(value: Value) -> Value:
    """Return the first of what *value* may be that is not null."""
    found = [each for _, each in options(value)]
    there = (each for each in found if not (isinstance(each, Known) and each.value in {None, ""}))
    return next(there, found[0])


def outcomes(value: Value) -> tuple[Value, ...]:
    """Return the `first` of what *value* may be, and what else it is: for other keys of a `for_each`.

    Of what hangs on a condition one alone is deployed, by default the first; of a `for_each` all are.
    """
    others = (each for when, each in options(value) if when and "each.key ==" in when and not is_null(each))
    return tuple(dict.fromkeys((first(value), *others)))


def is_null(value: Value) -> bool:
    """Return whether *value* is null."""
    return isinstance(value, Known) and value.value is None


def choice(found: Iterable[tuple[str | None, Value]], at: Location, words: str) -> Value:
    """Return one value for those in *found*, whose conditions exclude one another."""
    flat = [each for when, value in found for each in options(value, when)]
    if len(flat) > MAX_OPTIONS:
        return Unknown(at=at, words=words, why="too many conditions")
    if len(flat) == 1 and flat[0][0] is None:
        return flat[0][1]
    return Choice(
        at=at, options=tuple(Option(when=(when or "true")[:_MAX_WHEN], value=value) for when, value in flat)
    )


def is_certain(value: Value) -> bool:
    """Return whether nothing but the files decides *value*."""
    return isinstance(value, (Known, Items, Mapping)) and value.certain


def uncertain(value: Value) -> Value:
    """Return *value*, known as the default of what may be given otherwise."""
    match value:
        case Known():
            return Known(at=value.at, value=value.value, certain=False)
        case Items():
            return Items(at=value.at, items=tuple(map(uncertain, value.items)), certain=False)
        case Mapping():
            items = tuple((key, uncertain(each)) for key, each in value.items)
            return Mapping(at=value.at, items=items, certain=False)
    return value


def plain(value: Value) -> Any:
    """Return *value* as JSON has it; an unknown is the text `${…}`, of several values the first."""
    left = _MAX_PLAIN

    def made(each: Value, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > 50:  # noqa: PLR2004 - no such document is deeper
            return None
        match each:
            case Known():
                return each.value
            case Items():
                return [made(item, depth + 1) for item in each.items]
            case Mapping():
                return {key: made(item, depth + 1) for key, item in each.items}
            case Choice():
                return made(each.options[0].value, depth + 1)
        return each.text()

    return made(value, 0)


def text_of(value: Value) -> str | None:
    """Return *value* as an interpolation writes it, where it is known."""
    if not isinstance(value, Known) or value.value is None:
        return None
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return str(value.value)
