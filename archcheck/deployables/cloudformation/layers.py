"""Layers: those that a template declares, and those that its functions have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.deployables.cloudformation.code import content_of
from archcheck.deployables.cloudformation.intrinsics.values import Outcome, Unknown, as_text, in_words
from archcheck.deployables.cloudformation.properties import (
    architectures_of,
    build_of,
    labels_of,
    metadata_of,
    runtimes_of,
)
from archcheck.deployables.model import Deployable, Layer
from archcheck.deployables.problems import notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource
    from archcheck.deployables.yaml_documents import Table

_NOT_BUILT = "BuildMethod: none is stated; what its folder holds is deployed as it is"


def layer_version(context: Context, resource: Resource) -> Iterator[Deployable]:
    """Yield the layer that *resource* is.

    What `sam build` builds for is `Metadata.BuildArchitecture`, x86_64 where there is none;
    `CompatibleArchitectures` is a label. A layer without a `BuildMethod` is not built: what its files are for
    is not told.
    """
    properties, metadata = context.properties(resource), metadata_of(resource)
    build = build_of(context, resource)
    architectures, unknown = architectures_of(context, metadata, "BuildArchitecture", resource.line)
    if build is None and "BuildArchitecture" not in metadata:
        architectures, unknown = (), (_NOT_BUILT,)
    code, said = content_of(context, resource, properties)
    yield Deployable(
        name=context.name_of(resource),
        kind="layer",
        tool=context.tool,
        platform="lambda",
        location=context.location(resource.line),
        architectures=architectures,
        is_default=bool(architectures) and "BuildArchitecture" not in metadata,
        runtimes=runtimes_of(context, properties, "CompatibleRuntimes")[0],
        code=code,
        build=build,
        labels=labels_of(context, properties),
        when=context.condition(resource),
        unknown=notes((*unknown, *said)),
    )


def layers_of(context: Context, properties: Table) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Return the layers that a function with *properties* has, and what is unclear of them."""
    if "Layers" not in properties:
        return (), ()
    found: list[Layer] = []
    unknown: list[str] = []
    for each in context.scope.items(properties["Layers"], properties.line_of("Layers")):
        if each.value is not None:
            found.append(_layer(context, each))
            if isinstance(each.value, Unknown) and found[-1].name is None:
                unknown.append(f"Layers: {each.value.text}: {each.value.why}")
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unknown))


def _layer(context: Context, outcome: Outcome) -> Layer:
    location = context.location(outcome.line)
    when = in_words([outcome.given]) if outcome.given else None
    if isinstance(outcome.value, Unknown) and outcome.value.resource in context.layers:
        return Layer(location=location, name=context.layers[outcome.value.resource], when=when)
    return Layer(location=location, arn=as_text(outcome.value), when=when)
