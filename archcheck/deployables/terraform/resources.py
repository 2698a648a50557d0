"""One block of a module that deploys something, and its attributes as the model has them. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.model import Layer, Stated
from archcheck.deployables.terraform.language.evaluation import Evaluator
from archcheck.deployables.terraform.language.values import (
    MAX_OPTIONS,
    Choice,
    Items,
    Known,
    Mapping,
    Unknown,
    Value,
    choice,
    is_certain,
    is_null,
    options,
    plain,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.terraform.folders import Placed
    from archcheck.deployables.terraform.modules import Module
    from archcheck.manifest.manifest import Location
    from archcheck.platforms.architectures import Architecture

ARCHITECTURES: Final[dict[str, Architecture]] = {"x86_64": "x86_64", "arm64": "aarch64"}
"""By the names that Lambda has for them."""


class Resource:
    """The block *placed* of *module*, whose `each` and `count` are known where `for_each` tells them.

    With *key* it is the one of that key alone, where there is such a one.
    """

    def __init__(self, module: Module, placed: Placed, key: str | None = None) -> None:
        self.module = module
        self.placed = placed
        self.location = placed.location
        self.unknown: list[str] = []
        self.when = module.when
        self._each: dict[str, Value] = {}
        repeated = self.value("for_each")
        if repeated is not None:
            self._each = _each(repeated, self.location, key)

    def each_key(self) -> tuple[str, ...]:
        """Return the keys that `for_each` goes over, as far as they are known."""
        found = (text_of(each) for _, each in options(self._each["key"])) if self._each else ()
        return tuple(each for each in found if each is not None)

    @property
    def address(self) -> str:
        """Return its address as Terraform writes it: `module.x.aws_lambda_function.f`."""
        return self.module.address + ".".join(
            [
                *([] if self.placed.block.kind == "resource" else [self.placed.block.kind]),
                *self.placed.block.labels,
            ]
        )

    def look(self, root: str, steps: tuple[str, ...], at: Location, depth: int) -> tuple[Value, int]:
        """Return what a name stands for in this block, and how many of its steps that took."""
        if root == "each" and steps[:1] and steps[0] in self._each:
            return self._each[steps[0]], 1
        return self.module.look(root, steps, at, depth)

    def value(self, name: str) -> Value | None:
        """Return what the attribute *name* comes to; None where the block does not have it, or has null."""
        found = self.placed.block.attribute(name)
        if found is None:
            return None
        value = Evaluator(self, self.placed.path).value(found.expression)
        return None if isinstance(value, Known) and value.value is None else value

    def inner(self, kind: str, name: str) -> Value | None:
        """Return what the attribute *name* of the first block *kind* in this one comes to."""
        for block in self.placed.block.named(kind):
            found = block.attribute(name)
            if found is not None:
                return Evaluator(self, self.placed.path).value(found.expression)
        return None

    def is_left_out(self) -> bool:
        """Return whether it is certain that none is made (`count = 0`); keep on what it depends."""
        for name in ("count", "create", "for_each"):
            value = self.value(name)
            if value is None or (name == "create" and self.placed.block.kind != "module"):
                continue
            match value:
                case Known(certain=True) if value.value == 0:
                    return True
                case Items() | Mapping() if value.certain and not value.items:
                    return True
                case Known() if value.value == 1:
                    continue
                case Choice() if (when := _made_when(value)) is not None:
                    self.when = when if self.when is None else f"{self.when} && {when}"
                    continue
            found = self.placed.block.attribute(name)
            self.unknown.append(
                f"{name} = {found.expression.words if found else ''} decides how many there are"
            )
        return False

    def text(self, name: str) -> str | None:
        """Return the text of the attribute *name*, the first where there are several; None for an unknown."""
        value = self.value(name)
        return None if value is None else next((text_of(each) for _, each in options(value)), None)

    def flag(self, name: str, *, default: bool) -> bool | None:
        """Return whether the attribute *name* is true; None where that is not certain."""
        value = self.value(name)
        if value is None:
            return default
        return (
            value.value
            if isinstance(value, Known) and isinstance(value.value, bool) and value.certain
            else None
        )

    def number(self, name: str) -> int | None:
        """Return the attribute *name* as a whole number."""
        value = self.value(name)
        if value is None:
            return None
        found = next((each.value for _, each in options(value) if isinstance(each, Known)), None)
        if isinstance(found, str) and found.isdecimal() and len(found) < 10:  # noqa: PLR2004 - as Lambda's
            found = int(found)
        if isinstance(found, (int, float)) and not isinstance(found, bool) and found == int(found):
            return int(found)
        self.say(name, value)
        return None

    def say(self, name: str, value: Value) -> None:
        """Keep in words that *value*, of the attribute *name*, is not known."""
        if isinstance(value, Unknown):
            self.unknown.append(f"{name}: {value.words[:120]} is not told here; {value.why}")
        else:
            self.unknown.append(f"{name}: {str(plain(value))[:120]!r} is none that is known")

    def texts(self, name: str) -> tuple[Stated[str], ...]:
        """Return the texts that the attribute *name* may be, and say of what is none."""
        value = self.value(name)
        found = []
        for when, each in options(value) if value is not None else ():
            if isinstance(each, Known) and isinstance(each.value, str):
                if each.value:
                    found.append(Stated(value=each.value, location=each.at, when=when))
            elif not (isinstance(each, Known) and each.value is None):
                self.say(name, each)
        return tuple(found)

    def items(self, name: str) -> Iterator[tuple[str | None, Value]]:
        """Yield the values in the list that the attribute *name* is, each with its condition."""
        value = self.value(name)
        for when, each in options(value) if value is not None else ():
            if isinstance(each, Items):
                for item in each.items:
                    yield from options(item, when)
            else:
                yield when, each

    def architectures(self, name: str = "architectures") -> tuple[tuple[Stated[Architecture], ...], bool]:
        """Return the architectures that it may have by *name*, and whether they are Lambda's own alone."""
        found: list[Stated[Architecture]] = []
        stated = False
        unknown = False
        for when, each in self.items(name):
            text = text_of(each)
            if is_null(each):
                found += (
                    [Stated(value="x86_64", location=each.at, when=when)] if name == "architectures" else []
                )
            elif text in ARCHITECTURES:
                found.append(Stated(value=ARCHITECTURES[text], location=each.at, when=when))
                stated = True
            else:
                self.say(name, each)
                unknown = True
        if not found and not unknown:
            return (Stated(value="x86_64", location=self.location),), True
        return tuple(found[:MAX_OPTIONS]), bool(found) and not stated

    def layers(self) -> tuple[Layer, ...]:
        """Return the layers that it has."""
        found = []
        for when, each in self.items("layers"):
            match each:
                case Known(value=str(arn)):
                    found.append(Layer(location=each.at, when=when, arn=arn))
                case Unknown() if each.words.startswith("arn:"):
                    found.append(Layer(location=each.at, when=when, arn=each.words))
                case Unknown(address=("aws_lambda_layer_version", name, *_)):
                    found.append(
                        Layer(
                            location=each.at, when=when, name=f"{each.module}aws_lambda_layer_version.{name}"
                        )
                    )
                case Unknown(address=("module", name, *_)):
                    found.append(Layer(location=each.at, when=when, name=f"{each.module}module.{name}"))
                case Known(value=None):
                    pass
                case _:
                    self.say("layers", each)
        return tuple(dict.fromkeys(found))


