"""Which Dockerfile an image of Terraform is built by, where that is told in its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.language.values import (
    Mapping,
    Unknown,
    Value,
    first,
    is_null,
    outcomes,
    plain,
    text_of,
)
from archcheck.deployables.terraform.resources import Resource
from archcheck.deployables.tree import seen_from

if TYPE_CHECKING:
    from archcheck.deployables.terraform.folders import Placed
    from archcheck.deployables.terraform.modules import Module

_LED: Final = 4


def image_codes(resource: Resource, value: Value) -> tuple[Code, ...]:
    """Return the code that the images *value* stand for: of one that is built here, its Dockerfile."""
    found: dict[Code, None] = {}
    for each in outcomes(value):
        built = _built(resource.module, each, _LED)
        for code in built:
            if code.kind == "elsewhere":
                what = (code.reference or "")[:120]
                resource.unknown.append(f"the Dockerfile of its image is not told here: {what}")
        found |= dict.fromkeys(built or (Code(kind="image", reference=str(plain(each))),))
    return tuple(found)


def _built(module: Module, value: Value, left: int) -> tuple[Code, ...]:
    """Follow *value* to what builds it: `docker-build` of terraform-aws-modules, or the docker provider."""
    if not isinstance(value, Unknown) or not left:
        return ()
    at = module.folders.modules.get(value.module, module)
    match value.address:
        case ("module", name, *rest):
            placed = at.block("module", name)
            if placed and (at.source_of(placed) or "").split("?")[0].endswith("modules/docker-build"):
                names = ("source_path", "docker_file_path", "build_args")
                return tuple(
                    _dockerfile(at, *map(each.value, names)) for each in _each(at, placed, *rest[:1])
                )
        case (("docker_image" | "docker_registry_image") as kind, name, *rest):
            placed = at.block("resource", kind, name)
            images = _each(at, placed, *rest[:1]) if placed else ()
            return tuple(code for image in images for code in _by_provider(image, left))
    return ()


def _each(module: Module, placed: Placed, key: str | None = None) -> tuple[Resource, ...]:
    """Return the block *placed* for each key of its `for_each`, for *key* alone where it has that."""
    return tuple(
        Resource(module, placed, each) for each in Resource(module, placed, key).each_key() or (None,)
    )


def _by_provider(image: Resource, left: int) -> tuple[Code, ...]:
    """Return what builds *image*: `docker_image` has it in a block, `docker_registry_image` names one."""
    context = image.inner("build", "context")
    if context is not None:
        file, arguments, stage = (
            image.inner("build", each) for each in ("dockerfile", "build_args", "target")
        )
        return (_dockerfile(image.module, context, file, arguments, stage),)
    named = image.value("name")
    return _built(image.module, first(named), left - 1) if named is not None else ()


def _dockerfile(
    module: Module,
    context: Value | None,
    file: Value | None,
    arguments: Value | None,
    stage: Value | None = None,
) -> Code:
    folder = text_of(first(context)) if context is not None else None
    named = first(file) if file is not None else None
    name = "Dockerfile" if named is None or is_null(named) else text_of(named)
    context_path = module.path_of(folder) if folder else None
    path = _named(module, context_path, name) if context_path is not None and name else None
    if path is None:
        untold = file if context_path is not None else context
        return Code(kind="elsewhere", reference=str(plain(untold)) if untold is not None else None)
    pairs = arguments.items if isinstance(arguments, Mapping) else ()
    return Code(
        kind="dockerfile",
        path=path,
        context=context_path,
        stage=text_of(first(stage)) if stage is not None else None,
        args=tuple((key, text_of(each) or "") for key, each in pairs),
    )


def _named(module: Module, context: str, name: str) -> str | None:
    """Return the Dockerfile *name*: seen from *context*, or else from where Terraform runs.

    As the example of terraform-aws-modules' docker-build has it, for buildx.
    """
    path, other = seen_from(context, name), module.path_of(name)
    is_file = module.folders.tree.is_file
    return other if other and is_file(other) and not (path and is_file(path)) else path
