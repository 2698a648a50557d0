"""Where the code of a Terraform function is: its `filename` led back to what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.images import image_code
from archcheck.deployables.terraform.language.values import (
    Unknown,
    Value,
    first,
    is_null,
    options,
    plain,
    text_of,
)
from archcheck.deployables.terraform.packages import source_code
from archcheck.deployables.terraform.resources import Resource
from archcheck.deployables.terraform.sam_metadata import told_to_sam
from archcheck.deployables.tree import folder_of

if TYPE_CHECKING:
    from archcheck.deployables.terraform.modules import Module

_OBJECTS: Final = {"aws_s3_object", "aws_s3_bucket_object"}
_LED: Final = 8


def code_of(resource: Resource) -> Code | None:
    """Return where the code of the function or layer *resource* is; what cannot be told is said in it."""
    told = told_to_sam(resource)
    if told is not None:
        return told
    image = resource.value("image_uri")
    values = ((name, resource.value(name)) for name in ("filename", "s3_key"))
    packed = next(((name, value) for name, value in values if value is not None), None)
    # A module that takes either has null for the other, by a condition: its default's outcome comes first.
    if image is not None and (packed is None or not is_null(options(image)[0][1])):
        return image_code(resource, image)
    return packed_code(resource, *packed) if packed else None


def packed_code(resource: Resource, name: str, value: Value) -> Code:
    """Return the code of the archive that *value*, the attribute *name* of *resource*, stands for."""
    each = first(value)
    found = _led(resource.module, each, _LED)
    if found is not None:
        return found
    text = text_of(each)
    if name == "s3_key":
        bucket = resource.value("s3_bucket")
        where = plain(bucket) if bucket is not None else "?"
        return Code(kind="elsewhere", reference=f"s3://{where}/{plain(each)}"[:300])
    if text is None:
        resource.say(name, each)
        return Code(kind="elsewhere", reference=str(plain(each)))
    module = resource.module
    path = module.path_of(text)
    packed = _packed_to(module, path) if path is not None else None
    if packed:  # first: it writes over a zip that is in the repository as well
        return packed
    if path is not None and module.folders.tree.is_file(path):
        return Code(kind="artifact", path=path)
    where = "not in the repository; what makes it is not told here" if path else "outside of the repository"
    resource.unknown.append(f"{name}: {text[:120]} is {where}")
    return Code(kind="elsewhere", reference=text)


def _led(module: Module, value: Value, left: int) -> Code | None:
    """Return the code that *value* leads to: an archive's source, a module's package, an object's file."""
    if not isinstance(value, Unknown) or value.template or not left:
        return None
    at = module.folders.modules.get(value.module, module)
    match value.address:  # of the module that names it, which may have been given it by another
        case (("data", "archive_file", name, *_) | ("archive_file", name, *_)) as address:
            return _archived(at, "data" if address[0] == "data" else "resource", name)
        case (kind, name, *_) if kind in _OBJECTS:
            return _stored(at, kind, name, left)
        case ("module", name, *_):
            placed = at.block("module", name)
            return source_code(Resource(at, placed))[0] if placed else None
        case _:
            return None


def _stored(module: Module, kind: str, name: str, left: int) -> Code | None:
    placed = module.block("resource", kind, name)
    source = Resource(module, placed).value("source") if placed else None
    text = text_of(source) if source is not None else None
    path = module.path_of(text) if text else None
    if path and (packed := _packed_to(module, path)):
        return packed
    if path and module.folders.tree.is_file(path):
        return Code(kind="artifact", path=path)
    return _led(module, source, left - 1) if source is not None else None


def _archived(module: Module, kind: str, name: str) -> Code | None:
    placed = module.block(kind, "archive_file", name)
    return _source_of_archive(Resource(module, placed)) if placed else None


def _packed_to(module: Module, path: str) -> Code | None:
    """Return the source of the archive that this module packs to *path*."""
    if module.archives is None:
        module.archives = {}
        for kind in ("data", "resource"):
            for placed in module.blocks(kind, "archive_file"):
                output = Resource(module, placed).text("output_path")
                where = module.path_of(output) if output else None
                if where:
                    module.archives.setdefault(where, placed)
    found = module.archives.get(path)
    return _source_of_archive(Resource(module, found)) if found else None


def _source_of_archive(archive: Resource) -> Code | None:
    folder = archive.value("source_dir")
    file = archive.value("source_file")
    if folder is None and file is None:
        return Code(kind="inline")  # `source { content = … }`
    value = file if folder is None else folder
    text = text_of(first(value)) if value is not None else None
    path = archive.module.path_of(text) if text else None
    if path is None:
        return Code(kind="elsewhere", reference=text or getattr(value, "words", None))
    return Code(kind="folder", path=folder_of(path) if folder is None else path)
