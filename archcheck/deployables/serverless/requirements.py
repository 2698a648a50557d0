"""What serverless-python-requirements 6.1 installs for a function, and for which architecture."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

from archcheck.data.base_images import base_image
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Stated
from archcheck.deployables.tree import seen_from
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from archcheck.deployables.serverless.service import Field, Service
    from archcheck.platforms.architectures import Architecture

PLUGIN: Final = "serverless-python-requirements"
_SETTINGS: Final = ("custom", "pythonRequirements")


def plugin_of(service: Service) -> Stated[str] | None:
    """Return the plugin, with the line that names it; None where the service does without."""
    location = service.top("plugins").location
    return Stated(value=PLUGIN, location=location) if PLUGIN in service.plugins else None


def setting(service: Service, name: str, default: Any = None) -> Field:
    """Return the setting *name* of the plugin."""
    found = service.top(*_SETTINGS, name)
    if found.value is None and found.unknown is None:
        return service.filled(default, found.location)
    return found


def manifests_in(service: Service, module: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files that the plugin installs for the folder *module*, and what could not be told.

    Poetry's come first, then Pipenv's, which it looks for beside serverless.yml alone, then `fileName`.
    """
    folder = seen_from(service.folder, module or ".")
    if folder is None:
        return (), (f"the module {module[:60]!r} is outside of this repository",)
    use_poetry = setting(service, "usePoetry", default=True).value
    if use_poetry is not False and _is_poetry(service, folder):
        return (_first(service, folder, "poetry.lock", "pyproject.toml"),), ()
    use_pipenv = setting(service, "usePipenv", default=True).value
    pipfile = posixpath.normpath(posixpath.join(service.folder, "Pipfile"))
    if use_pipenv is not False and service.tree.is_file(pipfile):
        return (_first(service, service.folder, "Pipfile.lock", "Pipfile"),), ()
    name = setting(service, "fileName", default="requirements.txt")
    if name.unknown or not isinstance(name.value, str):
        return (), (f"which file the plugin installs: {name.unknown or 'fileName is no text'}",)
    path = seen_from(folder, name.value)
    if path is None or not service.tree.is_file(path):
        missing = posixpath.join(module, name.value) if module else name.value
        return (), (f"{missing[:100]}, which {PLUGIN} installs, is no file of this repository",)
    return (path,), ()


def built_for(service: Service, own: Field, *, individually: bool) -> Stated[Architecture] | None:
    """Return the architecture of the image that the plugin builds in; None where it builds without one.

    Without `package.individually` all functions share what is built once, for the provider's architecture.
    *own* is the function's.
    """
    dockerize = setting(service, "dockerizePip")
    if dockerize.value in {None, False, "false"}:
        return None
    image = setting(service, "dockerImage")
    if isinstance(image.value, str):
        stated = architecture_named(base_image(image.value).architecture)
        return None if stated is None else Stated(value=stated, location=image.location)
    field = own if individually else service.field(service.provider, "architecture")
    if field.unknown:
        return None
    machine = architecture_named(field.value) or "x86_64"
    return Stated(value=machine, location=dockerize.location if field.value is None else field.location)


def kept_for(service: Service) -> Stated[Architecture] | None:
    """Return the architecture under which the plugin keeps what it installed; None where it keeps nothing.

    That is the provider's, whatever a function states for itself (`lib/shared.js` of 6.1.2).
    """
    if setting(service, "useStaticCache", default=True).value in {False, "false"}:
        return None
    field = service.field(service.provider, "architecture")
    machine = architecture_named("x86_64" if field.value is None else field.value)
    if field.unknown or machine is None:
        return None
    return Stated(value=machine, location=field.location)


def _first(service: Service, folder: str, *names: str) -> str:
    paths = [posixpath.normpath(posixpath.join(folder, name)) for name in names]
    return next((path for path in paths if service.tree.is_file(path)), paths[-1])


def _is_poetry(service: Service, folder: str) -> bool:
    """Return whether the folder is a Poetry project, as the plugin tells it: by its build system."""
    path = posixpath.normpath(posixpath.join(folder, "pyproject.toml"))
    if not service.tree.is_file(path):
        return False
    try:
        document = parse_toml(service.tree.read(path).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False
    system = document.get("build-system")
    requires = system.get("requires") if isinstance(system, dict) else None
    return isinstance(requires, list) and any(str(each).startswith("poetry") for each in requires)
