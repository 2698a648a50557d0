"""Lambda functions, as SAM and CloudFormation declare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck.deployables.cloudformation.code import code_of
from archcheck.deployables.cloudformation.layers import layers_of
from archcheck.deployables.cloudformation.properties import architectures_of, build_of, memory_of, runtimes_of
from archcheck.deployables.model import Deployable
from archcheck.deployables.problems import notes
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource


def function(context: Context, resource: Resource) -> Iterator[Deployable]:
    """Yield the function that *resource* is."""
    properties = context.properties(resource)
    line = resource.line
    architectures, unknown = architectures_of(context, properties, "Architectures", line)
    code, said = code_of(context, resource, properties)
    layers, unclear = layers_of(context, properties)
    is_image = properties.get("PackageType") == "Image" or (
        code is not None and code.kind in {"image", "dockerfile"}
    )
    runtimes, unread = ((), ()) if is_image else runtimes_of(context, properties)
    yield Deployable(
        name=context.name_of(resource),
        kind="function",
        tool=context.tool,
        platform="lambda",
        location=context.location(line),
        architectures=architectures,
        is_default=_absent(properties.get("Architectures")),
        runtimes=runtimes,
        code=code,
        layers=layers,
        memory_mb=memory_of(context, properties.get("MemorySize"), properties.line_of("MemorySize")),
        build=build_of(context, resource),
        when=context.condition(resource),
        edge=context.location(context.edge[resource.name]) if resource.name in context.edge else None,
        unknown=notes((*unknown, *unread, *said, *unclear, *_put_in(properties))),
    )


def _put_in(properties: Table) -> tuple[str, ...]:
    return ("Fn::Transform puts in what is not written here",) if "Fn::Transform" in properties else ()


def _absent(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, Table) and value.get("Ref") == "AWS::NoValue")
