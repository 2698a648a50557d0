"""Where the code of a Terraform function is: its `filename` led back to what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.images import image_codes
from archcheck.deployables.terraform.language.values import (
    Unknown,
    Value,
    is_null,
    options,
    outcomes,
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


def codes_of(resource: Resource) -> tuple[Code, ...]:
    """Return where the code of the function or layer *resource* is; what cannot be told is said in it.

    It is several for a `for_each` that gives each a folder of its own.
    """
    told = told_to_sam(resource)
    if told is not None:
        return (told,)
    image = resource.value("image_uri")
    values = ((name, resource.value(name)) for name in ("filename", "s3_key"))
    packed = next(((name, value) for name, value in values if value is not None), None)
    # A module that takes either has null for the other, by a condition: its default's outcome comes first.
    if image is not None and (packed is None or not is_null(options(image)[0][1])):
        return image_codes(resource, image)
    return packed_codes(resource, *packed) if packed else ()


def packed_codes(resource: Resource, name: str, value: Value) -> tuple[Code, ...]:
    """Return the code of the archives that *value*, the attribute *name* of *resource*, stands for."""
    found = (code for each in outcomes(value) for code in _packed(resource, name, each))
    return tuple(dict.fromkeys(found))


def _packed(resource: Resource, name: str, each: Value) -> tuple[Code, ...]:
    found = _led(resource.module, each, _LED)
    if found:
        return found
    text = text_of(each)
    if name == "s3_key":
        bucket = resource.value("s3_bucket")
        where = plain(bucket) if bucket is not None else "?"
        return (Code(kind="elsewhere", reference=f"s3://{where}/{plain(each)}"[:300]),)
    if text is None:
        resource.say(name, each)
        return (Code(kind="elsewhere", reference=str(plain(each))),)
    module = resource.module
    path = module.path_of(text)
    packed = _packed_to(module, path) if path is not None else ()
    if packed:  # first: it writes over a zip that is in the repository as well
        return packed
    if path is not None and module.folders.tree.is_file(path):
        return (Code(kind="artifact", path=path),)
    where = "not in the repository; what makes it is not told here" if path else "outside of the repository"
    resource.unknown.append(f"{name}: {text[:120]} is {where}")
    return (Code(kind="elsewhere", reference=text),)


def _led(module: Module, value: Value, left: int) -> tuple[Code, ...]:
    """Return the code that *value* leads to: an archive's source, a module's package, an object's file."""
    if not isinstance(value, Unknown) or value.template or not left:
        return ()
    at = module.folders.modules.get(value.module, module)
    match value.address:  # of the module that names it, which may have been given it by another
        case (("data", "archive_file", name, *rest) | ("archive_file", name, *rest)) as address:
            return _archived(at, "data" if address[0] == "data" else "resource", name, *rest[:1])
        case (kind, name, *rest) if kind in _OBJECTS:
            return _stored(at, kind, name, left, *rest[:1])
        case ("module", name, *rest):
            placed = at.block("module", name)
            code = source_code(Resource(at, placed, *rest[:1]))[0] if placed else None
            return (code,) if code is not None else ()
        case _:
            return ()


def _stored(module: Module, kind: str, name: str, left: int, key: str | None = None) -> tuple[Code, ...]:
    placed = module.block("resource", kind, name)
    source = Resource(module, placed, key).value("source") if placed else None
    found: tuple[Code, ...] = ()
    for each in outcomes(source) if source is not None else ():
        text = text_of(each)
        path = module.path_of(text) if text else None
        if path and (packed := _packed_to(module, path)):
            found += packed
        elif path and module.folders.tree.is_file(path):
            found += (Code(kind="artifact", path=path),)
        else:
            found += _led(module, each, left - 1)
    return found


def _archived(module: Module, kind: str, name: str, key: str | None = None) -> tuple[Code, ...]:
    placed = module.block(kind, "archive_file", name)
    return _sources_of_archive(Resource(module, placed, key)) if placed else ()


def _packed_to(module: Module, path: str) -> tuple[Code, ...]:
    """Return the source of the archive that this module packs to *path*."""
    if module.archives is None:
        module.archives = {}
        for kind in ("data", "resource"):
            for placed in module.blocks(kind, "archive_file"):
                for key in Resource(module, placed).each_key() or (None,):
                    output = Resource(module, placed, key).text("output_path")
                    where = module.path_of(output) if output else None
                    if where:
                        module.archives.setdefault(where, (placed, key))
    found = module.archives.get(path)
    return _sources_of_archive(Resource(module, *found)) if found else ()


def _sources_of_archive(archive: Resource) -> tuple[Code, ...]:
    folder = archive.value("source_dir")
    file = archive.value("source_file")
    value = file if folder is None else folder
    if value is None:
        if next(iter(archive.placed.block.named("dynamic")), None) is not None:
            return (Code(kind="elsewhere", reference='dynamic "source"'),)
        return (Code(kind="inline"),)  # `source { content = … }`
    return tuple(_source(archive.module, each, is_file=folder is None) for each in outcomes(value))


def _source(module: Module, value: Value, *, is_file: bool) -> Code:
    text = text_of(value)
    path = module.path_of(text) if text else None
    if path is None:
        return Code(kind="elsewhere", reference=text or getattr(value, "words", None))
    return Code(kind="folder", path=folder_of(path) if is_file else path)