def _made_when(value: Choice) -> str | None:
    """Return when one is made, where *value* is 1 or 0 on conditions: `var.on` for `var.on ? 1 : 0`."""
    found = [
        (each.when, each.value.value if isinstance(each.value, Known) else None) for each in value.options
    ]
    whens = [when for when, number in found if number == 1]
    return " || ".join(whens) if whens and all(number in {0, 1} for _, number in found) else None


def _each(repeated: Value, at: Location, only: str | None) -> dict[str, Value]:
    """Return `each.key` and `each.value`: what they are for each of what `for_each` goes over."""
    match repeated:
        case Mapping() | Items() if not 0 < len(repeated.items) <= MAX_OPTIONS:
            return {}
        case Mapping():
            pairs: list[tuple[Any, Value]] = [(key, value) for key, value in repeated.items]
        case Items():
            pairs = [(text_of(each), each) for each in repeated.items]
        case _:
            return {}
    pairs = [pair for pair in pairs if pair[0] == only] or pairs
    whens = [f'each.key == "{key}"' for key, _ in pairs]
    keys = [Known(at=at, value=key, certain=is_certain(repeated)) for key, _ in pairs]
    return {
        "key": choice(zip(whens, keys, strict=True), at, "each.key"),
        "value": choice(zip(whens, (value for _, value in pairs), strict=True), at, "each.value"),
    }
