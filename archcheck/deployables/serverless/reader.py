"""From serverless.yml to the functions and layers that it deploys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Layer, Problem, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.serverless.code import code_of
from archcheck.deployables.serverless.requirements import (
    built_for,
    kept_for,
    manifests_in,
    plugin_of,
    setting,
)
from archcheck.deployables.serverless.service import Field, Service
from archcheck.deployables.tree import seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

MAX_FUNCTIONS: Final = 2_000
_MEMORY_MB: Final = 1024
"""What the Serverless Framework asks for where nobody states it; Lambda's own default is 128."""
_LAYER_OF_PLUGIN: Final = "PythonRequirementsLambdaLayer"


def read_serverless(path: str, tree: Tree) -> Found:
    """Return what the service in the file at *path* deploys on AWS: its functions and its own layers."""
    data = b""
    try:
        data = tree.read(path)
        document = next(read_documents(data, path), None)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=b"functions" in data),))
    if not isinstance(document, Table):
        message = "expected a mapping with a service, a provider and functions"
        return Found(problems=(problem(message, path),))
    service = Service(document, path, tree)
    if service.field(service.provider, "name").value not in {"aws", None} or "provider" not in document:
        return Found()
    deployables: list[Deployable] = []
    problems: list[Problem] = []
    for name, function in _functions(service):
        if isinstance(function.value, Table):
            deployables.append(_Function(service, name, function.value, function.location).deployable())
        else:
            why = function.unknown or "expected a mapping"
            where = function.location
            problems.append(problem(f"function {name[:60]}: {why}", where.path, where.line))
    deployables += _layers(service)
    return Found(deployables=tuple(deployables), problems=tuple(problems))


def _functions(service: Service) -> Iterator[tuple[str, Field]]:
    """Yield the functions by their names: of one mapping, or of a list of such, as files bring them in."""
    top = service.top("functions")
    parts = (
        [service.filled(each, top.location) for each in top.value] if isinstance(top.value, list) else [top]
    )
    count = 0
    for part in parts:
        if part.unknown:
            yield "?", part
        for name in part.value if isinstance(part.value, Table) else ():
            count += 1
            if count > MAX_FUNCTIONS:
                yield "?", Field(location=part.location, unknown=f"only {MAX_FUNCTIONS:,} functions are read")
                return
            yield name, service.field(part.value, name)


class _Function:
    def __init__(self, service: Service, name: str, table: Table, location: Location) -> None:
        self._service, self._name, self._table, self._location = service, name, table, location
        self._unknown: list[str] = []

    def deployable(self) -> Deployable:
        architectures, is_default = self._architectures()
        individually, module = self._module()
        code, why = code_of(self._service, self._table, module)
        self._unknown += why
        runtimes = () if self._is_image() else self._runtimes()
        is_python = any(each.value.startswith("python") for each in runtimes)
        plugin = plugin_of(self._service) if is_python and code.kind == "folder" else None
        manifests: tuple[str, ...] = ()
        if plugin and not setting(self._service, "layer").value:
            manifests, missing = manifests_in(self._service, module)
            self._unknown += missing
        own = self._own("architecture")
        return Deployable(
            name=self._name,
            kind="function",
            tool="serverless",
            platform="lambda",
            location=self._location,
            architectures=architectures,
            is_default=is_default,
            runtimes=runtimes,
            code=code,
            manifests=manifests,
            layers=self._layers(),
            memory_mb=self._memory(),
            build=plugin,
            builds_for=built_for(self._service, own, individually=individually) if plugin else None,
            kept_for=kept_for(self._service) if plugin and manifests else None,
            edge=self._edge(),
            unknown=notes(self._unknown),
        )

    def _own(self, key: str) -> Field:
        """Return the function's own value of *key*, else the provider's."""
        own = self._service.field(self._table, key)
        if own.value is not None or own.unknown:
            return own
        return self._service.field(self._service.provider, key)

    def _edge(self) -> Location | None:
        """Return where an event makes it one of Lambda@Edge; None where none does."""
        events = self._service.field(self._table, "events").value
        for event in events if isinstance(events, list) else ():
            if isinstance(event, Table) and "cloudFront" in event:
                return Location(path=self._location.path, line=event.line_of("cloudFront"))
        return None

    def _is_image(self) -> bool:
        return self._table.get("image") is not None

    def _architectures(self) -> tuple[tuple[Stated[Architecture], ...], bool]:
        found = self._own("architecture")
        if found.unknown:
            self._unknown.append(f"its architecture: {found.unknown}")
            return (), False
        if found.value is None:
            return (Stated(value="x86_64", location=self._location),), True
        machine = architecture_named(found.value)
        if machine is None:
            self._unknown.append(f"its architecture: {str(found.value)[:60]!r} is neither arm64 nor x86_64")
            return (), False
        return (Stated(value=machine, location=found.location, when=found.when),), False

    def _runtimes(self) -> tuple[Stated[str], ...]:
        found = self._own("runtime")
        if isinstance(found.value, str):
            return (Stated(value=found.value[:100], location=found.location, when=found.when),)
        self._unknown.append(f"its runtime: {found.unknown or 'nobody states one'}")
        return ()

    def _module(self) -> tuple[bool, str]:
        """Return whether it is packed by itself, and the folder of its own requirements, if it is."""
        package = self._service.field(self._table, "package").value
        own = self._service.field(package, "individually").value if isinstance(package, Table) else None
        individually = own if own is not None else self._service.top("package", "individually").value
        module = self._service.field(self._table, "module").value
        return individually is True, module if individually is True and isinstance(module, str) else ""

    def _memory(self) -> int | None:
        found = self._own("memorySize")
        if found.unknown:
            self._unknown.append(f"its memory: {found.unknown}")
            return None
        if found.value is None:
            return _MEMORY_MB
        text = str(found.value)
        return int(text) if re.fullmatch(r"\d{1,6}", text) else None

    def _layers(self) -> tuple[Layer, ...]:
        found = self._own("layers")
        if found.unknown:
            self._unknown.append(f"its layers: {found.unknown}")
        layers = []
        for each in found.value if isinstance(found.value, list) else ():
            field = self._service.filled(each, found.location)
            layer = _layer(field)
            if layer is None:
                self._unknown.append(f"one of its layers: {field.unknown or 'a value that AWS fills in'}")
            else:
                layers.append(layer)
        return tuple(layers)


