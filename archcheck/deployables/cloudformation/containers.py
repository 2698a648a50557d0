"""Containers that templates declare: the tasks of ECS, and the runtimes of Bedrock AgentCore."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.cloudformation.code import built_image_of, image_of
from archcheck.deployables.cloudformation.intrinsics.values import as_text
from archcheck.deployables.cloudformation.properties import architectures_of, metadata_of
from archcheck.deployables.documents import target_of_image
from archcheck.deployables.model import Code, Deployable, Stated
from archcheck.deployables.problems import notes
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.cloudformation.code import Answer
    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource
    from archcheck.deployables.cloudformation.properties import Architectures
    from archcheck.platforms.architectures import Architecture

_ARCHITECTURES: Final[dict[str, Architecture]] = {"X86_64": "x86_64", "ARM64": "aarch64"}
_MOST: Final = 100
"""Containers of one task; ECS takes 10."""
_MEMORY: Final = re.compile(r"\s*(\d{1,7})\s*(?:(GB)|MB)?\s*", re.IGNORECASE)
_AGENT_RUNTIME: Final = re.compile(r"PYTHON_(\d)_(\d{1,2})")


def task_definition(context: Context, resource: Resource) -> Iterator[Deployable]:
    """Yield the containers of the task that *resource* defines."""
    properties = context.properties(resource)
    platform = _table(context, properties, "RuntimePlatform")
    line = platform.line_of("CpuArchitecture") if "CpuArchitecture" in platform else resource.line
    outcomes = context.scope.outcomes(platform.get("CpuArchitecture"), line)
    found: Architectures = context.stated(outcomes, _architecture, "CpuArchitecture")
    kinds = context.scope.items(properties.get("RequiresCompatibilities"), resource.line)
    containers = _items(context, properties, "ContainerDefinitions")[:_MOST]
    built, builds_for = _built(context, resource) if len(containers) == 1 else (None, None)
    name = context.name_of(resource)
    for container in containers:
        own = as_text(container.get("Name"))
        image = image_of(context, container.get("Image"), container.line_of("Image"), "Image")
        code, said = built or image
        yield Deployable(
            name=f"{name}/{own}" if own and len(containers) > 1 else name,
            kind="container",
            tool=context.tool,
            platform="fargate" if any(each.value == "FARGATE" for each in kinds) else "ecs",
            location=context.location(resource.line),
            architectures=found[0],
            is_default=platform.get("CpuArchitecture") is None,
            targets=target_of_image(code.reference, context.location(container.line)) if code else (),
            code=code,
            builds_for=builds_for,
            memory_mb=_memory(context, container.get("Memory")) or _memory(context, properties.get("Memory")),
            when=context.condition(resource),
            unknown=notes((*found[1], *said, *_system(platform))),
        )


def agent_runtime(context: Context, resource: Resource) -> Iterator[Deployable]:
    """Yield the runtime of Bedrock AgentCore that *resource* is: always on arm64, there is nothing else."""
    properties = context.properties(resource)
    artifact = _table(context, properties, "AgentRuntimeArtifact")
    container = _table(context, artifact, "ContainerConfiguration")
    packed = _table(context, artifact, "CodeConfiguration")
    code: Code | None = None
    said: tuple[str, ...] = ()
    built, builds_for = _built(context, resource)
    if built is not None:
        code, said = built
    elif "ContainerUri" in container:
        uri = container["ContainerUri"]
        code, said = image_of(context, uri, container.line_of("ContainerUri"), "ContainerUri")
    elif packed:
        bucket = _table(context, _table(context, packed, "Code"), "S3")
        parts = [context.scope.text(bucket.get(key), 0)[0].value or "?" for key in ("Bucket", "Prefix")]
        code = Code(kind="elsewhere", reference=f"s3://{'/'.join(parts)}")
    outcomes = context.scope.outcomes(packed.get("Runtime"), packed.line_of("Runtime"))
    targets, unknown = context.stated(outcomes, _agent_target, "Runtime") if packed else ((), ())
    yield Deployable(
        name=context.name_of(resource),
        kind="container" if built is not None or "ContainerUri" in container else "function",
        tool=context.tool,
        platform="agentcore",
        location=context.location(resource.line),
        architectures=(Stated(value="aarch64", location=context.location(resource.line)),),
        is_default=True,
        targets=targets,
        code=code,
        builds_for=builds_for,
        when=context.condition(resource),
        unknown=notes((*unknown, *said)),
    )


def _system(platform: Table) -> tuple[str, ...]:
    system = as_text(platform.get("OperatingSystemFamily")) or "LINUX"
    return () if system.startswith("LINUX") else (f"it runs on {system[:60]}, which is not Linux",)


def _built(context: Context, resource: Resource) -> tuple[Answer | None, Stated[Architecture] | None]:
    """Return the image that `sam build` makes of *resource*, and what for: its `Metadata.Architecture`.

    That is x86_64 where nobody states one, for a runtime of Bedrock AgentCore too.
    """
    metadata = metadata_of(resource)
    built = built_image_of(context, metadata)
    if built is None:
        return None, None
    stated, _ = architectures_of(context, metadata, "Architecture", resource.line)
    return built, stated[0] if stated else None


def _architecture(value: Any) -> Architecture | None:
    if value is None:
        return "x86_64"
    return _ARCHITECTURES.get(value) if isinstance(value, str) else None


def _agent_target(value: Any) -> str | None:
    found = _AGENT_RUNTIME.fullmatch(value) if isinstance(value, str) else None
    return f"agentcore:python{found[1]}.{found[2]}" if found else None


def _table(context: Context, table: Table, key: str) -> Table:
    value = context.scope.outcomes(table.get(key), table.line_of(key))[0].value
    return value if isinstance(value, Table) else Table(table.line)


def _items(context: Context, table: Table, key: str) -> list[Table]:
    outcomes = context.scope.items(table.get(key), table.line_of(key))
    return [each.value for each in outcomes if isinstance(each.value, Table)]


def _memory(context: Context, value: Any) -> int | None:
    found = _MEMORY.fullmatch(context.scope.text(value, 0)[0].value or "")
    return int(found[1]) * (1024 if found[2] else 1) if found else None
