"""The containers of an ECS task definition, as Terraform's files and its plan both have them. No I/O."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.documents import target_of_image
from archcheck.deployables.model import Code, Deployable, Stated
from archcheck.deployables.problems import notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.manifest.manifest import Location
    from archcheck.platforms.architectures import Architecture

ARCHITECTURES: Final[dict[str, Architecture]] = {"X86_64": "x86_64", "ARM64": "aarch64"}
"""By the names that ECS has for them; where a task states none, it is X86_64."""
_MOST: Final = 50


def containers_of(
    *,
    name: str,
    location: Location,
    definitions: Any,
    stated: tuple[Stated[str], ...],
    is_stated: bool,
    is_fargate: bool,
    memory: int | None,
    when: str | None = None,
    unknown: tuple[str, ...] = (),
) -> Iterator[Deployable]:
    """Yield a deployable for each container of the task *name*.

    *definitions* are its `container_definitions`, as JSON or read already; *stated* are the values of
    `cpu_architecture`, and *is_stated* tells whether it is there at all. *memory* is the task's, in MiB.
    """
    said = list(unknown)
    found: list[Stated[Architecture]] = []
    for each in stated:
        if each.value in ARCHITECTURES:
            value = ARCHITECTURES[each.value]
            found.append(Stated(value=value, location=each.location, when=each.when))
        else:
            said.append(f"cpu_architecture: expected X86_64 or ARM64, found {each.value[:40]!r}")
    if not is_stated:
        found.append(Stated(value="x86_64", location=location))
    containers = _containers(definitions)
    if containers is None:
        said.append("container_definitions: they are not told here")
    for container in containers or ({},):
        label, image, own = (container.get(key) for key in ("name", "image", "memory"))
        yield Deployable(
            name=f"{name}.{label}" if isinstance(label, str) and label else name,
            kind="container",
            tool="terraform",
            platform="fargate" if is_fargate else "ecs",
            location=location,
            architectures=tuple(found),
            is_default=not is_stated,
            targets=target_of_image(image, location) if isinstance(image, str) else (),
            code=Code(kind="image", reference=image) if isinstance(image, str) and image else None,
            memory_mb=own if isinstance(own, int) and not isinstance(own, bool) else memory,
            when=when,
            unknown=notes(said),
        )


def read_json(data: str | bytes) -> Any:
    """Return what *data* holds; raises ValueError for what is not JSON, or cannot be written in UTF-8."""
    try:
        document = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    escaped = "\\ud" if isinstance(data, str) else b"\\ud"
    if escaped in data.lower():  # type: ignore[operator]
        json.dumps(document, ensure_ascii=False).encode()  # half of a pair is no character
    return document


def _containers(definitions: Any) -> list[dict[str, Any]] | None:
    if isinstance(definitions, str):
        try:
            definitions = read_json(definitions)
        except ValueError:
            return None
    if not isinstance(definitions, list):
        return None
    return [each for each in definitions if isinstance(each, dict)][:_MOST]
