"""What a task definition of ECS runs, as a JSON file for `aws ecs register-task-definition`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.documents import mebibytes, table_at, tables_at, target_of_image, text_at
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Stated
from archcheck.deployables.problems import notes, problem_of
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

MAX_CONTAINERS: Final = 100
"""Containers of one task; ECS takes 10."""
CONTAINERS: Final = "containerDefinitions"


def read_ecs(path: str, tree: Tree) -> Found:
    """Return the containers of the task definition at *path*; nothing where the file is none."""
    try:
        data = tree.read(path)
        if CONTAINERS.encode() not in data:
            return Found()
        document = next(read_documents(data, path), None)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=True),))
    # `aws ecs describe-task-definition` has it one level deeper.
    described = table_at(document, "taskDefinition")
    task = described if CONTAINERS in described else table_at(document)
    return Found(deployables=tuple(_containers(task, path)))


def _containers(task: Table, path: str) -> Iterator[Deployable]:
    containers = tables_at(task, CONTAINERS)[:MAX_CONTAINERS]
    platform = table_at(task, "runtimePlatform")
    stated = text_at(platform, "cpuArchitecture")
    machine = architecture_named("X86_64" if stated is None else stated)
    line = platform.line_of("cpuArchitecture") if stated is not None else task.line
    system = text_at(platform, "operatingSystemFamily") or "LINUX"
    compatibilities = task.get("requiresCompatibilities")
    is_fargate = isinstance(compatibilities, list) and "FARGATE" in compatibilities
    family = text_at(task, "family") or "task"
    for container in containers:
        own, image = text_at(container, "name"), text_at(container, "image")
        location = Location(path=path, line=container.line)
        unknown = []
        if machine is None:
            unknown.append(f"its architecture: expected X86_64 or ARM64, found {str(stated)[:60]!r}")
        if not system.startswith("LINUX"):
            unknown.append(f"it runs on {system[:60]}, which is not Linux")
        yield Deployable(
            name=f"{family}/{own}" if own and len(containers) > 1 else family,
            kind="container",
            tool="ecs",
            platform="fargate" if is_fargate else "ecs",
            location=location,
            architectures=()
            if machine is None
            else (Stated(value=machine, location=Location(path=path, line=line)),),
            is_default=stated is None,
            targets=target_of_image(image, location),
            code=None if image is None else Code(kind="image", reference=image),
            memory_mb=mebibytes(text_at(container, "memory")) or mebibytes(text_at(task, "memory")),
            unknown=notes(unknown),
        )
