"""Which Dockerfile an image of Terraform is built by, where that is told in its files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.language.values import Mapping, Unknown, Value, first, plain, text_of
from archcheck.deployables.terraform.resources import Resource

if TYPE_CHECKING:
    from archcheck.deployables.terraform.modules import Module

_LED: Final = 4


def image_code(resource: Resource, value: Value) -> Code:
    """Return the code that the image *value* stands for: of one that is built here, its Dockerfile."""
    each = first(value)
    built = _built(resource.module, each, _LED)
    return built or Code(kind="image", reference=str(plain(each)))


def _built(module: Module, value: Value, left: int) -> Code | None:
    """Follow *value* to what builds it: `docker-build` of terraform-aws-modules, or the docker provider."""
    if not isinstance(value, Unknown) or not left:
        return None
    at = module.folders.modules.get(value.module, module)
    match value.address:
        case ("module", name, *_):
            placed = at.block("module", name)
            if placed and (at.source_of(placed) or "").split("?")[0].endswith("modules/docker-build"):
                built = Resource(at, placed)
                return _dockerfile(at, *map(built.value, ("source_path", "docker_file_path", "build_args")))
        case (("docker_image" | "docker_registry_image") as kind, name, *_):
            placed = at.block("resource", kind, name)
            return _by_provider(Resource(at, placed), left) if placed else None
    return None


def _by_provider(image: Resource, left: int) -> Code | None:
    """Return what builds *image*: `docker_image` has it in a block, `docker_registry_image` names one."""
    context = image.inner("build", "context")
    if context is not None:
        file, arguments, stage = (
            image.inner("build", each) for each in ("dockerfile", "build_args", "target")
        )
        return _dockerfile(image.module, context, file, arguments, stage)
    named = image.value("name")
    return _built(image.module, first(named), left - 1) if named is not None else None


def _dockerfile(
    module: Module,
    context: Value | None,
    file: Value | None,
    arguments: Value | None,
    stage: Value | None = None,
) -> Code:
    folder = text_of(first(context)) if context is not None else None
    path = module.path_of(folder) if folder else None
    if path is None:
        return Code(kind="elsewhere", reference=str(plain(context)) if context is not None else None)
    name = text_of(first(file)) if file is not None else None
    pairs = arguments.items if isinstance(arguments, Mapping) else ()
    return Code(
        kind="dockerfile",
        path=posixpath.normpath(posixpath.join(path, name or "Dockerfile")),
        context=path,
        stage=text_of(first(stage)) if stage is not None else None,
        args=tuple((key, text_of(each) or "") for key, each in pairs),
    )
