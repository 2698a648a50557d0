"""Where code is by what people tell `sam build` of it: a `null_resource "sam_metadata_…"` beside it.

Such projects pack their code by programs of their own, and nothing else in the files tells where it is. The
names of the triggers are those of "AWS SAM CLI Terraform support" in SAM's developer guide.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.language.values import plain
from archcheck.deployables.terraform.resources import Resource
from archcheck.deployables.tree import folder_of, seen_from

if TYPE_CHECKING:
    from archcheck.deployables.terraform.modules import Module

_PREFIX: Final = "sam_metadata_"


def told_to_sam(resource: Resource) -> Code | None:
    """Return where the code of *resource* is, where its module tells SAM; None where it does not."""
    told = _told(resource.module).get(".".join(resource.placed.block.labels))
    if told is None:
        return None
    context = _path(resource.module, told.get("docker_context"))
    if told.get("resource_type") == "IMAGE_LAMBDA_FUNCTION":
        file = told.get("docker_file")
        name = file if isinstance(file, str) and file else "Dockerfile"
        path = seen_from(context, name) if context is not None and "${" not in name else None
        return None if path is None else Code(kind="dockerfile", path=path, context=context)
    path = _path(resource.module, told.get("original_source_code"), told.get("source_code_property"))
    if path is None:
        return None
    return Code(kind="folder", path=folder_of(path) if resource.module.folders.tree.is_file(path) else path)


def _told(module: Module) -> dict[str, dict[str, Any]]:
    """Return the triggers of each resource that SAM is told of, by its address in the module."""
    if module.told is None:
        module.told = {}
        for placed in module.blocks("resource", "null_resource", "terraform_data"):
            if placed.block.labels[-1].startswith(_PREFIX):
                triggers = Resource(module, placed).value("triggers")
                found = plain(triggers) if triggers is not None else None
                if isinstance(found, dict) and isinstance(found.get("resource_name"), str):
                    module.told.setdefault(found["resource_name"].partition("[")[0], found)
    return module.told


def _path(module: Module, value: Any, key: Any = None) -> str | None:
    """Return the folder or file that *value* names: a path, or what *key* of a map, perhaps in JSON, is."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get(key) if isinstance(key, str) else None
    return module.path_of(value) if isinstance(value, str) and value and "${" not in value else None
