"""Which layers a function takes in place of those for x86_64 when it moves. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.data.layers import layer_in
from archcheck.deployables.changes.lines import NotChanged
from archcheck.deployables.changes.yaml_places import Renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from archcheck.deployables.changes.yaml_places import Way
    from archcheck.deployables.model import Deployable
    from archcheck.platforms.architectures import Architecture

_NAMED = re.compile(r":layer:[A-Za-z0-9_-]+(?![A-Za-z0-9_{$-])")


def twins(deployable: Deployable) -> dict[str, str] | NotChanged:
    """Return what the layers of *deployable* for x86_64 are called for arm64, by their names.

    A twin is written only where its versions are those of the other one: `LambdaInsightsExtension:53` is
    `LambdaInsightsExtension-Arm64:20`, or some other number.
    """
    found: dict[str, str] = {}
    hangs = any(each.when is not None for each in deployable.architectures)
    for layer in deployable.layers:
        if hangs and layer.when is not None:
            continue  # templates choose both by one parameter
        named = layer_in(layer.arn or "")
        if named is None or named.architecture == "arm64":
            continue
        if not named.same_versions:
            why = "whose versions have numbers of their own" if named.known else "if there is one"
            take = f"take the layer {named.twin} in place of {named.name} ({layer.location}), {why}"
            return NotChanged(reason=f"{take}{_with_it(deployable)}")
        found[named.name] = named.twin
    return found


def to_see_to(deployable: Deployable) -> str | None:
    """Return that of some layers of *deployable* nobody can tell here what they are for; None for none."""
    found = [
        f"{_shown(layer.arn)} ({layer.location})"
        for layer in deployable.layers
        if layer.arn is not None and layer_in(layer.arn) is None
    ]
    return f"see that these layers are for arm64: {', '.join(dict.fromkeys(found))}" if found else None


def renamed(value: Any, way: Way, names: Mapping[str, str]) -> Iterator[tuple[Way, Renamed]]:
    """Yield what takes other layers in *value*, which stands at *way*, by *names*."""
    for place, text in _texts_in(value, way):
        named = layer_in(text)
        if named is not None and named.name in names:
            yield place, Renamed(named.name, names[named.name])


def missing(
    deployable: Deployable, names: Mapping[str, str], values: list[tuple[Way, Renamed]]
) -> NotChanged | None:
    """Return that not all of *names* are changed by *values*: they stand elsewhere; None where all are."""
    left = [name for name in names if name not in {each.old for _, each in values}]
    if not left:
        return None
    take = f"take {names[left[0]]} there{_with_it(deployable)}"
    return NotChanged(reason=f"the layer {left[0]} is named elsewhere; {take}")


def with_layers(deployable: Deployable, beside: Iterable[Deployable]) -> tuple[str, ...]:
    """Return what of *beside* moves together with *deployable*: its layers for x86_64, or who has it.

    `sam build` makes a layer for one architecture: what has it goes there with it. Of a layer that says
    nothing it depends on what it holds, which its own audit tells.
    """
    others = list(beside)
    if deployable.kind == "layer":
        users = (each for each in others if any(layer.name == deployable.name for layer in each.layers))
        return tuple(each.name for each in users if _machines(each) != {"aarch64"})
    names = {layer.name for layer in deployable.layers}
    layers = (each for each in others if each.kind == "layer" and each.name in names)
    return tuple(each.name for each in layers if _is_other(each) or not each.architectures)


def _with_it(deployable: Deployable) -> str:
    """Return what goes with the other layer, for those of *deployable* that do not say arm64 already."""
    return "" if _machines(deployable) == {"aarch64"} else ", and declare arm64 with it"


def _machines(deployable: Deployable) -> set[Architecture]:
    return {each.value for each in deployable.architectures}


def _is_other(layer: Deployable) -> bool:
    """Return whether *layer* is built for x86_64, or, where that is not told, labelled with it alone."""
    return "x86_64" in (_machines(layer) or {each.value for each in layer.labels}) and (
        bool(layer.architectures) or len(layer.labels) == 1
    )


def _shown(arn: str) -> str:
    """Return the name of the layer in *arn*, or as much of it as tells what it hangs on."""
    found = _NAMED.search(arn)
    return found[0].removeprefix(":layer:") if found else arn[:100]


def _texts_in(value: Any, way: Way = ()) -> Iterator[tuple[Way, str]]:
    """Yield the texts in *value*, each behind its way from *way* on."""
    if isinstance(value, str):
        yield way, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts_in(each, (*way, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts_in(each, (*way, number))
