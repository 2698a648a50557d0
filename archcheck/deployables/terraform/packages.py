"""What the module terraform-aws-modules/lambda packs, by its `source_path`, as its `package.py` reads it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from archcheck.deployables.model import Code
from archcheck.deployables.terraform.language.values import Items, Known, Mapping, Value, options, text_of
from archcheck.deployables.tree import folder_of

if TYPE_CHECKING:
    from archcheck.deployables.terraform.modules import Module
    from archcheck.deployables.terraform.resources import Resource


def source_code(resource: Resource) -> tuple[Code | None, tuple[str, ...]]:
    """Return the code that the terraform-aws-modules/lambda call *resource* packs, and what it installs.

    Its `source_path` is a folder or a file, a map with a `path`, or a list of both. A folder of Python has
    its `requirements.txt` installed by itself, one in a map what `pip_requirements` says.
    """
    code: Code | None = None
    manifests: list[str] = []
    value = resource.value("source_path")
    for _, whole in options(value) if value is not None else ():
        for item in whole.items if isinstance(whole, Items) else (whole,):
            for _, each in options(item):
                path, wanted = _claim(resource, each)
                manifests += wanted
                if path is not None and code is None:
                    tree = resource.module.folders.tree
                    code = Code(kind="folder", path=folder_of(path) if tree.is_file(path) else path)
    if code is None and value is not None:
        words = getattr(value, "words", None) or text_of(value)
        code = Code(kind="elsewhere", reference=words)
    return code, tuple(dict.fromkeys(manifests))


def _claim(resource: Resource, value: Value) -> tuple[str | None, list[str]]:
    if isinstance(value, Mapping):
        return _mapped(resource.module, value)
    text = text_of(value)
    path = resource.module.path_of(text) if text is not None else None
    if text is None:
        resource.say("source_path", value)
    elif path is None:
        resource.unknown.append(f"source_path: {text[:120]} is outside of the repository")
    for name in ("uv.lock", "requirements.txt"):  # the module's package.py asks in this order
        if path is not None and resource.module.folders.tree.is_file(_in(path, name)):
            return path, [_in(path, name)]
    return path, []


def _mapped(module: Module, value: Mapping) -> tuple[str | None, list[str]]:
    inner = value.get("path")
    text = text_of(inner) if inner is not None else None
    path = module.path_of(text) if text else None
    match value.get("pip_requirements"):
        case Known(value=str(wanted)):
            manifest = module.path_of(wanted)
            return path, [manifest] if manifest else []
        case Known(value=True) if path:
            return path, [_in(path, "requirements.txt")]
    return path, [each for each in _locked(value, path) if module.folders.tree.is_file(each)]


def _locked(value: Mapping, path: str | None) -> list[str]:
    def is_on(name: str) -> bool:
        found = value.get(name)
        return isinstance(found, Known) and found.value is True

    if path is None:
        return []
    folder = path.removesuffix("/pyproject.toml")
    found = [_in(folder, "poetry.lock")] if is_on("poetry_install") else []
    return found + ([_in(folder, "uv.lock")] if is_on("uv_install") else [])


def _in(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
