"""Compose files: the images that services are built from, and the platforms that these are for.

The Compose specification: `build` is a context or a mapping, whose Dockerfile is seen from it; `platform` is
what the service runs as. `${NAME:-value}` is its default, where nobody sets the variable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.changes.hindrance import hindrance
from archcheck.deployables.changes.lines import NotChanged
from archcheck.deployables.changes.yaml_places import declared
from archcheck.deployables.documents import table_at, target_of_image, text_at
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Stated
from archcheck.deployables.problems import notes, problem_of
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.changes.lines import LineChange
    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

MAX_SERVICES: Final = 1_000
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w{0,100})(?::?-([^{}$]{0,200}))?\}|([A-Za-z_]\w{0,100}))")
_REMOTE = re.compile(r"[a-z+]+://|git@|github\.com/")
_BUILDER: Final = "nobody states a platform; build it on arm64, or with platform: linux/arm64"


def read_compose(path: str, tree: Tree) -> Found:
    """Return the services in the Compose file at *path* as containers: what they build, or their image."""
    try:
        document = next(read_documents(tree.read(path), path), None)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path),))
    services = table_at(document, "services")
    found = (
        _container(name, services[name], Location(path=path, line=services.line_of(name)), tree)
        for name in list(services)[:MAX_SERVICES]
        if isinstance(services[name], Table)
    )
    return Found(deployables=tuple(each for each in found if each is not None))


def _container(name: str, service: Table, location: Location, tree: Tree) -> Deployable | None:
    """Return the container *name*; None where another file says what it is (an override)."""
    image = _filled(text_at(service, "image"))
    code, unknown = _built(service.get("build"), folder_of(location.path), tree)
    if code is None and image is None:
        return None
    architectures, why = _architectures(service, location.path)
    return Deployable(
        name=name,
        kind="container",
        tool="compose",
        platform="container",
        location=location,
        architectures=architectures,
        is_default="platform" not in service and not architectures,
        targets=target_of_image(image, location) if code is None else (),
        code=code or Code(kind="image", reference=image),
        unknown=notes((*unknown, *why)),
    )


def _built(build: Any, folder: str, tree: Tree) -> tuple[Code | None, tuple[str, ...]]:
    """Return where what a service builds is; None where nothing, or another file says it."""
    if not isinstance(build, Table):
        table = Table()
        if build is None or not isinstance(build, str):
            return None, ()
        table["context"] = build
        build = table
    if "dockerfile_inline" in build:
        return Code(kind="elsewhere", reference="dockerfile_inline"), (
            "its Dockerfile stands in the file itself",
        )
    said = _filled(text_at(build, "context") or ".") or "."
    context = None if _REMOTE.match(said) or "$" in said else seen_from(folder, said)
    file = _filled(text_at(build, "dockerfile") or "Dockerfile") or ""
    path = None if context is None or "$" in file else seen_from(context, file)
    if context is None or path is None:
        shown = f"{said}/{file}"[:100]
        return Code(kind="elsewhere", reference=shown), (f"{shown} is no Dockerfile of this repository",)
    if "context" not in build and not tree.is_file(path):
        return None, ()  # an override: the file that it changes says from where
    args = tuple(_arguments(build.get("args")))
    stage = _filled(text_at(build, "target"))
    return Code(kind="dockerfile", path=path, context=context, stage=stage, args=args), ()


def _arguments(args: Any) -> Iterator[tuple[str, str]]:
    listed = [each.partition("=") for each in args if isinstance(each, str)] if isinstance(args, list) else []
    pairs = list(args.items()) if isinstance(args, Table) else []
    for name, value in (*pairs, *((name, value) for name, equals, value in listed if equals)):
        if (text := _filled(value if isinstance(value, str) else None)) is not None and "$" not in text:
            yield name, text


def _architectures(service: Table, path: str) -> tuple[tuple[Stated[Architecture], ...], tuple[str, ...]]:
    """Return what the service is for, by its `platform`, else by the only one that it is built for."""
    stated, line = text_at(service, "platform"), service.line_of("platform")
    if stated is None:
        platforms = table_at(service, "build").get("platforms")
        if not isinstance(platforms, list) or len(platforms) != 1 or not isinstance(platforms[0], str):
            return (), ()
        stated, line = platforms[0], service.line_of("build", "platforms")
    filled = _filled(stated) or ""
    machine = architecture_named(filled)
    if machine is None:
        return (), (f"its platform: {stated[:60]}, which the file does not tell",)
    when = None if filled == stated else f"{stated[:60]} has its default"
    return (Stated(value=machine, location=Location(path=path, line=line), when=when),), ()


def _filled(text: str | None) -> str | None:
    """Return *text* with the defaults of its variables; those that have none stay."""
    return (
        None
        if text is None
        else _VARIABLE.sub(lambda found: found[0] if found[2] is None else found[2], text)
    )


def to_arm64(text: str, deployable: Deployable) -> tuple[LineChange, ...] | NotChanged:
    """Return what has the service *deployable* run as arm64 in *text*, its Compose file."""
    reason = hindrance(deployable)
    if reason is not None:
        return NotChanged(reason=reason)
    stated = deployable.architectures
    if not stated:
        return NotChanged(reason=_BUILDER)
    if stated[0].location.path != deployable.location.path:
        return NotChanged(reason=f"{stated[0].location} states it; change it there")
    return declared(
        text, deployable.location.path, 0, ("services", deployable.name, "platform"), "linux/arm64"
    )