def _layer(field: Field) -> Layer | None:
    value = field.value
    if isinstance(value, str):
        return Layer(location=field.location, arn=value[:300])
    if isinstance(value, Table) and isinstance(value.get("Ref"), str):
        return Layer(location=field.location, name=value["Ref"][:200])
    if isinstance(value, Table) and isinstance(value.get("Fn::Sub"), str):
        return Layer(location=field.location, arn=value["Fn::Sub"][:300])
    return None


def _layers(service: Service) -> Iterator[Deployable]:
    """Yield the layers that the service makes: those it names, and the one of the plugin."""
    declared = service.table("layers")
    for name in list(declared)[:MAX_FUNCTIONS]:
        field = service.field(declared, name)
        if isinstance(field.value, Table):
            yield _declared_layer(service, name, field.value, field.location)
    plugin = plugin_of(service)
    layer = setting(service, "layer")
    if plugin and layer.value:
        manifests, missing = manifests_in(service, "")
        own = service.field(service.provider, "architecture")
        built = built_for(service, own, individually=False)
        runtime = service.field(service.provider, "runtime")
        stated = built or _provided(own)
        yield Deployable(
            name=_LAYER_OF_PLUGIN,
            kind="layer",
            tool="serverless",
            platform="lambda",
            location=layer.location,
            architectures=() if stated is None else (stated,),
            is_default=own.value is None and own.unknown is None,
            runtimes=(Stated(value=runtime.value, location=runtime.location),)
            if isinstance(runtime.value, str)
            else (),
            code=Code(kind="folder", path=service.folder),
            manifests=manifests,
            build=plugin,
            builds_for=built,
            labels=_labels(service, layer.value) if isinstance(layer.value, Table) else (),
            unknown=notes(missing),
        )


def _provided(own: Field) -> Stated[Architecture] | None:
    machine = "x86_64" if own.value is None else architecture_named(own.value)
    if own.unknown or machine is None:
        return None
    return Stated(value="aarch64" if machine == "aarch64" else "x86_64", location=own.location)


def _declared_layer(service: Service, name: str, table: Table, location: Location) -> Deployable:
    package = service.field(table, "package").value
    artifact: Any = service.field(package, "artifact").value if isinstance(package, Table) else None
    where = service.field(table, "path")
    said = artifact if isinstance(artifact, str) else where.value
    path = seen_from(service.folder, said) if isinstance(said, str) else None
    there = path is not None and (service.tree.is_folder(path) or service.tree.is_file(path))
    unknown = (
        () if there else (f"its files: {where.unknown or f'{str(said)[:60]} is nothing of this repository'}",)
    )
    return Deployable(
        name=_layer_name(name),
        kind="layer",
        tool="serverless",
        platform="lambda",
        location=location,
        code=Code(kind="artifact", path=path) if there else Code(kind="elsewhere", reference=str(said)[:200]),
        labels=_labels(service, table),
        unknown=notes(unknown),
    )


def _layer_name(name: str) -> str:
    """Return the logical id that functions refer to: `common` is `CommonLambdaLayer`."""
    clean = name.replace("-", "Dash").replace("_", "Underscore")
    return f"{clean[:1].upper()}{clean[1:]}LambdaLayer"


def _labels(service: Service, table: Table) -> tuple[Stated[Architecture], ...]:
    if "compatibleArchitectures" not in table:
        return ()
    field = service.field(table, "compatibleArchitectures")
    names = field.value if isinstance(field.value, list) else []
    found = (architecture_named(service.filled(each, field.location).value) for each in names[:10])
    return tuple(Stated(value=each, location=field.location) for each in found if each is not None)
