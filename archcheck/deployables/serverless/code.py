"""Where the code of a service's function is: its folder, an artifact, a Dockerfile, or an image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from archcheck.deployables.model import Code
from archcheck.deployables.tree import handled_in, seen_from
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from archcheck.deployables.serverless.service import Field, Service

_DOCKERFILE = "Dockerfile"


def code_of(service: Service, function: Table, module: str) -> tuple[Code, tuple[str, ...]]:
    """Return where the code of *function* is, and what could not be told of it."""
    image = service.field(function, "image")
    if image.value is not None or image.unknown:
        return _image(service, image)
    for artifact in (_artifact(service, function), service.top("package", "artifact")):
        if artifact.unknown:
            return Code(kind="elsewhere", reference=artifact.unknown), (f"its artifact: {artifact.unknown}",)
        if isinstance(artifact.value, str):
            return _built(service, artifact.value)
    folder = seen_from(service.folder, module or ".")
    if folder is None:
        said = f"the module {module[:60]!r} is outside of this repository"
        return Code(kind="elsewhere", reference=module), (said,)
    handler = service.field(function, "handler").value
    return Code(kind="folder", path=handled_in(service.tree, folder, handler)), ()


def _artifact(service: Service, function: Table) -> Field:
    package = service.field(function, "package")
    return service.field(package.value, "artifact") if isinstance(package.value, Table) else package


def _built(service: Service, name: str) -> tuple[Code, tuple[str, ...]]:
    path = seen_from(service.folder, name)
    if path is not None and (service.tree.is_file(path) or service.tree.is_folder(path)):
        return Code(kind="artifact", path=path), ()
    return Code(kind="elsewhere", reference=name[:200]), (
        f"the artifact {name[:100]} is no file of this repository",
    )


def _image(service: Service, image: Field) -> tuple[Code, tuple[str, ...]]:
    """Return where an image is: by its name among the provider's, or by its address."""
    field = _named(service, image)
    declared = service.table("provider", "ecr", "images")
    if isinstance(field.value, str) and field.value in declared:
        described = service.field(declared, field.value)
        if isinstance(described.value, Table) and "uri" not in described.value:
            return _dockerfile(service, described.value)
        field = _named(service, described)
    if isinstance(field.value, str):
        return Code(kind="image", reference=field.value[:200]), ()
    return _unknown(field.unknown)


def _named(service: Service, image: Field) -> Field:
    """Return the name or the address in *image*, which is one itself or has one."""
    if not isinstance(image.value, Table):
        return image
    return service.field(image.value, "name" if "name" in image.value else "uri")


def _dockerfile(service: Service, image: Table) -> tuple[Code, tuple[str, ...]]:
    where, file = (service.field(image, key) for key in ("path", "file"))
    context = seen_from(service.folder, where.value if isinstance(where.value, str) else ".")
    name = file.value if isinstance(file.value, str) else _DOCKERFILE
    path = None if context is None else seen_from(context, name)
    if where.unknown or file.unknown or path is None:
        return _unknown(where.unknown or file.unknown or "its Dockerfile is outside of this repository")
    arguments = service.field(image, "buildArgs").value
    listed = arguments.items() if isinstance(arguments, Table) else ()
    args = tuple((key, value) for key, value in listed if isinstance(value, str) and "${" not in value)
    return Code(kind="dockerfile", path=posixpath.normpath(path), context=context, args=args), ()


def _unknown(why: str | None) -> tuple[Code, tuple[str, ...]]:
    reason = why or "a value that AWS fills in"
    return Code(kind="elsewhere", reference=reason[:200]), (f"its image: {reason}",)
